//! One agent: a process in a process group of its own, and what it says.
//!
//! ```text
//!  Launch ─► process (group, environment, pipes) ─► acp │ command ─► Told, in order, with back-pressure
//!                                                      ▲
//!                                   Ask (answer, stop) ┘
//! ```
//!
//! Knows no store, no board and no HTTP. An agent never outlives its [`Agent`]: dropping it kills the group.

mod acp;
mod command;
mod environment;
mod group;
mod input;
mod later;
mod leftover;
mod lines;
mod link;
mod outbox;
mod presets;
mod processes;
mod text;

use std::path::PathBuf;

use boardcast_shared::{AgentProtocol, ConversationItem, LogLevel, PermissionPolicy, Todos};
use tokio::sync::{mpsc, oneshot};

use self::acp::Acp;
use self::link::Link;
use self::text::LINE_LIMIT;
use crate::clock::Clock;

pub(crate) use acp::REFUSALS;
pub use leftover::end_leftover;
pub use presets::{Preset, demo_program, presets};
pub(crate) use text::{TEXT_LIMIT, cut};

/// How an agent is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// How it is spoken to.
    pub protocol: AgentProtocol,
    /// A path, or a name looked for in PATH.
    pub command: String,
    /// Its arguments, passed on as they are: there is no shell.
    pub args: Vec<String>,
    /// Added to its environment.
    pub env: Vec<(String, String)>,
}

/// Where and for what an agent is started.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What to start.
    pub program: Program,
    /// Where it works; absolute.
    pub cwd: PathBuf,
    /// Added to its environment, and wins over the program's own: `BOARDCAST_ATTEMPT_ID` and the like.
    pub env: Vec<(String, String)>,
    /// The session to take up again.
    pub session: Option<String>,
    /// How it is to work.
    pub wishes: Wishes,
}

/// How an agent is to work, as far as it offers that: what it doesn't is told in a line of its log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Its name for the model to use.
    pub model: Option<String>,
    /// Its name for the mode to be in.
    pub mode: Option<String>,
    /// What is done when it asks for a permission.
    pub permission_policy: PermissionPolicy,
}

/// What an agent says, in order. Items are coalesced and bounded already.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Its process group, before anything else: to be remembered, so that a restart can end it.
    Group(i32),
    /// Its session is open.
    Session {
        /// The agent's own name for it.
        id: String,
        /// It goes on with the session that was asked for; else it is a new one.
        resumed: bool,
    },
    /// A part of the conversation; a newer version of an item has the same id.
    Item(ConversationItem),
    /// A line of its log.
    Line {
        /// How serious.
        level: LogLevel,
        /// Without the line's end; at most 64 KiB.
        message: String,
    },
    /// Its whole list.
    Todos(Todos),
    /// Whether a permission request is open.
    NeedsInput(bool),
}

/// What an agent is asked while it works.
#[derive(Debug)]
pub enum Ask {
    /// To do this afterwards: kept until [`Agent::waiting`] is asked.
    Prompt(String),
    /// The answer to a permission request.
    Answer {
        /// Which request.
        request_id: String,
        /// Which of its options.
        option_id: String,
        /// Whether it was taken.
        reply: oneshot::Sender<Result<(), AnswerError>>,
    },
    /// To stop, and to end its processes.
    Stop,
}

/// Why an answer wasn't taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It was never asked here.
    #[error("no such request")]
    Unknown,
    /// It was answered, or the agent waits for it no longer.
    #[error("the request is closed")]
    Closed,
    /// The request doesn't offer this option.
    #[error("the request has no such option")]
    WrongOption,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnEnd {
    /// As the agent meant it.
    Succeeded,
    /// Why it failed, in a sentence.
    Failed(String),
    /// It was asked to.
    Stopped,
}

/// A running agent: it takes one prompt after the other in one session. Dropping it kills its process group.
#[derive(Debug)]
pub struct Agent(Kind);

#[derive(Debug)]
enum Kind {
    Acp(Box<Acp>),
    Command { link: Box<Link>, is_used: bool },
}

impl Agent {
    /// Starts the process; with ACP the session too. What it says goes to `told`, which may be full for long: the
    /// agent then waits. Somebody must take from it meanwhile. Dropping the future kills what was started.
    ///
    /// # Errors
    /// Why it can't be started or spoken to, in a sentence. Nothing of it runs any more then.
    pub async fn start(launch: Launch, told: mpsc::Sender<Told>) -> Result<Self, String> {
        Self::start_by(Clock::system(), launch, told).await
    }

    /// The same with a clock that gives all times and limits.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_by(clock: Clock, launch: Launch, told: mpsc::Sender<Told>) -> Result<Self, String> {
        Ok(Self(match launch.program.protocol {
            AgentProtocol::Acp => Kind::Acp(Box::new(Acp::start(&launch, told, clock).await?)),
            AgentProtocol::Command => {
                let mut link = Link::start(&launch, LINE_LIMIT, told, clock).await?;
                command::tell_unheeded(&mut link, &launch.wishes);
                Kind::Command { link: Box::new(link), is_used: false }
            }
        }))
    }

    /// One turn; what is asked meanwhile comes in by `asks`. Returns when the turn is over and all of it has been
    /// handed to `told`; after [`Ask::Stop`], also one that crosses the agent's answer, only when all processes of the
    /// agent are gone. With nobody at the other end of `told` it stops by itself.
    pub async fn turn(&mut self, prompt: String, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
        match &mut self.0 {
            Kind::Acp(acp) => acp.turn(prompt, asks).await,
            Kind::Command { link, is_used } => {
                *is_used = true;
                command::turn(link, prompt, asks).await
            }
        }
    }

    /// The prompts that were asked for during a turn, oldest first.
    pub fn waiting(&mut self) -> Vec<String> {
        std::mem::take(&mut self.link().later.prompts)
    }

    /// Ends the process group: SIGTERM, after 5 s SIGKILL. Returns when all of it is gone.
    pub async fn end(mut self) {
        self.link().end().await;
    }

    /// Whether another turn can follow in the same process.
    pub fn can_go_on(&mut self) -> bool {
        match &self.0 {
            Kind::Acp(acp) => !acp.knows_nobody && !acp.link.group.has_exited(),
            Kind::Command { link, is_used } => !is_used && !link.group.has_exited(),
        }
    }

    fn link(&mut self) -> &mut Link {
        match &mut self.0 {
            Kind::Acp(acp) => &mut acp.link,
            Kind::Command { link, .. } => link,
        }
    }
}
