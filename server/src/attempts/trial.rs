//! The test of an agent: one turn in a folder that is thrown away.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use boardcast_shared::{AgentId, ConversationItem, MessageRole, random_token};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::mpsc;

use super::control::AttemptError;
use super::{Attempts, turn};
use crate::agents::{Agent, Ask, Launch, REFUSALS, Told, TurnEnd, Wishes};
use crate::domain::refusal::Refusal;
use crate::secrets::redacted;
use crate::store::ReadError;

/// What a trial asks.
const PROMPT: &str = "Answer with one word: ready. Change no files and run no commands.";
/// How long a trial takes at the most.
const LIMIT: Duration = Duration::from_secs(60);
/// The most of an agent's own words that is shown, in characters.
const SHOWN: usize = 300;
/// So many of the last lines of one that fails are shown.
const LINES: usize = 4;

/// How a trial went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The agent took a prompt and answered it.
    pub ok: bool,
    /// What it said, or what went wrong.
    pub detail: String,
}

/// A folder that is removed when dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Attempts {
    /// Tries an agent.
    ///
    /// # Errors
    /// There is no such agent, or the store can't be read.
    pub async fn try_agent(&self, agent: AgentId) -> Result<Trial, AttemptError> {
        let name = agent.clone();
        let program = match self.store().read(move |log| log.agent_program(&agent)).await {
            // It is the path that names it, not a field.
            Err(ReadError::Refused(_)) => return Err(Refusal::not_found("agent", name.as_str()).into()),
            program => program?,
        };
        let failed = |detail: String| Trial { ok: false, detail };
        let Ok(Ok(_slot)) = tokio::time::timeout(LIMIT, self.inner.trials.clone().acquire_owned()).await else {
            return Ok(failed("too many agents are being tried".into()));
        };
        let name = format!("try-{}", random_token());
        let folder = Folder(self.scratch().join(&name));
        if let Err(error) = std::fs::create_dir_all(&folder.0) {
            return Ok(failed(format!("no folder to try it in: {error}")));
        }
        let env = vec![("BOARDCAST_ATTEMPT_ID".to_owned(), name), ("BOARDCAST_BOARD_ID".to_owned(), String::new())];
        let (program, cwd) = (turn::program(program), folder.0.clone());
        let launch = Launch { program, cwd, env, session: None, wishes: Wishes::default() };
        let (tell, told) = mpsc::channel(64);
        let heard = tokio::spawn(last_words(told));
        // The folder is removed only when the agent is gone.
        let end = tokio::select! {
            end = Box::pin(turn_of(launch, tell)) => end,
            () = tokio::time::sleep(LIMIT) => Err(format!("it gave no answer to its prompt within {} s", LIMIT.as_secs())),
            () = self.inner.end.cancelled() => Err("the server is ending".into()),
        };
        let heard = heard.await.unwrap_or_default();
        Ok(match end {
            Ok(()) => heard.answer(),
            Err(error) => heard.explain(error),
        })
    }
}

/// One turn from start to end; why it is no success.
async fn turn_of(launch: Launch, tell: mpsc::Sender<Told>) -> Result<(), String> {
    let mut agent = Agent::start(launch, tell).await?;
    // Nobody asks anything meanwhile; the sender stays open.
    let (_ask, mut asks) = mpsc::channel::<Ask>(1);
    let end = agent.turn(PROMPT.into(), &mut asks).await;
    agent.end().await;
    match end {
        TurnEnd::Succeeded => Ok(()),
        TurnEnd::Failed(error) => Err(error),
        TurnEnd::Stopped => Err("it stopped before it answered".into()),
    }
}

/// What an agent said last.
#[derive(Default)]
struct LastWords {
    message: String,
    lines: VecDeque<String>,
}

impl LastWords {
    fn answer(mut self) -> Trial {
        let said = if self.message.is_empty() { self.lines.pop_back().unwrap_or_default() } else { self.message };
        let said = shortened(said);
        let detail = if said.is_empty() { "it took the prompt and ended well".into() } else { said };
        Trial { ok: true, detail }
    }

    /// With its last lines, which may say more than how it ended; one that refuses has said why.
    fn explain(mut self, error: String) -> Trial {
        if REFUSALS.iter().any(|refusal| error.contains(refusal)) {
            self.lines.clear();
        }
        let lines = self.lines.into_iter().map(shortened).filter(|line| !line.is_empty());
        let detail = [redacted(error)].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
        Trial { ok: false, detail }
    }
}

fn shortened(words: String) -> String {
    redacted(words).trim().chars().take(SHOWN).collect()
}

async fn last_words(mut told: mpsc::Receiver<Told>) -> LastWords {
    let mut heard = LastWords::default();
    while let Some(told) = told.recv().await {
        match told {
            Told::Item(ConversationItem::Message { role: MessageRole::Assistant, text, .. }) => heard.message = text,
            Told::Line { message, .. } => {
                heard.lines.push_back(message);
                if heard.lines.len() > LINES {
                    heard.lines.pop_front();
                }
            }
            _ => {}
        }
    }
    heard
}
