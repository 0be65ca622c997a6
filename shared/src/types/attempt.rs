use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AttemptId, BoardId, CardId, ProfileId, PullRequest, RecordedProfile, Time};

/// Where an attempt stands. Nothing else, ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttemptStatus {
    /// Waiting for its turn.
    Queued,
    /// An agent is at work.
    Running,
    /// Asked to stop; its processes aren't gone yet.
    Stopping,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Ended on request.
    Stopped,
}

impl AttemptStatus {
    /// Whether nothing more is to come unless a new turn begins.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Stopped)
    }

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// One attempt of one agent at one card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Its board.
    pub board_id: BoardId,
    /// Its card.
    pub card_id: CardId,
    /// The agent's name; `""` until known.
    pub agent: String,
    /// The profile it runs under.
    pub profile_id: Option<ProfileId>,
    /// That profile as it was when the attempt was queued; null without one, and for an attempt reported from outside.
    pub profile: Option<RecordedProfile>,
    /// Where it stands.
    pub status: AttemptStatus,
    /// It waits for an answer of yours.
    pub needs_input: bool,
    /// The branch it works on; `""` until known.
    pub branch_name: String,
    /// The branch it started from; `""` until known.
    pub base_branch: String,
    /// Where it works on this machine; null for one reported from outside.
    pub worktree_path: Option<String>,
    /// The agent's own session.
    pub session_id: Option<String>,
    /// When it was first heard of.
    pub created_at: Time,
    /// When its agent began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// When anything of it was last heard.
    pub updated_at: Time,
    /// Why it failed.
    pub error: Option<String>,
    /// How far its list is.
    pub todos: Option<TodoCount>,
    /// The last line it wrote, shortened.
    pub last_line: Option<String>,
    /// Its pull request.
    pub pr: Option<PullRequest>,
}

/// How many todos there are and how many are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TodoCount {
    /// All of them.
    pub total: u32,
    /// Those done.
    pub completed: u32,
}

/// An agent's list of what it means to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Todos {
    /// All of them.
    pub total: u32,
    /// Those done.
    pub completed: u32,
    /// In the agent's order.
    pub items: Vec<TodoItem>,
}

/// One of an agent's todos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TodoItem {
    /// The agent's own name for it.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// Whether it is done.
    pub status: TodoStatus,
}

/// Whether a todo is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum TodoStatus {
    Open,
    Done,
}

/// How serious a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum LogLevel {
    Info,
    Warn,
    Error,
}

/// A line of an attempt's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogLine {
    /// The event that brought it.
    pub seq: u64,
    /// When it was written.
    pub ts: Time,
    /// How serious it is.
    pub level: LogLevel,
    /// Its text.
    pub message: String,
}

/// A part of the conversation. A later item with the same `id` replaces the earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ConversationItem {
    /// Somebody says something.
    Message {
        /// The item.
        id: String,
        /// When it began.
        timestamp: Time,
        /// Who speaks.
        role: MessageRole,
        /// What is said.
        text: String,
        /// How to read the text.
        format: MessageFormat,
    },
    /// The agent thinks aloud.
    Thinking {
        /// The item.
        id: String,
        /// When it began.
        timestamp: Time,
        /// The thought.
        text: String,
    },
    /// The agent uses a tool.
    Tool {
        /// The item.
        id: String,
        /// When it began.
        timestamp: Time,
        /// The call.
        tool: ToolCall,
    },
    /// Something went wrong.
    Error {
        /// The item.
        id: String,
        /// When it happened.
        timestamp: Time,
        /// What happened.
        text: String,
    },
    /// The agent asks before it acts.
    Permission {
        /// The item.
        id: String,
        /// When it asked.
        timestamp: Time,
        /// The question.
        request: PermissionRequest,
    },
}

impl ConversationItem {
    /// What a later version of the same item shares with this one.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Message { id, .. }
            | Self::Thinking { id, .. }
            | Self::Tool { id, .. }
            | Self::Error { id, .. }
            | Self::Permission { id, .. } => id,
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum MessageRole {
    User,
    Assistant,
    System,
}

/// How to read a message's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum MessageFormat {
    Markdown,
    Plaintext,
}

/// A tool call, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolCall {
    /// The agent's name for the call.
    pub call_id: String,
    /// What it calls the tool, for people.
    pub name: String,
    /// What kind of tool: read, edit, delete, move, search, execute, think, fetch, other.
    pub kind: String,
    /// The command line, for a shell.
    pub command: Option<String>,
    /// How far it is.
    pub status: ToolStatus,
    /// When it began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub completed_at: Option<Time>,
    /// What the command exited with.
    pub exit_code: Option<i32>,
    /// What came out.
    pub output: Option<String>,
}

/// How far a tool call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum ToolStatus {
    Created,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// A question of the agent before it acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PermissionRequest {
    /// Names the question in the answer.
    pub request_id: String,
    /// What it wants to do.
    pub title: String,
    /// The answers it offers.
    pub options: Vec<PermissionOption>,
    /// The chosen `optionId`, or `cancelled`; null while open.
    pub outcome: Option<String>,
}

/// An answer that the agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PermissionOption {
    /// Names the answer.
    pub option_id: String,
    /// The answer in words.
    pub name: String,
    /// What kind of answer, such as `allow_once`.
    pub kind: String,
}

/// `attempt_started`: its worktree and branch exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Attempt")]
pub struct AttemptStarted {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    /// The agent's name.
    pub agent: String,
    pub profile_id: Option<ProfileId>,
    /// The branch it works on.
    pub branch_name: String,
    /// The branch it started from.
    pub base_branch: String,
    /// When it began.
    pub ts: Time,
}

/// `attempt_status`: where an attempt stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Attempt")]
pub struct AttemptStatusChanged {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    /// The agent's name; `""` until known.
    pub agent: String,
    pub status: AttemptStatus,
    /// Where it stood before.
    pub previous_status: Option<AttemptStatus>,
    /// It waits for an answer of somebody's.
    pub needs_input: bool,
    /// When its agent began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it came to stand there.
    pub ts: Time,
    /// Present, and true, only in a stream's opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replayed: Option<bool>,
}

/// `attempt_log`: one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in LogLine")]
pub struct AttemptLog {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub level: LogLevel,
    /// The line, without its end.
    pub message: String,
    /// When it was written.
    pub ts: Time,
}

/// `conversation_item`: a new part of the conversation, or a newer version of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct ConversationAppended {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub item: ConversationItem,
}

/// `attempt_session`: the agent's own name for its session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct AttemptSession {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    /// The agent's own name for it.
    pub session_id: String,
}

/// `attempt_todos`: the whole list, each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct AttemptTodos {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub todos: Todos,
}
