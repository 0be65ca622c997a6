use std::collections::VecDeque;

use boardcast_shared::{ConversationItem, PermissionOption, PermissionPolicy, PermissionRequest, Time};
use serde::Serialize;
use serde_json::value::RawValue;

use super::wire;
use crate::agents::AnswerError;

/// So many may be open at once; one more is cancelled.
pub const MOST_OPEN: usize = 32;
/// The ids of so many closed ones are remembered.
const MOST_CLOSED: usize = 256;

/// The questions of an agent that wait for an answer.
#[derive(Debug, Default)]
pub struct Permissions {
    open: Vec<Open>,
    closed: VecDeque<String>,
}

#[derive(Debug)]
struct Open {
    asked: Time,
    /// How the agent knows it.
    rpc_id: Box<RawValue>,
    request: PermissionRequest,
}

/// A question that is closed: how it looks now, and what the agent is answered.
#[derive(Debug)]
pub struct Closing {
    pub item: ConversationItem,
    pub answer: Vec<u8>,
}

#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Outcome<'a> {
    Selected { option_id: &'a str },
    Cancelled,
}

impl Open {
    fn item(&self) -> ConversationItem {
        ConversationItem::Permission {
            id: self.request.request_id.clone(),
            timestamp: self.asked,
            request: self.request.clone(),
        }
    }

    fn close(mut self, option: Option<&str>) -> Closing {
        let outcome = option.map_or(Outcome::Cancelled, |option_id| Outcome::Selected { option_id });
        let answer = cancelled_or(&self.rpc_id, &outcome);
        self.request.outcome = Some(option.unwrap_or("cancelled").to_owned());
        Closing { item: self.item(), answer }
    }
}

fn cancelled_or(rpc_id: &RawValue, outcome: &Outcome) -> Vec<u8> {
    wire::answer(rpc_id, &serde_json::json!({ "outcome": outcome }))
}

/// The answer to a question that nobody is asked.
pub fn cancelled(rpc_id: &RawValue) -> Vec<u8> {
    cancelled_or(rpc_id, &Outcome::Cancelled)
}

/// Whether a tool of that kind [ACP, tool calls] may be used without a question.
pub fn allows(policy: PermissionPolicy, kind: &str) -> bool {
    match policy {
        PermissionPolicy::Ask => false,
        PermissionPolicy::AllowReads => matches!(kind, "read" | "search"),
        PermissionPolicy::AllowAll => true,
    }
}

impl Permissions {
    pub fn has_room(&self) -> bool {
        self.open.len() < MOST_OPEN
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Opens a question.
    pub fn ask(
        &mut self,
        rpc_id: &RawValue,
        request_id: String,
        title: String,
        options: Vec<PermissionOption>,
        asked: Time,
    ) -> ConversationItem {
        let request = PermissionRequest { request_id, title, options, outcome: None };
        let open = Open { asked, rpc_id: rpc_id.to_owned(), request };
        let item = open.item();
        self.open.push(open);
        item
    }

    /// Closes a question by one of its options.
    pub fn answer(&mut self, request_id: &str, option_id: &str) -> Result<Closing, AnswerError> {
        let Some(at) = self.open.iter().position(|open| open.request.request_id == request_id) else {
            let is_closed = self.closed.iter().any(|closed| closed == request_id);
            return Err(if is_closed { AnswerError::Closed } else { AnswerError::Unknown });
        };
        if !self.open[at].request.options.iter().any(|option| option.option_id == option_id) {
            return Err(AnswerError::WrongOption);
        }
        let open = self.open.remove(at);
        self.remember(&open);
        Ok(open.close(Some(option_id)))
    }

    /// Closes them all without an answer.
    pub fn cancel(&mut self) -> Vec<Closing> {
        let open = std::mem::take(&mut self.open);
        for open in &open {
            self.remember(open);
        }
        open.into_iter().map(|open| open.close(None)).collect()
    }

    fn remember(&mut self, open: &Open) {
        self.closed.push_back(open.request.request_id.clone());
        if self.closed.len() > MOST_CLOSED {
            self.closed.pop_front();
        }
    }
}
