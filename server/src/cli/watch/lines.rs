use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use boardcast_shared::{AttemptId, CardId, ConversationItem, LogLevel, SseMsg, StatePatch, Time};
use serde_json::Value;

use super::folded::{Folded, Subject};
use super::growing::{self, Growing, Part};
use super::paint::shortened;
use super::words::{git_status, goodbye, label, pull_request, short_sha, spoken, status, todos};
use crate::client::Frame;

/// Attempts whose card is remembered; beyond that the name of some is forgotten, nothing else.
const MAX_ATTEMPTS: usize = 4096;
/// Changes of one patch that are named.
const MAX_CHANGES: usize = 3;

/// Events to lines. Keeps the board's document and whose card an attempt is at, to say things by their names.
#[derive(Debug, Default)]
pub struct Lines {
    board: Folded,
    cards: BTreeMap<AttemptId, CardId>,
    growing: Growing,
    // What was told last of a tool: its growing output makes no line.
    tool: (String, String),
}

/// What an event has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// This, in harmless words.
    Say { time: Time, word: &'static str, text: String },
    /// It says only that the stream is alive, or more is to come before it makes a line.
    Nothing,
    /// The board's document is out of step: the stream is to be started afresh.
    Misfit,
}

impl Lines {
    /// What there is to say at one frame, in order: mostly its own line, sometimes none, sometimes what was said before it.
    pub fn read(&mut self, frame: &Frame) -> Vec<Line> {
        let line = self.say(frame).unwrap_or_else(|| {
            // An event of a later version is shown as it came.
            say(None, "event", format!("{} {}", shortened(&frame.event), shortened(&frame.data)))
        });
        if line == Line::Nothing {
            return self.due();
        }
        let mut lines = self.pause();
        lines.push(line);
        lines
    }

    /// What an agent has said that has made no line yet, when nothing more comes for a while.
    pub fn pause(&mut self) -> Vec<Line> {
        self.growing.pause();
        self.due()
    }

    fn due(&mut self) -> Vec<Line> {
        self.growing.take_due().iter().map(|part| self.part(part)).collect()
    }

    fn part(&self, part: &Part) -> Line {
        let (name, text) = (self.name(&part.attempt), shortened(&part.text));
        if part.thought {
            say(Some(part.time), "thinks", format!("{name} {text}"))
        } else {
            say(Some(part.time), "says", format!("{name} assistant: {text}"))
        }
    }

    fn conversation(&mut self, attempt: &AttemptId, item: &ConversationItem) -> Line {
        if growing::grows(item) {
            self.growing.hear(attempt, item);
            return Line::Nothing;
        }
        let (time, word, text) = spoken(item);
        if let ConversationItem::Tool { id, .. } = item {
            let told = (id.clone(), text.clone());
            if std::mem::replace(&mut self.tool, told.clone()) == told {
                return Line::Nothing;
            }
        }
        say(Some(time), word, format!("{} {text}", self.name(attempt)))
    }

    fn say(&mut self, frame: &Frame) -> Option<Line> {
        let data: Value = serde_json::from_str(&frame.data).ok()?;
        if frame.event == "state" {
            let words = self.board.replace(data);
            return Some(say(None, "board", words));
        }
        let message = serde_json::json!({"event": frame.event, "data": data});
        let line = match serde_json::from_value(message).ok()? {
            SseMsg::Hello(_) | SseMsg::Heartbeat(_) | SseMsg::DashboardOverview(_) | SseMsg::State(_) => Line::Nothing,
            SseMsg::StatePatch(patch) => self.patched(&patch),
            SseMsg::AttemptStarted(of) => {
                self.remember(&of.attempt_id, &of.card_id);
                let (name, agent) = (self.name(&of.attempt_id), shortened(&of.agent));
                let (branch, base) = (shortened(&of.branch_name), shortened(&of.base_branch));
                say(Some(of.ts), "started", format!("{name} {agent} on {branch} from {base}"))
            }
            SseMsg::AttemptStatus(of) => {
                self.remember(&of.attempt_id, &of.card_id);
                say(Some(of.ts), "attempt", format!("{} {}", self.name(&of.attempt_id), status(&of)))
            }
            SseMsg::AttemptLog(of) => {
                let word = match of.level {
                    LogLevel::Info => "log",
                    LogLevel::Warn => "warn",
                    LogLevel::Error => "error",
                };
                say(Some(of.ts), word, format!("{} {}", self.name(&of.attempt_id), shortened(&of.message)))
            }
            SseMsg::ConversationItem(of) => self.conversation(&of.attempt_id, &of.item),
            SseMsg::AttemptSession(of) => {
                let session = shortened(&of.session_id);
                say(None, "session", format!("{} {session}", self.name(&of.attempt_id)))
            }
            SseMsg::AttemptTodos(of) => {
                say(None, "todos", format!("{} {}", self.name(&of.attempt_id), todos(&of.todos)))
            }
            SseMsg::GitStatus(of) => {
                say(None, "git", format!("{}{}", self.owner(of.attempt_id.0.as_ref()), git_status(&of.status)))
            }
            SseMsg::GitCommit(of) => {
                let owner = self.owner(of.attempt_id.0.as_ref());
                say(Some(of.ts), "commit", format!("{owner}{} {}", shortened(&of.short_sha), shortened(&of.subject)))
            }
            SseMsg::GitPush(of) => {
                let (owner, sha) = (self.owner(of.attempt_id.0.as_ref()), short_sha(&of.sha));
                let (remote, branch) = (shortened(&of.remote), shortened(&of.branch));
                say(Some(of.ts), "push", format!("{owner}{remote}/{branch} → {sha}"))
            }
            SseMsg::AttemptPr(of) => say(None, "pr", format!("{} {}", self.name(&of.attempt_id), pull_request(&of.pr))),
            SseMsg::AgentProfile(of) => {
                let kind = format!("{:?}", of.kind).to_lowercase();
                say(
                    None,
                    "profile",
                    format!("{} of {} {kind}", label(of.label.as_deref(), of.profile_id.as_str()), of.agent),
                )
            }
            SseMsg::AgentRegistered(of) => {
                say(None, "agent", format!("{} registered", label(of.label.as_deref(), of.agent.as_str())))
            }
            SseMsg::Bye(bye) => say(None, "bye", goodbye(&bye).to_owned()),
        };
        Some(line)
    }

    fn patched(&mut self, patch: &StatePatch) -> Line {
        let Ok(changes) = self.board.apply(patch) else { return Line::Misfit };
        let word = match changes.first().map(|change| change.subject) {
            Some(Subject::Card) => "card",
            Some(Subject::Column) => "column",
            None => return say(None, "board", "changed".to_owned()),
        };
        let mut words: Vec<String> = changes.iter().take(MAX_CHANGES).map(|change| change.words.clone()).collect();
        if changes.len() > MAX_CHANGES {
            words.push(format!("and {} more changes", changes.len() - MAX_CHANGES));
        }
        say(None, word, words.join("; "))
    }

    fn remember(&mut self, attempt: &AttemptId, card: &CardId) {
        if self.cards.len() >= MAX_ATTEMPTS && !self.cards.contains_key(attempt) {
            self.cards.pop_first();
        }
        self.cards.insert(attempt.clone(), card.clone());
    }

    /// An attempt by its card's ticket key, else by the head of its id.
    fn name(&self, attempt: &AttemptId) -> String {
        let card = self.cards.get(attempt).and_then(|card| self.board.ticket_key(card.as_str()));
        card.unwrap_or_else(|| attempt.as_str().chars().take(8).collect())
    }

    fn owner(&self, attempt: Option<&AttemptId>) -> String {
        attempt.map(|attempt| format!("{} ", self.name(attempt))).unwrap_or_default()
    }
}

/// What bears no time of its own happened about now.
fn say(time: Option<Time>, word: &'static str, text: String) -> Line {
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    };
    Line::Say { time: time.unwrap_or_else(now), word, text }
}

#[cfg(test)]
mod tests;
