//! Facts reported from outside: what a reporter may say of each, and what it may leave out.

use boardcast_shared::{
    AgentProfileChanged, AgentRegistered, AttemptId, AttemptPr, AttemptSession, AttemptStatus, AttemptTodos, BoardId,
    CardId, ConversationAppended, GitOwner, GitStatusChanged, LogLevel, ProfileId, Time,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::board::ReplacedState;
use super::text::{MAX_TEXT_BYTES, ONE_LINE_OR_NONE};

/// The line of a stopped attempt.
pub const STOPPED_BY_USER: &str = "Attempt stopped by user";

/// An agent's name, or none yet, for schemas.
const AGENT: &str = "^[0-9A-Za-z_-]{0,64}$";

/// One reported fact, its texts checked.
#[derive(Debug, Clone)]
pub enum Report {
    /// The whole board.
    BoardState(BoardId, ReplacedState),
    /// An attempt waits.
    Queued(ReportedQueued),
    /// An attempt began.
    Started(ReportedStarted),
    /// An attempt stands elsewhere.
    Status(ReportedStatus),
    /// A line.
    Log(ReportedLog),
    /// A part of the conversation.
    Conversation(ConversationAppended),
    /// The agent's session.
    Session(AttemptSession),
    /// The agent's list.
    Todos(AttemptTodos),
    /// Somebody stopped it.
    Stopped(ReportedStopped),
    /// A checkout changed.
    GitStatus(GitStatusChanged),
    /// A commit.
    GitCommit(ReportedCommit),
    /// A push.
    GitPush(ReportedPush),
    /// A pull request was opened.
    PrCreated(AttemptPr),
    /// A pull request changed.
    PrUpdated(AttemptPr),
    /// A profile changed.
    Profile(AgentProfileChanged),
    /// An agent is known.
    Agent(AgentRegistered),
}

impl Report {
    /// The board that it is about; none for agent facts.
    #[must_use]
    pub fn board(&self) -> Option<&BoardId> {
        match self {
            Self::BoardState(board_id, _)
            | Self::Queued(ReportedQueued { board_id, .. })
            | Self::Started(ReportedStarted { board_id, .. })
            | Self::Status(ReportedStatus { board_id, .. })
            | Self::Log(ReportedLog { board_id, .. })
            | Self::Conversation(ConversationAppended { board_id, .. })
            | Self::Session(AttemptSession { board_id, .. })
            | Self::Todos(AttemptTodos { board_id, .. })
            | Self::Stopped(ReportedStopped { board_id, .. })
            | Self::GitStatus(GitStatusChanged { board_id, .. })
            | Self::GitCommit(ReportedCommit { board_id, .. })
            | Self::GitPush(ReportedPush { board_id, .. })
            | Self::PrCreated(AttemptPr { board_id, .. })
            | Self::PrUpdated(AttemptPr { board_id, .. }) => Some(board_id),
            Self::Profile(_) | Self::Agent(_) => None,
        }
    }

    /// The attempt that it says stands elsewhere; none for what doesn't.
    #[must_use]
    pub fn transition(&self) -> Option<&AttemptId> {
        match self {
            Self::Queued(ReportedQueued { attempt_id, .. })
            | Self::Started(ReportedStarted { attempt_id, .. })
            | Self::Status(ReportedStatus { attempt_id, .. })
            | Self::Stopped(ReportedStopped { attempt_id, .. })
            | Self::Session(AttemptSession { attempt_id, .. }) => Some(attempt_id),
            Self::BoardState(..)
            | Self::Log(_)
            | Self::Conversation(_)
            | Self::Todos(_)
            | Self::GitStatus(_)
            | Self::GitCommit(_)
            | Self::GitPush(_)
            | Self::PrCreated(_)
            | Self::PrUpdated(_)
            | Self::Profile(_)
            | Self::Agent(_) => None,
        }
    }
}

/// `Some(None)` for an explicit null, `None` (by `#[serde(default)]`) for a field left out.
///
/// # Errors
/// The value isn't a `T`.
#[allow(clippy::option_option, reason = "absent and null differ")]
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// `attempt.queued`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, clippy::option_option, reason = "the fields of attempt_status and attempt_started")]
pub struct ReportedQueued {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    /// The agent's name; `""` until it is known.
    #[schemars(regex(pattern = AGENT))]
    pub agent: Option<String>,
    /// The profile it runs under.
    pub profile_id: Option<ProfileId>,
    /// The branch it works on.
    pub branch_name: Option<String>,
    /// The branch it started from.
    pub base_branch: Option<String>,
    /// Where it stands now.
    #[schemars(extend("enum" = ["queued", null]))]
    pub status: Option<AttemptStatus>,
    /// Where it stood before; the server knows, when it is left out.
    #[serde(default, deserialize_with = "present")]
    pub previous_status: Option<Option<AttemptStatus>>,
    /// It waits for an answer of somebody's.
    #[serde(default)]
    pub needs_input: bool,
    /// When its agent began.
    #[serde(default, deserialize_with = "present")]
    pub started_at: Option<Option<Time>>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Why it failed.
    #[serde(default, deserialize_with = "present")]
    pub error: Option<Option<String>>,
    /// When it happened.
    pub ts: Option<Time>,
}

/// `attempt.started`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of attempt_started")]
pub struct ReportedStarted {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    /// The agent's name; `""` until it is known.
    #[schemars(regex(pattern = AGENT))]
    pub agent: String,
    /// The profile it runs under.
    pub profile_id: Option<ProfileId>,
    /// The branch it works on.
    pub branch_name: String,
    /// The branch it started from.
    pub base_branch: String,
    /// When it happened.
    pub ts: Option<Time>,
}

/// `attempt.status.changed`. What it leaves out is what the attempt has so far.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, clippy::option_option, reason = "the fields of attempt_status")]
pub struct ReportedStatus {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    /// The agent's name; `""` until it is known.
    #[schemars(regex(pattern = AGENT))]
    pub agent: Option<String>,
    /// Where it stands now.
    pub status: AttemptStatus,
    /// Where it stood before; the server knows, when it is left out.
    #[serde(default, deserialize_with = "present")]
    pub previous_status: Option<Option<AttemptStatus>>,
    /// It waits for an answer of somebody's.
    #[serde(default)]
    pub needs_input: bool,
    /// When its agent began.
    #[serde(default, deserialize_with = "present")]
    pub started_at: Option<Option<Time>>,
    /// When it ended.
    #[serde(default, deserialize_with = "present")]
    pub ended_at: Option<Option<Time>>,
    /// Why it failed.
    #[serde(default, deserialize_with = "present")]
    pub error: Option<Option<String>>,
    /// When it happened.
    pub ts: Option<Time>,
}

/// `attempt.log.appended`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of attempt_log")]
pub struct ReportedLog {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    /// How serious.
    pub level: LogLevel,
    /// The line.
    #[schemars(length(max = MAX_TEXT_BYTES))]
    pub message: String,
    /// When it was written.
    pub ts: Option<Time>,
}

/// `attempt.stopped`: its line is always the same.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of attempt_log that may differ")]
pub struct ReportedStopped {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    /// `info`, or left out.
    #[schemars(extend("enum" = ["info", null]))]
    pub level: Option<LogLevel>,
    /// This line, or left out.
    #[schemars(extend("enum" = [STOPPED_BY_USER, null]))]
    pub message: Option<String>,
    /// When it was stopped.
    pub ts: Option<Time>,
}

/// `git.commit.created`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of git_commit")]
pub struct ReportedCommit {
    pub board_id: BoardId,
    pub attempt_id: GitOwner,
    /// The commit, shortened.
    pub short_sha: String,
    /// The commit.
    pub sha: String,
    /// The first line of its message.
    #[schemars(regex(pattern = ONE_LINE_OR_NONE))]
    pub subject: String,
    /// When it happened.
    pub ts: Option<Time>,
}

/// `git.push.completed`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields of git_push")]
pub struct ReportedPush {
    pub board_id: BoardId,
    pub attempt_id: GitOwner,
    /// The name of the remote.
    pub remote: String,
    /// The branch that was pushed.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// When it happened.
    pub ts: Option<Time>,
}
