//! What can happen: the closed list of facts.

use boardcast_shared::{
    AgentProfileChanged, AgentRegistered, AttemptId, AttemptLog, AttemptPr, AttemptSession, AttemptStarted,
    AttemptStatusChanged, AttemptTodos, BoardId, ConversationAppended, GitCommit, GitPush, GitStatusChanged,
    StatePatch, Time,
};

/// A fact, with all that its readers need: looking something up later would lose the order.
#[derive(Debug, Clone, PartialEq)]
pub enum DomainEvent {
    /// What is on a board changed.
    BoardStateChanged(StatePatch),
    /// An attempt waits for its turn.
    AttemptQueued(AttemptStatusChanged),
    /// An attempt's worktree and branch exist.
    AttemptStarted(AttemptStarted),
    /// An attempt stands elsewhere.
    AttemptStatusChanged(AttemptStatusChanged),
    /// An attempt wrote a line.
    AttemptLogAppended(AttemptLog),
    /// Somebody stopped an attempt.
    AttemptStopped {
        /// Its board.
        board_id: BoardId,
        /// The attempt.
        attempt_id: AttemptId,
        /// When.
        ts: Time,
    },
    /// An attempt's conversation grew.
    AttemptConversationAppended(ConversationAppended),
    /// An agent named its session.
    AttemptSessionRecorded(AttemptSession),
    /// An agent's list changed.
    AttemptTodosUpdated(AttemptTodos),
    /// A checkout changed.
    GitStatusChanged(GitStatusChanged),
    /// A commit was made.
    GitCommitCreated(GitCommit),
    /// A branch was pushed.
    GitPushCompleted(GitPush),
    /// A pull request was opened.
    GithubPrCreated(AttemptPr),
    /// A pull request's state changed.
    GithubPrUpdated(AttemptPr),
    /// A profile was made, changed or deleted.
    AgentProfileChanged(AgentProfileChanged),
    /// An agent is known.
    AgentRegistered(AgentRegistered),
}

impl DomainEvent {
    /// The name that programs report and read it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::BoardStateChanged(_) => "board.state.changed",
            Self::AttemptQueued(_) => "attempt.queued",
            Self::AttemptStarted(_) => "attempt.started",
            Self::AttemptStatusChanged(_) => "attempt.status.changed",
            Self::AttemptLogAppended(_) => "attempt.log.appended",
            Self::AttemptStopped { .. } => "attempt.stopped",
            Self::AttemptConversationAppended(_) => "attempt.conversation.appended",
            Self::AttemptSessionRecorded(_) => "attempt.session.recorded",
            Self::AttemptTodosUpdated(_) => "attempt.todos.updated",
            Self::GitStatusChanged(_) => "git.status.changed",
            Self::GitCommitCreated(_) => "git.commit.created",
            Self::GitPushCompleted(_) => "git.push.completed",
            Self::GithubPrCreated(_) => "github.pr.created",
            Self::GithubPrUpdated(_) => "github.pr.updated",
            Self::AgentProfileChanged(_) => "agent.profile.changed",
            Self::AgentRegistered(_) => "agent.registered",
        }
    }

    /// The board it happened on; none for what concerns everybody.
    #[must_use]
    pub fn board(&self) -> Option<&BoardId> {
        match self {
            Self::BoardStateChanged(StatePatch { board_id, .. })
            | Self::AttemptQueued(AttemptStatusChanged { board_id, .. })
            | Self::AttemptStarted(AttemptStarted { board_id, .. })
            | Self::AttemptStatusChanged(AttemptStatusChanged { board_id, .. })
            | Self::AttemptLogAppended(AttemptLog { board_id, .. })
            | Self::AttemptStopped { board_id, .. }
            | Self::AttemptConversationAppended(ConversationAppended { board_id, .. })
            | Self::AttemptSessionRecorded(AttemptSession { board_id, .. })
            | Self::AttemptTodosUpdated(AttemptTodos { board_id, .. })
            | Self::GitStatusChanged(GitStatusChanged { board_id, .. })
            | Self::GitCommitCreated(GitCommit { board_id, .. })
            | Self::GitPushCompleted(GitPush { board_id, .. })
            | Self::GithubPrCreated(AttemptPr { board_id, .. })
            | Self::GithubPrUpdated(AttemptPr { board_id, .. }) => Some(board_id),
            Self::AgentProfileChanged(_) | Self::AgentRegistered(_) => None,
        }
    }

    /// The attempt it happened in, where there is one.
    #[must_use]
    pub fn attempt(&self) -> Option<&AttemptId> {
        match self {
            Self::AttemptQueued(AttemptStatusChanged { attempt_id, .. })
            | Self::AttemptStarted(AttemptStarted { attempt_id, .. })
            | Self::AttemptStatusChanged(AttemptStatusChanged { attempt_id, .. })
            | Self::AttemptLogAppended(AttemptLog { attempt_id, .. })
            | Self::AttemptStopped { attempt_id, .. }
            | Self::AttemptConversationAppended(ConversationAppended { attempt_id, .. })
            | Self::AttemptSessionRecorded(AttemptSession { attempt_id, .. })
            | Self::AttemptTodosUpdated(AttemptTodos { attempt_id, .. })
            | Self::GithubPrCreated(AttemptPr { attempt_id, .. })
            | Self::GithubPrUpdated(AttemptPr { attempt_id, .. }) => Some(attempt_id),
            Self::GitStatusChanged(GitStatusChanged { attempt_id, .. })
            | Self::GitCommitCreated(GitCommit { attempt_id, .. })
            | Self::GitPushCompleted(GitPush { attempt_id, .. }) => attempt_id.0.as_ref(),
            Self::BoardStateChanged(_) | Self::AgentProfileChanged(_) | Self::AgentRegistered(_) => None,
        }
    }
}
