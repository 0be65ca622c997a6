//! A client of the Agent Client Protocol, version 1: JSON-RPC 2.0 over the agent's standard input and output.

mod call;
mod diff;
mod handshake;
mod pace;
mod permission;
mod sign_in;
mod transcript;
mod turn;
mod update;
mod usage;
mod wire;
mod wishes;

use boardcast_shared::{LogLevel, PermissionOption, PermissionPolicy};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use self::call::call_id;
pub use self::handshake::REFUSALS;
use self::permission::{Permissions, allows, cancelled};
use self::transcript::{Transcript, Voice};
use self::update::{CallUpdate, Update};
use self::usage::Usage;
use self::wire::{METHOD_NOT_FOUND, Message, Outcome};
use super::lines::Line;
use super::link::Link;
use super::outbox::Outbox;
use super::text::{NAME_LIMIT, cut, message};
use super::{Launch, Told};
use crate::clock::Clock;

/// So many options of a request are offered at most.
const MOST_OPTIONS: usize = 32;

/// An agent with an open session.
#[derive(Debug)]
pub struct Acp {
    pub link: Link,
    session: String,
    /// What to do when it wants to know its user.
    sign_in: String,
    /// It didn't know its user; whoever signs in meanwhile is known to another process at the earliest.
    pub knows_nobody: bool,
    requests: u64,
    talk: Talk,
}

/// What is known of the conversation; knows no process.
#[derive(Debug)]
struct Talk {
    clock: Clock,
    transcript: Transcript,
    permissions: Permissions,
    usage: Usage,
    /// What is done when it asks for a permission.
    policy: PermissionPolicy,
    /// Outside a turn nothing that is said is shown: it is what a session that is taken up again replays.
    in_turn: bool,
}

/// What a line means for whoever waits.
enum Heard {
    /// It has been dealt with.
    Nothing,
    /// Our answer to it, to be written.
    Reply(Vec<u8>),
    /// The answer to our request.
    Answer(u64, Outcome),
}

impl Acp {
    /// Starts the program and opens its session.
    pub async fn start(launch: &Launch, told: mpsc::Sender<Told>, clock: Clock) -> Result<Self, String> {
        let link = Link::start(launch, wire::MESSAGE_LIMIT, told, clock.clone()).await?;
        let talk = Talk {
            transcript: Transcript::new(clock.clone()),
            permissions: Permissions::default(),
            usage: Usage::default(),
            policy: launch.wishes.permission_policy,
            in_turn: false,
            clock,
        };
        let mut agent = Self {
            link,
            session: String::new(),
            sign_in: sign_in::advice(&launch.program, &Value::Null),
            knows_nobody: false,
            requests: 0,
            talk,
        };
        match agent.open(launch).await {
            Ok(()) => Ok(agent),
            Err(error) => Err(agent.give_up(error).await),
        }
    }

    fn request(&mut self, method: &str, params: &impl Serialize) -> u64 {
        self.requests += 1;
        self.link.input.put(wire::request(self.requests, method, params));
        self.requests
    }

    /// A line of the agent's standard output; the answer to a request of ours is given back.
    fn heard(&mut self, line: &Line) -> Option<(u64, Outcome)> {
        match self.talk.hear(&mut self.link.outbox, line) {
            Heard::Nothing => None,
            Heard::Reply(reply) => {
                self.link.input.put(reply);
                None
            }
            Heard::Answer(id, outcome) => Some((id, outcome)),
        }
    }
}

impl Talk {
    fn hear(&mut self, outbox: &mut Outbox, line: &Line) -> Heard {
        let read = if line.dropped == 0 { wire::read(&line.bytes) } else { None };
        match read {
            Some(Message::Notification { method, params }) => {
                if method == "session/update" {
                    self.update(outbox, params);
                }
                Heard::Nothing
            }
            Some(Message::Request { id, method, params }) => {
                if method == "session/request_permission" {
                    return self.ask(outbox, id, params).map_or(Heard::Nothing, Heard::Reply);
                }
                let refusal = format!("boardcast has no {}", cut(method.into_owned(), NAME_LIMIT, 0));
                Heard::Reply(wire::refusal(id, METHOD_NOT_FOUND, &refusal))
            }
            Some(Message::Response { id: Some(id), outcome }) => Heard::Answer(id, outcome),
            Some(Message::Response { id: None, .. }) => Heard::Nothing,
            None => {
                if line.size() > 0 {
                    outbox.line(LogLevel::Warn, message(line));
                }
                Heard::Nothing
            }
        }
    }

    fn update(&mut self, outbox: &mut Outbox, params: &str) {
        let update = match update::read(params) {
            Ok(_) if !self.in_turn => return,
            Ok(update) => update,
            Err(error) => {
                return outbox.line(LogLevel::Warn, format!("The agent sent an update that says nothing: {error}"));
            }
        };
        let told = match update {
            Update::Message(text) => self.transcript.speak(Voice::Says, &text),
            Update::Thought(text) => self.transcript.speak(Voice::Thinks, &text),
            Update::Call(call) => self.transcript.call(call),
            Update::Plan(entries) => self.transcript.plan(entries).into_iter().collect(),
            Update::Usage(usage) => {
                self.usage.context = Some(usage);
                Vec::new()
            }
            Update::Other => Vec::new(),
        };
        outbox.put_all(told);
    }

    /// A permission request: opened, or answered at once when the profile says how, or when nobody could answer it.
    fn ask(&mut self, outbox: &mut Outbox, id: &RawValue, params: &str) -> Option<Vec<u8>> {
        let asked: PermissionParams = match serde_json::from_str(params) {
            Ok(asked) => asked,
            Err(error) => return Some(wire::refusal(id, wire::INVALID_PARAMS, &error.to_string())),
        };
        if !self.in_turn || !self.permissions.has_room() {
            return Some(cancelled(id));
        }
        let (title, call) = (asked.tool_call.title.clone(), call_id(&asked.tool_call));
        outbox.put_all(self.transcript.call(asked.tool_call));
        self.transcript.end_speech();
        let title = title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| "May it go on?".into());
        let title = cut(title, NAME_LIMIT, 0);
        let options = asked.options.into_iter().take(MOST_OPTIONS).map(|option| PermissionOption {
            option_id: option.option_id,
            name: cut(option.name, NAME_LIMIT, 0),
            kind: cut(option.kind, NAME_LIMIT, 0),
        });
        let options: Vec<PermissionOption> = options.collect();
        let allowed = self.allowed(&call, &options);
        let is_first = self.permissions.is_empty();
        let (name, now) = (self.transcript.new_id(), self.clock.now());
        let item = self.permissions.ask(id, name.clone(), title.clone(), options, now);
        if let Some(closing) = allowed.and_then(|option| self.permissions.answer(&name, &option).ok()) {
            outbox.put(Told::Item(closing.item));
            outbox.line(LogLevel::Info, format!("Allowed by the profile ({}): {title}", self.policy.as_str()));
            return Some(closing.answer);
        }
        outbox.put(Told::Item(item));
        if is_first {
            outbox.put(Told::NeedsInput(true));
        }
        None
    }

    /// The option that the profile chooses: of those that allow, the one that binds least.
    fn allowed(&self, call: &str, options: &[PermissionOption]) -> Option<String> {
        if !allows(self.policy, self.transcript.kind_of(call)) {
            return None;
        }
        let of_kind = |kind| options.iter().find(|option| option.kind == kind);
        of_kind("allow_once").or_else(|| of_kind("allow_always")).map(|option| option.option_id.clone())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PermissionParams {
    tool_call: CallUpdate,
    options: Vec<OptionParams>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OptionParams {
    option_id: String,
    name: String,
    kind: String,
}
