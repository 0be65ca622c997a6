use std::time::Duration;

use boardcast_shared::LogLevel;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::permission::Closing;
use super::sign_in::AUTH_REQUIRED;
use super::usage::Tokens;
use super::wire::{self, Outcome};
use super::{Acp, Heard};
use crate::agents::group::Ended;
use crate::agents::link::Event;
use crate::agents::text::{NAME_LIMIT, cut, message};
use crate::agents::{AnswerError, Ask, Told, TurnEnd};

/// How long an agent may take to come to rest after `session/cancel` before its processes are ended.
const CANCEL_LIMIT: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prompted {
    stop_reason: String,
    #[serde(default)]
    usage: Option<Tokens>,
}

/// Why no more events are waited for.
enum Over {
    Answered(Outcome),
    Exited(String),
    Stop,
}

impl Acp {
    /// One turn: `session/prompt` until it is answered, however long that takes.
    pub async fn turn(&mut self, prompt: String, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
        let text = json!([{ "type": "text", "text": prompt }]);
        let request = self.request("session/prompt", &json!({ "sessionId": self.session, "prompt": text }));
        self.talk.in_turn = true;
        self.link.later.is_stopped = false;
        let end = match self.until_over(request, asks, None).await {
            Over::Answered(outcome) => self.answered(outcome, asks).await,
            Over::Exited(how) => self.lost(request, how, asks).await,
            Over::Stop => self.stopped(request, asks).await,
        };
        self.talk.in_turn = false;
        self.link.flush(asks).await;
        if self.link.later.is_stopped && end != TurnEnd::Stopped {
            // It crossed the answer. What the agent still says belongs to no turn.
            self.link.end().await;
            return TurnEnd::Stopped;
        }
        end
    }

    async fn until_over(&mut self, request: u64, asks: &mut mpsc::Receiver<Ask>, limit: Option<Duration>) -> Over {
        let limit = limit.map(|limit| self.link.clock.elapsed() + limit);
        loop {
            match self.link.next(asks, self.talk.transcript.due(), limit).await {
                Event::Stdout(line) => {
                    if let Some((id, outcome)) = self.heard(&line)
                        && id == request
                    {
                        return Over::Answered(outcome);
                    }
                }
                Event::Stderr(line) => self.link.outbox.line(LogLevel::Info, message(&line)),
                Event::Ask(Ask::Answer { request_id, option_id, reply }) => {
                    // Whoever answered may have gone.
                    let _ = reply.send(self.answer(&request_id, &option_id));
                }
                Event::Ask(Ask::Stop) if limit.is_none() => return Over::Stop,
                Event::Ask(ask) => self.link.later.hear(ask),
                Event::StdoutEnded => return Over::Exited(self.exit().await),
                Event::Exited(status) => return Over::Exited(Ended(status).to_string()),
                Event::Deaf | Event::Late => return Over::Stop,
                Event::Due => {
                    let told = self.talk.transcript.take_due();
                    self.link.outbox.put_all(told);
                }
            }
        }
    }

    fn answer(&mut self, request_id: &str, option_id: &str) -> Result<(), AnswerError> {
        let closing = self.talk.permissions.answer(request_id, option_id)?;
        self.close(vec![closing]);
        Ok(())
    }

    /// Questions that nobody can answer any more are closed.
    fn cancel_questions(&mut self) {
        let closings = self.talk.permissions.cancel();
        self.close(closings);
    }

    /// Tells that questions are closed, and the agent how.
    fn close(&mut self, closings: Vec<Closing>) {
        let is_last = !closings.is_empty() && self.talk.permissions.is_empty();
        for closing in closings {
            self.link.outbox.put(Told::Item(closing.item));
            self.link.input.put(closing.answer);
        }
        if is_last {
            self.link.outbox.put(Told::NeedsInput(false));
        }
    }

    async fn answered(&mut self, outcome: Outcome, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
        self.cancel_questions();
        self.link.hear_stderr(asks).await;
        self.knows_nobody = outcome.as_ref().is_err_and(|error| error.code == AUTH_REQUIRED);
        let prompted = outcome.map_err(|error| self.refused("session/prompt", error)).and_then(|result| {
            serde_json::from_str::<Prompted>(result.get()).map_err(|error| format!("its answer is wrong: {error}"))
        });
        let (end, tokens) = match prompted {
            Ok(prompted) => (ended(prompted.stop_reason), prompted.usage),
            Err(why) if self.knows_nobody => (TurnEnd::Failed(why), None),
            Err(why) => (TurnEnd::Failed(format!("the agent failed: {why}")), None),
        };
        let told = if end == TurnEnd::Stopped { self.talk.transcript.end() } else { self.talk.transcript.end_turn() };
        self.link.outbox.put_all(told);
        if let Some(line) = self.talk.usage.line(tokens) {
            self.link.outbox.line(LogLevel::Info, line);
        }
        end
    }

    /// The process is gone. The answer may still stand in the pipe.
    async fn lost(&mut self, request: u64, how: String, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
        if let Some(outcome) = self.wind_down(request, asks).await {
            return self.answered(outcome, asks).await;
        }
        self.end_talk();
        TurnEnd::Failed(format!("the agent {how} in the middle of its turn"))
    }

    async fn stopped(&mut self, request: u64, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
        // [ACP, cancellation] All pending requests are answered as cancelled.
        self.cancel_questions();
        self.link.input.put(wire::notification("session/cancel", &json!({ "sessionId": self.session })));
        self.until_over(request, asks, Some(CANCEL_LIMIT)).await;
        self.wind_down(request, asks).await;
        self.end_talk();
        TurnEnd::Stopped
    }

    fn end_talk(&mut self) {
        self.cancel_questions();
        let told = self.talk.transcript.end();
        self.link.outbox.put_all(told);
    }

    /// Ends the processes and takes in what they still say; their answer to `request`, if it is among that.
    async fn wind_down(&mut self, request: u64, asks: &mut mpsc::Receiver<Ask>) -> Option<Outcome> {
        let talk = &mut self.talk;
        let mut answer = None;
        let hear = |outbox: &mut _, line| {
            if let Heard::Answer(id, outcome) = talk.hear(outbox, &line)
                && id == request
            {
                answer = Some(outcome);
            }
        };
        self.link.wind_down(asks, LogLevel::Info, hear).await;
        answer
    }
}

fn ended(stop_reason: String) -> TurnEnd {
    match stop_reason.as_str() {
        "end_turn" => TurnEnd::Succeeded,
        "cancelled" => TurnEnd::Stopped,
        "refusal" => TurnEnd::Failed("the agent refused (refusal)".into()),
        "max_tokens" => TurnEnd::Failed("the agent ran out of tokens (max_tokens)".into()),
        "max_turn_requests" => TurnEnd::Failed("the agent made too many requests (max_turn_requests)".into()),
        _ => TurnEnd::Failed(format!("the agent stopped: {}", cut(stop_reason, NAME_LIMIT, 0))),
    }
}
