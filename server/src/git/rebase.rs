use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::command::GitError;
use super::commit::{CommitError, require_identity};
use super::repository::{Repository, RepositoryError};

/// Many commits take long to be made again.
const TIME_LIMIT: Duration = Duration::from_secs(120);
/// Beside HEAD while a rebase of ours goes on: whoever finds it later knows that it was cut off.
const MARK: &str = "boardcast-rebase";
/// So many files that conflict are named.
const MOST_FILES: usize = 500;

/// A branch that stands on its base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// Where the branch stands now.
    pub sha: String,
    /// The base's commit.
    pub onto: String,
    /// It didn't stand there before.
    pub moved: bool,
}

/// Why a branch stands where it stood. Nothing of the rebase is left.
#[derive(Debug, thiserror::Error)]
pub enum RebaseError {
    /// Both sides changed these files.
    #[error("{} can't be put on top of the base: both sides changed the same place", .0.join(", "))]
    Conflicts(Vec<String>),
    /// Somebody began one there before and didn't finish it.
    #[error("a rebase was begun there and not finished")]
    Unfinished,
    /// None is going on.
    #[error("no rebase is going on there")]
    None,
    /// Something isn't committed.
    #[error("the worktree has changes that aren't committed")]
    Uncommitted,
    /// The base is gone.
    #[error("the repository has no {0} any more")]
    NoBase(String),
    /// Git doesn't want to.
    #[error("{0}")]
    Refused(String),
    /// The user has told git no name.
    #[error(transparent)]
    Nobody(CommitError),
    /// Git would run programs that the repository names.
    #[error(transparent)]
    Unsafe(RepositoryError),
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Repository {
    /// Puts what `branch`, which is checked out here, has of its own on top of its base. The caller has refused filters
    /// before, holds the repository's turn, and knows that nobody else works here.
    ///
    /// # Errors
    /// See [`RebaseError`]; the branch and its files are then as they were.
    pub async fn rebase(&self, branch: &str, base: &str) -> Result<Rebased, RebaseError> {
        self.may_rebase(branch).await?;
        let onto = self.commit_of(base).await?.ok_or_else(|| RebaseError::NoBase(base.to_owned()))?;
        let before = self.head().await?;
        if self.line(["merge-base", onto.as_str(), before.as_str()]).await?.as_ref() == Some(&onto) {
            return Ok(Rebased { sha: before, onto, moved: false });
        }
        fs::write(self.mark(), "").map_err(GitError::from)?;
        let rebased = self.rebase_onto(&onto).await;
        let conflicts = if rebased.is_err() { self.unmerged().await } else { Vec::new() };
        self.undo_cut_off().await?;
        match rebased {
            Ok(()) => Ok(Rebased { sha: self.head().await?, onto, moved: true }),
            Err(_) if !conflicts.is_empty() => Err(RebaseError::Conflicts(conflicts)),
            Err(GitError::Failed { message, .. }) => Err(RebaseError::Refused(told(&message))),
            Err(error) => Err(error.into()),
        }
    }

    async fn may_rebase(&self, branch: &str) -> Result<(), RebaseError> {
        self.refuse_merge_drivers().await.map_err(RebaseError::Unsafe)?;
        require_identity(self).await.map_err(RebaseError::Nobody)?;
        if self.is_rebasing() {
            return Err(RebaseError::Unfinished);
        }
        let checked_out = self.line(["symbolic-ref", "--quiet", "--short", "HEAD"]).await?;
        if checked_out.as_deref() != Some(branch) {
            return Err(RebaseError::Refused(format!("the worktree is not on the branch {branch}")));
        }
        let changed = self.git().args(["status", "--porcelain", "--untracked-files=no", "--ignore-submodules"]);
        if changed.run().await?.stdout.is_empty() { Ok(()) } else { Err(RebaseError::Uncommitted) }
    }

    /// What the repository configures about rebases doesn't count.
    async fn rebase_onto(&self, onto: &str) -> Result<(), GitError> {
        let git = self.git().time_limit(TIME_LIMIT).args(["-c", "rebase.missingCommitsCheck=ignore"]);
        let git = git.args(["rebase", "--quiet", "--merge", "--empty=drop", "--no-autostash", "--no-autosquash"]);
        let git = git.args(["--no-fork-point", "--no-gpg-sign", "--no-verify", "--no-update-refs"]);
        git.args(["--no-rebase-merges", "--no-rerere-autoupdate", onto]).run().await.map(drop)
    }

    /// Gives up a rebase that somebody began here: the branch is as it was before.
    ///
    /// # Errors
    /// None is going on, or git refuses.
    pub async fn abort_rebase(&self) -> Result<(), RebaseError> {
        if !self.is_rebasing() {
            return Err(RebaseError::None);
        }
        match self.git().time_limit(TIME_LIMIT).args(["rebase", "--abort"]).run().await {
            Ok(_) => Ok(()),
            Err(GitError::Failed { message, .. }) => Err(RebaseError::Refused(told(&message))),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives up a rebase of ours that didn't come to its end.
    ///
    /// # Errors
    /// Git refuses.
    pub async fn undo_cut_off(&self) -> Result<(), RebaseError> {
        if !self.mark().exists() {
            return Ok(());
        }
        if self.is_rebasing() {
            // Whoever held them is gone: a git that was killed.
            for lock in ["index.lock", "HEAD.lock"] {
                let _ = fs::remove_file(self.git_dir.join(lock));
            }
            self.abort_rebase().await?;
        }
        fs::remove_file(self.mark()).map_err(|error| GitError::from(error).into())
    }

    /// Whether one is going on, whoever began it.
    pub(super) fn is_rebasing(&self) -> bool {
        ["rebase-merge", "rebase-apply"].iter().any(|name| self.git_dir.join(name).exists())
    }

    fn mark(&self) -> PathBuf {
        self.git_dir.join(MARK)
    }

    async fn head(&self) -> Result<String, RebaseError> {
        let head = self.verified("HEAD^{commit}").await?;
        head.ok_or_else(|| RebaseError::Refused("the worktree has no commit".into()))
    }

    /// The files that both sides changed; none when git doesn't say.
    async fn unmerged(&self) -> Vec<String> {
        let listed =
            self.git().args(["diff", "--name-only", "--diff-filter=U", "--no-ext-diff", "--no-textconv", "-z"]);
        let listed = listed.run().await.unwrap_or_default().stdout;
        let names = listed.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        names.take(MOST_FILES).map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    }
}

/// What git said, in a line.
fn told(message: &str) -> String {
    let lines = || message.lines().map(str::trim);
    let line = lines().find(|line| line.starts_with("error: ") || line.starts_with("fatal: ")).or(lines().next());
    let line = line.unwrap_or_default().trim_start_matches("error: ").trim_start_matches("fatal: ");
    format!("git refuses: {line}")
}
