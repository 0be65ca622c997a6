use boardcast_shared::{ConversationItem, Time, ToolCall, ToolStatus};

use super::diff::hunk;
use super::transcript::Version;
use super::update::{CallContent, CallStatus, CallUpdate, RawOutput};
use crate::agents::text::{LINE_LIMIT, NAME_LIMIT, TEXT_LIMIT, cut};
use crate::secrets::settled_len;

/// The kinds of tools that are told apart.
const KINDS: [&str; 9] = ["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"];

/// A tool call as far as it has come.
#[derive(Debug)]
pub struct Call {
    /// The item's id.
    pub id: String,
    begun: Time,
    pub tool: ToolCall,
}

/// The agent's name for a call, as it is kept.
pub fn call_id(update: &CallUpdate) -> String {
    cut(update.tool_call_id.clone(), NAME_LIMIT, 0)
}

impl Call {
    pub fn new(id: String, call_id: String, now: Time) -> Self {
        let tool = ToolCall {
            call_id,
            name: String::new(),
            kind: "other".into(),
            command: None,
            status: ToolStatus::Created,
            started_at: None,
            completed_at: None,
            exit_code: None,
            output: None,
        };
        Self { id, begun: now, tool }
    }

    /// Takes over what an update says; what it leaves out stays.
    pub fn update(&mut self, update: CallUpdate, now: Time) {
        let tool = &mut self.tool;
        if let Some(title) = update.title {
            tool.name = cut(title, NAME_LIMIT, 0);
        }
        if let Some(kind) = update.kind {
            tool.kind = KINDS.into_iter().find(|known| *known == kind).unwrap_or("other").into();
        }
        if let Some(input) = update.raw_input {
            tool.command = Some(cut(input.command.into_text(), LINE_LIMIT, 0));
        }
        let mut output = update.content.map(shown).filter(|text| !text.is_empty());
        match update.raw_output {
            Some(RawOutput::Text(text)) => output = output.or(Some(text)),
            Some(RawOutput::Fields(fields)) => {
                tool.exit_code = fields.exit_code.or(tool.exit_code);
                output = output.or(fields.output);
            }
            None => {}
        }
        if let Some(output) = output {
            tool.output = Some(cut(output, TEXT_LIMIT, 0));
        }
        if let Some(status) = update.status {
            self.stand(status.into(), now);
        }
    }

    fn stand(&mut self, status: ToolStatus, now: Time) {
        let tool = &mut self.tool;
        tool.status = status;
        if status != ToolStatus::Created && tool.started_at.is_none() {
            // One that is told only at its end has run since it was first heard of.
            tool.started_at = Some(if status == ToolStatus::Running { now } else { self.begun });
        }
        self.tool.completed_at = self.is_over().then_some(now);
    }

    /// Ends it when it hasn't ended: nothing more will be heard of it.
    pub fn cancel(&mut self, now: Time) -> bool {
        let runs = !self.is_over();
        if runs {
            self.stand(ToolStatus::Cancelled, now);
        }
        runs
    }

    pub fn is_over(&self) -> bool {
        !matches!(self.tool.status, ToolStatus::Created | ToolStatus::Running)
    }

    /// How large its item is, in bytes.
    pub fn size(&self) -> usize {
        self.tool.output.as_ref().map_or(0, String::len)
    }

    pub fn item(&self, version: Version) -> ConversationItem {
        let mut tool = self.tool.clone();
        if version == Version::Growing && !self.is_over() {
            for text in tool.command.iter_mut().chain(&mut tool.output) {
                text.truncate(settled_len(text));
            }
        }
        ConversationItem::Tool { id: self.id.clone(), timestamp: self.begun, tool }
    }
}

impl From<CallStatus> for ToolStatus {
    fn from(status: CallStatus) -> Self {
        match status {
            CallStatus::Pending => Self::Created,
            CallStatus::InProgress => Self::Running,
            CallStatus::Completed => Self::Succeeded,
            CallStatus::Failed => Self::Failed,
            CallStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// What a call shows, as text: one part after the other.
fn shown(content: Vec<CallContent>) -> String {
    let parts = content.into_iter().filter_map(|part| match part {
        CallContent::Content { content } => Some(content.into_text()),
        CallContent::Diff { path, old_text, new_text } => Some(hunk(&path, old_text.as_deref(), &new_text)),
        CallContent::Other => None,
    });
    parts.collect::<Vec<_>>().join("\n")
}
