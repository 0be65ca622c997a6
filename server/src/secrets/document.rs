//! JSON documents, and the parts of a conversation.

use std::borrow::Cow;

use boardcast_shared::{ConversationItem, GitStatus};
use serde_json::Value;

use super::redact;

/// Redacts every text of a document. Names of members stay: they are ids.
pub fn redact_all(value: &mut Value) {
    match value {
        Value::String(text) => redact_in(text),
        Value::Array(items) => items.iter_mut().for_each(redact_all),
        Value::Object(members) => members.values_mut().for_each(redact_all),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Redacts what is said and shown in a part of a conversation.
pub fn redact_item(item: &mut ConversationItem) {
    match item {
        ConversationItem::Message { text, .. }
        | ConversationItem::Thinking { text, .. }
        | ConversationItem::Error { text, .. } => redact_in(text),
        ConversationItem::Tool { tool, .. } => {
            redact_in(&mut tool.call_id);
            redact_in(&mut tool.name);
            tool.command.iter_mut().chain(&mut tool.output).for_each(redact_in);
        }
        ConversationItem::Permission { request, .. } => {
            redact_in(&mut request.title);
            request.options.iter_mut().for_each(|option| redact_in(&mut option.name));
        }
    }
}

/// Redacts the names in a checkout's state.
pub fn redact_status(status: &mut GitStatus) {
    redact_in(&mut status.branch);
    for file in &mut status.files {
        redact_in(&mut file.path);
        file.old_path.iter_mut().for_each(redact_in);
    }
}

fn redact_in(text: &mut String) {
    if let Cow::Owned(plain) = redact(text) {
        *text = plain;
    }
}
