//! Who hears a fact, and in which words. Pure and total: a new fact that isn't placed here doesn't compile.

use boardcast_shared::{AttemptLog, BoardId, LogLevel, SseMsg};

use crate::domain::event::DomainEvent;
use crate::domain::report::STOPPED_BY_USER;

/// Who hears a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The streams of one board.
    Board(BoardId),
    /// Every stream.
    Everyone,
}

/// Who hears the fact, and the message that tells it.
///
/// A board's change is told as a patch; a stream that asked for whole boards is given the board instead.
#[must_use]
pub fn translate(fact: &DomainEvent) -> (Audience, SseMsg) {
    use DomainEvent as E;
    let (board, message) = match fact {
        E::BoardStateChanged(patch) => (&patch.board_id, SseMsg::StatePatch(patch.clone())),
        E::AttemptQueued(status) | E::AttemptStatusChanged(status) => {
            (&status.board_id, SseMsg::AttemptStatus(status.clone()))
        }
        E::AttemptStarted(started) => (&started.board_id, SseMsg::AttemptStarted(started.clone())),
        E::AttemptLogAppended(log) => (&log.board_id, SseMsg::AttemptLog(log.clone())),
        E::AttemptStopped { board_id, attempt_id, ts } => {
            let log = AttemptLog {
                board_id: board_id.clone(),
                attempt_id: attempt_id.clone(),
                level: LogLevel::Info,
                message: STOPPED_BY_USER.into(),
                ts: *ts,
            };
            (board_id, SseMsg::AttemptLog(log))
        }
        E::AttemptConversationAppended(item) => (&item.board_id, SseMsg::ConversationItem(item.clone())),
        E::AttemptSessionRecorded(session) => (&session.board_id, SseMsg::AttemptSession(session.clone())),
        E::AttemptTodosUpdated(todos) => (&todos.board_id, SseMsg::AttemptTodos(todos.clone())),
        E::GitStatusChanged(status) => (&status.board_id, SseMsg::GitStatus(status.clone())),
        E::GitCommitCreated(commit) => (&commit.board_id, SseMsg::GitCommit(commit.clone())),
        E::GitPushCompleted(push) => (&push.board_id, SseMsg::GitPush(push.clone())),
        E::GithubPrCreated(pr) | E::GithubPrUpdated(pr) => (&pr.board_id, SseMsg::AttemptPr(pr.clone())),
        E::AgentProfileChanged(profile) => return (Audience::Everyone, SseMsg::AgentProfile(profile.clone())),
        E::AgentRegistered(agent) => return (Audience::Everyone, SseMsg::AgentRegistered(agent.clone())),
    };
    (Audience::Board(board.clone()), message)
}

/// The frame's event and data, as the store keeps them.
#[must_use]
pub fn encode(fact: &DomainEvent) -> (&'static str, Vec<u8>) {
    let (_, message) = translate(fact);
    (message.event(), message.data())
}
