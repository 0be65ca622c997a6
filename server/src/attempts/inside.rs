//! What handlers ask of an attempt's worktree: its state, its diff, a commit.

use std::path::{Path, PathBuf};

use boardcast_shared::{Attempt, AttemptId, BoardId, GitStatus};

use super::{AttemptError, Attempts};
use crate::domain::refusal::Refusal;
use crate::git::commit::{CommitError, Made, commit_all};
use crate::git::diff::{Diff, diff};
use crate::git::repository::{self, Repository, RepositoryError};
use crate::git::status::status;
use crate::secrets::redact_status;
use crate::store::{Brief, Run};

impl Attempts {
    /// The state of an attempt's worktree, as git sees it now.
    ///
    /// # Errors
    /// It has none, or git gives no answer.
    pub async fn status(&self, worktree: &Path) -> Result<GitStatus, AttemptError> {
        let repository = usable(worktree).await?;
        let mut status = status(&repository).await?;
        redact_status(&mut status);
        Ok(status)
    }

    /// What an attempt changed since it left its base.
    ///
    /// # Errors
    /// Its worktree or its base is gone, or git gives no answer.
    pub async fn diff(&self, attempt: &Attempt) -> Result<Diff, AttemptError> {
        // One that hasn't begun has changed nothing.
        let Some(worktree) = &attempt.worktree_path else { return Ok(Diff::default()) };
        let repository = usable(Path::new(worktree)).await?;
        let found = diff(&repository, &attempt.base_branch, &self.scratch()).await?;
        let gone =
            || Refusal::conflict("unknown_base", format!("the repository has no {} any more", attempt.base_branch));
        Ok(found.ok_or_else(gone)?)
    }

    /// Commits all that is uncommitted in an attempt's worktree.
    ///
    /// # Errors
    /// There is nothing to commit, or git refuses.
    pub async fn commit_in(&self, id: AttemptId, message: &str) -> Result<Made, AttemptError> {
        let repository = repository::locate(&self.worktree(id).await?).await?;
        match self.commit(&repository, message).await {
            Ok(made) => Ok(made),
            Err(CommitError::Nothing) => Err(Refusal::conflict("nothing_to_commit", "nothing is uncommitted").into()),
            Err(error @ CommitError::Nobody) => Err(Refusal::conflict("commit_refused", error.to_string()).into()),
            Err(CommitError::Refused(detail)) => Err(Refusal::conflict("commit_refused", detail).into()),
            Err(CommitError::Unsafe(error)) => Err(error.into()),
            Err(CommitError::Git(error)) => Err(error.into()),
        }
    }

    /// Commits all that is uncommitted in a checkout.
    pub(super) async fn commit(&self, repository: &Repository, message: &str) -> Result<Made, CommitError> {
        let _turn = self.inner.turns.take(&repository.common_dir).await;
        // Adding a file would run the filters that the repository defines.
        repository.refuse_filters().await.map_err(CommitError::Unsafe)?;
        commit_all(repository, message).await
    }

    /// `<ticketType>: <title>` of its card.
    pub(super) async fn subject_of(&self, brief: &Brief) -> Option<String> {
        let (board, card) = (brief.board.id.clone(), brief.attempt.card_id.clone());
        let (card, _) = self.store().read(move |log| log.card(&board, &card)).await.ok()?;
        // The word of the wire.
        let kind = card.ticket_type.and_then(|kind| serde_json::to_value(kind).ok());
        Some(match kind.as_ref().and_then(|kind| kind.as_str()) {
            Some(kind) => format!("{kind}: {}", card.title),
            None => card.title,
        })
    }

    /// Where an attempt that is run here works.
    ///
    /// # Errors
    /// It isn't run here, isn't there, or hasn't begun.
    pub(super) async fn worktree(&self, id: AttemptId) -> Result<PathBuf, AttemptError> {
        let Run { worktree_path, .. } = self.store().read(move |log| log.run(&id)).await?;
        let missing = || Refusal::conflict("no_worktree", "the attempt has not begun: there is no worktree yet");
        Ok(worktree_path.ok_or_else(missing)?.into())
    }

    /// What the worktrees of a board's repository share.
    pub(super) async fn shared_dir(&self, board: &BoardId) -> Option<PathBuf> {
        let board = board.clone();
        let path = self.store().read(move |log| log.board(&board)).await.ok()?.repository_path?;
        Some(repository::locate(Path::new(&path)).await.ok()?.common_dir)
    }
}

/// A checkout whose configuration runs nothing.
pub(super) async fn usable(worktree: &Path) -> Result<Repository, RepositoryError> {
    let repository = repository::locate(worktree).await?;
    repository.refuse_filters().await?;
    Ok(repository)
}
