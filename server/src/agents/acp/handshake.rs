use std::time::Duration;

use boardcast_shared::LogLevel;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Acp;
use super::sign_in::{self, AUTH_REQUIRED};
use super::wire::RpcError;
use crate::agents::group::Ended;
use crate::agents::link::{Event, FAREWELL};
use crate::agents::text::{NAME_LIMIT, cut, message};
use crate::agents::{Launch, Told};

/// How long every request but the prompt may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long a process whose standard output has ended may take to exit by itself.
pub const EXIT_LIMIT: Duration = Duration::from_secs(1);
const VERSION: u64 = 1;
/// What the errors of an agent that answered with one begin with.
pub const REFUSALS: [&str; 2] = [REFUSED, NOT_SIGNED_IN];
const REFUSED: &str = "it refused";
const NOT_SIGNED_IN: &str = "not signed in:";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialized {
    protocol_version: u64,
    #[serde(default)]
    agent_capabilities: Capabilities,
    #[serde(default)]
    auth_methods: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Capabilities {
    #[serde(default)]
    load_session: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewSession {
    session_id: String,
    /// What can be chosen in it.
    #[serde(flatten)]
    offers: serde_json::Map<String, serde_json::Value>,
}

/// A request that gave nothing.
pub(super) enum Failed {
    /// The agent goes on, but not with this.
    Refused(String),
    /// It is lost: why.
    Lost(String),
}

impl From<Failed> for String {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(why) | Failed::Lost(why) => why,
        }
    }
}

impl Acp {
    /// `initialize`, then the session: the one asked for if the agent can take it up, else a new one.
    pub(super) async fn open(&mut self, launch: &Launch) -> Result<(), String> {
        // Files and terminals are the agent's own business: it runs in the worktree. How to sign in is told to its user,
        // who has a terminal.
        let hello = json!({
            "protocolVersion": VERSION,
            "clientCapabilities": { "fs": { "readTextFile": false, "writeTextFile": false }, "terminal": false,
                "auth": { "terminal": true } },
            "clientInfo": { "name": "boardcast", "title": "Boardcast", "version": env!("CARGO_PKG_VERSION") },
        });
        let agent: Initialized = self.call("initialize", &hello).await?;
        if agent.protocol_version != VERSION {
            return Err(format!("it speaks version {} of the protocol, not {VERSION}", agent.protocol_version));
        }
        self.sign_in = sign_in::advice(&launch.program, &agent.auth_methods);
        let cwd = &launch.cwd;
        let (mut resumed, mut offers) = (false, serde_json::Value::Null);
        if let Some(id) = launch.session.as_ref().filter(|_| agent.agent_capabilities.load_session) {
            let params = json!({ "sessionId": id, "cwd": cwd, "mcpServers": [] });
            match self.call::<serde_json::Value>("session/load", &params).await {
                Ok(loaded) => {
                    self.session.clone_from(id);
                    (resumed, offers) = (true, loaded);
                }
                Err(Failed::Refused(why)) => self.link.outbox.line(LogLevel::Warn, why),
                Err(lost) => return Err(lost.into()),
            }
        }
        if !resumed {
            let params = json!({ "cwd": cwd, "mcpServers": [] });
            let new = self.call::<NewSession>("session/new", &params).await?;
            (self.session, offers) = (new.session_id, new.offers.into());
        }
        self.link.outbox.put(Told::Session { id: self.session.clone(), resumed });
        Ok(self.wish(&launch.wishes, offers).await?)
    }

    /// One request and its answer. What is said meanwhile is not shown.
    pub(super) async fn call<T: DeserializeOwned>(
        &mut self,
        method: &str,
        params: &serde_json::Value,
    ) -> Result<T, Failed> {
        let request = self.request(method, params);
        let limit = self.link.clock.elapsed() + TIME_LIMIT;
        // Nothing can be asked yet.
        let (_nobody, mut asks) = mpsc::channel(1);
        loop {
            match self.link.next(&mut asks, None, Some(limit)).await {
                Event::Stdout(line) => match self.heard(&line) {
                    Some((id, Ok(result))) if id == request => {
                        return serde_json::from_str(result.get())
                            .map_err(|error| Failed::Lost(format!("its answer to {method} is wrong: {error}")));
                    }
                    Some((id, Err(error))) if id == request => {
                        return Err(Failed::Refused(self.refused(method, error)));
                    }
                    _ => {}
                },
                Event::Stderr(line) => self.link.outbox.line(LogLevel::Info, message(&line)),
                Event::Ask(_) | Event::Due => {}
                Event::StdoutEnded => {
                    let ended = self.exit().await;
                    return Err(Failed::Lost(format!("it {ended} before it answered {method}")));
                }
                Event::Exited(status) => {
                    return Err(Failed::Lost(format!("it {} before it answered {method}", Ended(status))));
                }
                Event::Late => {
                    let seconds = TIME_LIMIT.as_secs();
                    return Err(Failed::Lost(format!("it gave no answer to {method} within {seconds} s")));
                }
                Event::Deaf => return Err(Failed::Lost("nobody listens to it".into())),
            }
        }
    }

    /// How a process ends that has closed its standard output.
    pub(super) async fn exit(&mut self) -> String {
        match timeout(EXIT_LIMIT, self.link.group.exited()).await {
            Ok(status) => Ended(status).to_string(),
            Err(_) => "closed its standard output".into(),
        }
    }

    /// Ends what couldn't be opened. Its last lines are told, but whoever hears them may be waiting for us.
    pub(super) async fn give_up(mut self, error: String) -> String {
        let (_nobody, mut asks) = mpsc::channel(1);
        self.link
            .wind_down(&mut asks, LogLevel::Info, |outbox, line| outbox.line(LogLevel::Warn, message(&line)))
            .await;
        let _ = timeout(FAREWELL, self.link.flush(&mut asks)).await;
        error
    }

    /// An error answer in a sentence, and what to do about it.
    pub(super) fn refused(&self, method: &str, error: RpcError) -> String {
        let details = error.data.map(|data| format!(" ({data})")).unwrap_or_default();
        let said = error.message.trim_end_matches('.');
        let words = if error.code == AUTH_REQUIRED {
            // The gist comes first: on a card there is room for no more.
            format!("{NOT_SIGNED_IN} {said}{details}. {}", self.sign_in)
        } else {
            format!("{REFUSED} {method}: {said}{details}")
        };
        cut(words, NAME_LIMIT, 0)
    }
}
