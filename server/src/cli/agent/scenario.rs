use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::peer::Peer;
use super::session::Session;
use super::{notes, plain};
use crate::demo::story;

/// The exit code of `/crash`.
const CRASHED: i32 = 70;
/// So many seconds a scenario may be told to take.
const MOST_SECONDS: u64 = 24 * 60 * 60;

/// One turn in one session.
pub struct Stage {
    peer: Arc<Peer>,
    pub session: Arc<Session>,
    cancel: CancellationToken,
    /// What was said in this turn.
    said: Mutex<String>,
    /// Tools that were called in this turn.
    calls: AtomicUsize,
}

/// The turn was cancelled.
pub struct Cancelled;

/// Plays what the prompt asks for, and answers the request `id` at the end.
pub async fn play(stage: Stage, prompt: &str, id: &Value) {
    let mut words = prompt.split_whitespace();
    let (first, number) = (words.next().unwrap_or_default(), words.next().and_then(|word| word.parse().ok()));
    let played = match first {
        "/permission" => stage.permission().await,
        "/slow" => stage.slow(number.unwrap_or(5).min(MOST_SECONDS)).await,
        "/silent" => stage.silent(number.unwrap_or(5).min(MOST_SECONDS)).await,
        "/flood" => stage.flood(number.unwrap_or(1000)).await,
        "/crash" => stage.crash().await,
        _ => stage.work(prompt).await,
    };
    let said = stage.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
    stage.session.add(prompt, &said);
    let stop_reason = if played.is_ok() { "end_turn" } else { "cancelled" };
    stage.peer.answer(id, &json!({ "stopReason": stop_reason })).await;
}

impl Stage {
    pub fn new(peer: Arc<Peer>, session: Arc<Session>, cancel: CancellationToken) -> Self {
        Self { peer, session, cancel, said: Mutex::default(), calls: AtomicUsize::default() }
    }

    /// Lets time pass.
    pub async fn rest(&self, time: Duration) -> Result<(), Cancelled> {
        self.unless_cancelled(sleep(time)).await
    }

    pub async fn unless_cancelled<T>(&self, what: impl Future<Output = T>) -> Result<T, Cancelled> {
        tokio::select! {
            () = self.cancel.cancelled() => Err(Cancelled),
            done = what => Ok(done),
        }
    }

    /// A name for a tool call that the session hasn't had.
    pub fn next_call_id(&self) -> String {
        format!("call-{}-{}", self.session.turns() + 1, self.calls.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub async fn update(&self, update: Value) {
        self.peer.update(&self.session.id, update).await;
    }

    /// Says a piece of a message.
    pub async fn say(&self, text: &str) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        self.update(json!({ "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } }))
            .await;
    }

    /// A card of the demo's board is worked on as its story says; everything else is a plain turn.
    async fn work(&self, prompt: &str) -> Result<(), Cancelled> {
        match story::item_at(&self.session.cwd, prompt) {
            Some(item) => notes::play(self, item, prompt).await,
            None => plain::play(self, prompt).await,
        }
    }

    async fn permission(&self) -> Result<(), Cancelled> {
        let call = json!({ "toolCallId": "delete-1", "title": "Delete the folder build", "kind": "delete", "status": "pending" });
        let options = json!([
            { "optionId": "allow", "name": "Allow", "kind": "allow_once" },
            { "optionId": "reject", "name": "Reject", "kind": "reject_once" },
        ]);
        let params = json!({ "sessionId": self.session.id, "toolCall": call, "options": options });
        let answer = self.unless_cancelled(self.peer.ask("session/request_permission", params)).await?;
        let (status, words) = match answer["outcome"]["optionId"].as_str() {
            Some("allow") => ("completed", "You allowed it, so it is done (this is a demo: nothing was deleted)."),
            Some(_) => ("failed", "You rejected it, so nothing was done."),
            None => return Err(Cancelled),
        };
        self.update(json!({ "sessionUpdate": "tool_call_update", "toolCallId": "delete-1", "status": status })).await;
        self.say(words).await;
        Ok(())
    }

    async fn slow(&self, seconds: u64) -> Result<(), Cancelled> {
        for second in 1..=seconds {
            self.rest(Duration::from_secs(1)).await?;
            self.say(&format!("{second} of {seconds} s.\n")).await;
        }
        Ok(())
    }

    async fn silent(&self, seconds: u64) -> Result<(), Cancelled> {
        self.rest(Duration::from_secs(seconds)).await?;
        self.say(&format!("I said nothing for {seconds} s.")).await;
        Ok(())
    }

    async fn flood(&self, lines: u64) -> Result<(), Cancelled> {
        let mut errors = tokio::io::stderr();
        for line in 1..=lines {
            let text = format!("line {line} of {lines}\n");
            // A client that reads no more has gone, or cancels.
            let _ = self.unless_cancelled(errors.write_all(text.as_bytes())).await?;
        }
        let _ = errors.flush().await;
        self.say(&format!("I wrote {lines} lines.")).await;
        Ok(())
    }

    async fn crash(&self) -> Result<(), Cancelled> {
        self.say("This is the last thing I say.").await;
        let call = json!({ "sessionUpdate": "tool_call", "toolCallId": "crash-1", "title": "Crash", "kind": "execute", "status": "in_progress" });
        self.update(call).await;
        std::process::exit(CRASHED);
    }
}
