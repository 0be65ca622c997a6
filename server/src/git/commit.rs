use std::time::Duration;

use super::command::GitError;
use super::repository::{Repository, RepositoryError};

/// Many files take long to be added.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its whole name.
    pub sha: String,
    /// As git abbreviates it here.
    pub short_sha: String,
}

/// Why nothing was committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// There is nothing that isn't committed.
    #[error("there is nothing to commit")]
    Nothing,
    /// Git doesn't want to: another git is at work there, a merge isn't finished.
    #[error("git refuses: {0}")]
    Refused(String),
    /// The user has told git no name.
    #[error("git doesn't know who commits: set user.name and user.email in its configuration (git config --global)")]
    Nobody,
    /// Git would run programs that the repository names.
    #[error(transparent)]
    Unsafe(RepositoryError),
    /// Git gave no answer.
    #[error(transparent)]
    Git(GitError),
}

impl From<GitError> for CommitError {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Failed { message, .. } => {
                let first = message.lines().next().unwrap_or_default();
                Self::Refused(first.trim_start_matches("fatal: ").trim_start_matches("error: ").to_owned())
            }
            error => Self::Git(error),
        }
    }
}

/// Commits all that is uncommitted and not ignored, under a message that is taken as it is. The caller has refused
/// filters before, and holds the repository's turn.
///
/// # Errors
/// See [`CommitError`].
pub async fn commit_all(repository: &Repository, message: &str) -> Result<Made, CommitError> {
    let git = || repository.git().time_limit(TIME_LIMIT);
    require_identity(repository).await?;
    if repository.is_rebasing() {
        return Err(CommitError::Refused("a rebase was begun there and not finished".into()));
    }
    git().args(["add", "--all"]).run().await?;
    match git().args(["diff", "--cached", "--quiet", "--no-ext-diff", "--no-textconv"]).run().await {
        Ok(_) if !is_merging(repository) => return Err(CommitError::Nothing),
        Ok(_) | Err(GitError::Failed { code: Some(1), .. }) => {}
        Err(error) => return Err(error.into()),
    }
    git()
        .args(["commit", "--quiet", "--no-verify", "--no-gpg-sign", "--cleanup=verbatim", "--file=-"])
        .input(message.as_bytes().to_vec())
        .run()
        .await?;
    let gone = || CommitError::Refused("the commit isn't there any more".into());
    let sha = repository.verified("HEAD").await?.ok_or_else(gone)?;
    let short_sha = repository.line(["rev-parse", "--short", "HEAD"]).await?.ok_or_else(gone)?;
    Ok(Made { sha, short_sha })
}

/// A merge is committed even when it changes nothing.
fn is_merging(repository: &Repository) -> bool {
    repository.git_dir.join("MERGE_HEAD").exists()
}

/// Commits carry the name that the user has configured: one that git makes up of user and machine is nobody's.
pub(super) async fn require_identity(repository: &Repository) -> Result<(), CommitError> {
    for who in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
        if repository.line(["-c", "user.useConfigOnly=true", "var", who]).await?.is_none() {
            return Err(CommitError::Nobody);
        }
    }
    Ok(())
}
