use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    AgentProfileChanged, AgentRegistered, AttemptLog, AttemptPr, AttemptSession, AttemptStarted, AttemptStatusChanged,
    AttemptTodos, BoardId, BoardState, ConversationAppended, DashboardOverview, GitCommit, GitPush, GitStatusChanged,
    PatchOp, Time,
};

/// Every message of the stream: the frame's `event` is the variant's name in snake case, its `data` the content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum SseMsg {
    /// Always first.
    Hello(Hello),
    /// A whole board.
    State(BoardState),
    /// What changed on a board.
    StatePatch(StatePatch),
    /// The stream is alive.
    Heartbeat(Heartbeat),
    /// An attempt began.
    AttemptStarted(AttemptStarted),
    /// Where an attempt stands.
    AttemptStatus(AttemptStatusChanged),
    /// A line of an attempt.
    AttemptLog(AttemptLog),
    /// A part of an attempt's conversation.
    ConversationItem(ConversationAppended),
    /// An agent's session.
    AttemptSession(AttemptSession),
    /// An agent's todos.
    AttemptTodos(AttemptTodos),
    /// A checkout's state.
    GitStatus(GitStatusChanged),
    /// A commit.
    GitCommit(GitCommit),
    /// A push.
    GitPush(GitPush),
    /// A pull request.
    AttemptPr(AttemptPr),
    /// A profile changed.
    AgentProfile(AgentProfileChanged),
    /// An agent is known.
    AgentRegistered(AgentRegistered),
    /// All boards at one look.
    DashboardOverview(Box<DashboardOverview>),
    /// The stream ends here.
    Bye(Bye),
}

impl SseMsg {
    /// The frame's `event`.
    #[must_use]
    pub fn event(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::State(_) => "state",
            Self::StatePatch(_) => "state_patch",
            Self::Heartbeat(_) => "heartbeat",
            Self::AttemptStarted(_) => "attempt_started",
            Self::AttemptStatus(_) => "attempt_status",
            Self::AttemptLog(_) => "attempt_log",
            Self::ConversationItem(_) => "conversation_item",
            Self::AttemptSession(_) => "attempt_session",
            Self::AttemptTodos(_) => "attempt_todos",
            Self::GitStatus(_) => "git_status",
            Self::GitCommit(_) => "git_commit",
            Self::GitPush(_) => "git_push",
            Self::AttemptPr(_) => "attempt_pr",
            Self::AgentProfile(_) => "agent_profile",
            Self::AgentRegistered(_) => "agent_registered",
            Self::DashboardOverview(_) => "dashboard_overview",
            Self::Bye(_) => "bye",
        }
    }

    /// The frame's `data`: one line of JSON.
    ///
    /// # Panics
    /// Never: every message can be written as JSON.
    #[must_use]
    pub fn data(&self) -> Vec<u8> {
        let encoded = match self {
            Self::Hello(data) => serde_json::to_vec(data),
            Self::State(data) => serde_json::to_vec(data),
            Self::StatePatch(data) => serde_json::to_vec(data),
            Self::Heartbeat(data) => serde_json::to_vec(data),
            Self::AttemptStarted(data) => serde_json::to_vec(data),
            Self::AttemptStatus(data) => serde_json::to_vec(data),
            Self::AttemptLog(data) => serde_json::to_vec(data),
            Self::ConversationItem(data) => serde_json::to_vec(data),
            Self::AttemptSession(data) => serde_json::to_vec(data),
            Self::AttemptTodos(data) => serde_json::to_vec(data),
            Self::GitStatus(data) => serde_json::to_vec(data),
            Self::GitCommit(data) => serde_json::to_vec(data),
            Self::GitPush(data) => serde_json::to_vec(data),
            Self::AttemptPr(data) => serde_json::to_vec(data),
            Self::AgentProfile(data) => serde_json::to_vec(data),
            Self::AgentRegistered(data) => serde_json::to_vec(data),
            Self::DashboardOverview(data) => serde_json::to_vec(data),
            Self::Bye(data) => serde_json::to_vec(data),
        };
        encoded.expect("no map with other keys than strings, no failing Serialize")
    }
}

/// `hello`: what this stream is and where the log stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hello {
    /// The server's clock.
    pub server_time: Time,
    /// Names the log.
    pub epoch: String,
    /// The newest event.
    pub head_seq: u64,
    /// The oldest event that is kept; `headSeq + 1` in an empty log.
    pub oldest_seq: u64,
    /// From one heartbeat to the next, in milliseconds.
    pub heartbeat_ms: u64,
    /// How the cursor was answered.
    pub replay: Replay,
    /// The boards of this stream, in the order of its opening.
    pub boards: Vec<BoardId>,
    /// Whether it carries the dashboard.
    pub dashboard: bool,
}

/// How a stream's cursor was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Replay {
    /// None was given: a fresh opening follows.
    None,
    /// Served: every event after it follows.
    Tail,
    /// It can't be served: a fresh opening follows, what the client holds is void.
    Reset,
}

/// `state_patch`: turns the document at `baseSeq` into the one at `seq`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatePatch {
    /// The board.
    pub board_id: BoardId,
    /// The document's number afterwards.
    pub seq: u64,
    /// The document's number before; 0 for the board's first.
    pub base_seq: u64,
    /// To apply in order [RFC 6902].
    pub patch: Vec<PatchOp>,
}

/// `heartbeat`: the stream is alive, also when nothing happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Heartbeat {
    /// The server's clock.
    pub ts: Time,
    /// The last id that this stream was given.
    pub seq: u64,
}

/// `bye`: the stream ends here, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bye {
    /// Why.
    pub reason: ByeReason,
    /// The board that is gone.
    pub board_id: Option<BoardId>,
    /// When to come back, in milliseconds.
    pub retry_ms: Option<u64>,
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// The server drains.
    Shutdown,
    /// The board was deleted.
    BoardDeleted,
    /// The right to read was withdrawn.
    AccessRevoked,
}
