//! An attempt's branch, pushed: because somebody asks, for a pull request, or after its success.

use std::path::PathBuf;

use boardcast_shared::{Attempt, AttemptId, Board, LogLevel};

use super::Attempts;
use super::control::AttemptError;
use crate::domain::refusal::Refusal;
use crate::git::push::{Force, PushError};
use crate::git::repository;
use crate::store::Brief;

/// A branch that was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Where to.
    pub remote: String,
    /// Under which name.
    pub branch: String,
    /// Where it stands.
    pub sha: String,
}

impl From<PushError> for AttemptError {
    fn from(error: PushError) -> Self {
        match error {
            PushError::UnknownRemote(_) => Refusal::invalid("unknown_remote", "remote", error.to_string()).into(),
            PushError::Rejected(detail) => Refusal::conflict("push_rejected", detail).into(),
            PushError::Unreachable(detail) => Self::Remote(detail),
            PushError::Unsafe(error) => error.into(),
            PushError::Git(error) => error.into(),
        }
    }
}

impl Attempts {
    /// Pushes an attempt's branch to the remote, by default the board's. The fact of it comes from watching.
    ///
    /// # Errors
    /// It isn't run here or hasn't begun; the remote isn't there, can't be reached or refuses.
    pub async fn push(&self, id: AttemptId, remote: Option<String>, force: Force) -> Result<Pushed, AttemptError> {
        let (attempt, board, worktree) = self.pushable(id).await?;
        let remote = remote.unwrap_or(board.remote);
        let sha = repository::locate(&worktree).await?.push(&remote, &attempt.branch_name, force).await?;
        Ok(Pushed { remote, branch: attempt.branch_name, sha })
    }

    /// Pushes an attempt's branch to the board's remote unless that has it as it is.
    ///
    /// # Errors
    /// Those of [`Attempts::push`].
    pub async fn push_unless_equal(&self, id: AttemptId) -> Result<(), AttemptError> {
        let (attempt, board, worktree) = self.pushable(id).await?;
        let found = repository::locate(&worktree).await?;
        if !found.is_pushed(&board.remote, &attempt.branch_name).await? {
            found.push(&board.remote, &attempt.branch_name, Force::Never).await?;
        }
        Ok(())
    }

    async fn pushable(&self, id: AttemptId) -> Result<(Attempt, Board, PathBuf), AttemptError> {
        let asked = id.clone();
        let Brief { attempt, board } = self.store().read(move |log| log.brief(&asked)).await?;
        Ok((attempt, board, self.worktree(id).await?))
    }

    /// What a turn that succeeded left on its branch; that it can't be pushed is no reason to fail.
    pub(super) async fn push_rest(&self, id: &AttemptId) {
        let Err(error) = self.push(id.clone(), None, Force::Never).await else { return };
        let (id, line) = (id.clone(), format!("[git] the branch could not be pushed: {error}"));
        self.insist(move |tx| tx.run_note(&id, LogLevel::Warn, line.clone())).await;
    }
}
