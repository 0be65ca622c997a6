//! The test of an agent: one turn in a folder that is thrown away.

use std::path::PathBuf;
use std::time::Duration;

use boardcast_shared::{AgentId, ConversationItem, MessageRole, random_token};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::mpsc;

use super::control::AttemptError;
use super::{Attempts, turn};
use crate::agents::{Agent, Ask, Launch, Told, TurnEnd, Wishes};
use crate::domain::refusal::Refusal;
use crate::secrets::redacted;
use crate::store::ReadError;

/// What a trial asks.
const PROMPT: &str = "Answer with one word: ready. Change no files and run no commands.";
/// How long a trial takes at the most.
const LIMIT: Duration = Duration::from_secs(60);
/// The most of an agent's own words that is shown, in characters.
const SHOWN: usize = 300;

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
        // The folder is removed only when the agent is gone.
        let trial = tokio::select! {
            trial = Box::pin(attempt(launch)) => trial,
            () = tokio::time::sleep(LIMIT) => failed(format!("no answer within {} s", LIMIT.as_secs())),
            () = self.inner.end.cancelled() => failed("the server is ending".into()),
        };
        Ok(trial)
    }
}

async fn attempt(launch: Launch) -> Trial {
    let (tell, told) = mpsc::channel(64);
    let heard = tokio::spawn(last_words(told));
    let mut agent = match Agent::start(launch, tell).await {
        Ok(agent) => agent,
        Err(detail) => return Trial { ok: false, detail: redacted(detail) },
    };
    // Nobody asks anything meanwhile; the sender stays open.
    let (_ask, mut asks) = mpsc::channel::<Ask>(1);
    let end = agent.turn(PROMPT.into(), &mut asks).await;
    agent.end().await;
    let words = heard.await.unwrap_or_default();
    match end {
        TurnEnd::Succeeded if words.is_empty() => {
            Trial { ok: true, detail: "it took the prompt and ended well".into() }
        }
        TurnEnd::Succeeded => Trial { ok: true, detail: words },
        TurnEnd::Failed(error) => Trial { ok: false, detail: redacted(error) },
        TurnEnd::Stopped => Trial { ok: false, detail: "it stopped before it answered".into() },
    }
}

/// What an agent said last, shortened.
async fn last_words(mut told: mpsc::Receiver<Told>) -> String {
    let mut words = String::new();
    while let Some(told) = told.recv().await {
        match told {
            Told::Item(ConversationItem::Message { role: MessageRole::Assistant, text, .. }) => words = text,
            Told::Line { message, .. } if words.is_empty() => words = message,
            _ => {}
        }
    }
    redacted(words).trim().chars().take(SHOWN).collect()
}
