//! An attempt's branch, put on top of its base; never while its agent is at work.

use std::path::Path;

use boardcast_shared::{AttemptId, AttemptStatus, LogLevel};
use tokio::sync::OwnedMutexGuard;

use super::Attempts;
use super::control::AttemptError;
use super::inside::usable;
use crate::domain::refusal::Refusal;
use crate::git::rebase::{RebaseError, Rebased};
use crate::git::repository::{self, Repository};
use crate::secrets::redacted;
use crate::store::{Brief, WriteError};

/// A branch that stands on its base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBase {
    /// Its base.
    pub base: String,
    /// Where both stand.
    pub rebased: Rebased,
}

impl From<RebaseError> for AttemptError {
    fn from(error: RebaseError) -> Self {
        let detail = error.to_string();
        match error {
            RebaseError::Conflicts(files) => Self::Conflicts(files.into_iter().map(redacted).collect()),
            RebaseError::Unfinished => Refusal::conflict("rebase_unfinished", detail).into(),
            RebaseError::None => Refusal::conflict("no_rebase", detail).into(),
            RebaseError::Uncommitted => Refusal::conflict("uncommitted_work", format!("{detail}: commit them")).into(),
            RebaseError::NoBase(_) => Refusal::conflict("unknown_base", detail).into(),
            RebaseError::Refused(_) => Refusal::conflict("rebase_refused", detail).into(),
            RebaseError::Nobody(_) => Refusal::conflict("commit_refused", detail).into(),
            RebaseError::Unsafe(error) => error.into(),
            RebaseError::Git(error) => error.into(),
        }
    }
}

impl Attempts {
    /// Puts an attempt's branch on top of its base branch. It is done or undone, also when the caller goes away or the
    /// server ends meanwhile.
    ///
    /// # Errors
    /// The attempt is at work, has something uncommitted or isn't run here; or the two sides are in conflict.
    pub async fn rebase(&self, id: AttemptId) -> Result<OnBase, AttemptError> {
        let attempts = self.clone();
        self.to_its_end(async move {
            let (brief, repository, _desk) = attempts.at_rest(&id).await?;
            let _turn = attempts.inner.turns.take(&repository.common_dir).await;
            let (branch, base) = (&brief.attempt.branch_name, brief.attempt.base_branch.clone());
            let rebased = {
                let rebase = async {
                    repository.refresh(&base).await?;
                    Ok::<_, AttemptError>(repository.rebase(branch, &base).await?)
                };
                tokio::select! {
                    rebased = rebase => Some(rebased?),
                    () = attempts.inner.end.cancelled() => None,
                }
            };
            let Some(rebased) = rebased else {
                repository.undo_cut_off().await?;
                return Err(WriteError::Unavailable.into());
            };
            if rebased.moved {
                let line = format!("[git] rebased onto {base}");
                attempts.insist(move |tx| tx.run_note(&id, LogLevel::Info, line.clone())).await;
            }
            Ok(OnBase { base, rebased })
        })
        .await
    }

    /// Gives up a rebase that the agent or somebody else began in an attempt's worktree and didn't finish.
    ///
    /// # Errors
    /// The attempt is at work, none is going on, or git refuses.
    pub async fn abort_rebase(&self, id: AttemptId) -> Result<(), AttemptError> {
        let attempts = self.clone();
        self.to_its_end(async move {
            let (_, repository, _desk) = attempts.at_rest(&id).await?;
            let _turn = attempts.inner.turns.take(&repository.common_dir).await;
            Ok(repository.abort_rebase().await?)
        })
        .await
    }

    /// The checkout of an attempt that has ended; no turn begins there while the guard is held.
    async fn at_rest(&self, id: &AttemptId) -> Result<(Brief, Repository, OwnedMutexGuard<()>), AttemptError> {
        let at_work = || Refusal::conflict("attempt_active", "its agent is at work: stop it, or wait for its end");
        let desk = self.inner.desks.try_take(Path::new(id.as_str()));
        let asked = id.clone();
        let brief = self.store().read(move |log| log.brief(&asked)).await?;
        let is_over =
            matches!(brief.attempt.status, AttemptStatus::Succeeded | AttemptStatus::Failed | AttemptStatus::Stopped);
        let desk = desk.filter(|_| is_over).ok_or_else(at_work)?;
        let repository = usable(&self.worktree(id.clone()).await?).await?;
        Ok((brief, repository, desk))
    }

    /// A rebase that an earlier server was cut off in is undone.
    pub(super) async fn undo_rebase(&self, worktree: &Path) {
        let undone = match repository::locate(worktree).await {
            Ok(repository) => repository.undo_cut_off().await,
            // It is made again when its next turn comes.
            Err(_) => return,
        };
        if let Err(error) = undone {
            tracing::warn!(worktree = %worktree.display(), %error, "a rebase that was cut off can't be undone");
        }
    }

    /// Does what must be done to its end, also when the caller goes away meanwhile.
    async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AttemptError>> + Send + 'static,
    ) -> Result<T, AttemptError> {
        self.inner.tasks.spawn(work).await.unwrap_or(Err(AttemptError::Write(WriteError::Unavailable)))
    }
}
