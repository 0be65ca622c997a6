//! Where attempts work: `<data>/worktrees/<board>/<attempt>`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use boardcast_shared::{AttemptId, BoardId};

use crate::git::command::GitError;
use crate::git::repository::{self, Repository, RepositoryError};
use crate::git::turns::Turns;
use crate::git::worktree::{self, Start};
use crate::store::Brief;

/// The folders of the worktrees and of what is thrown away soon.
#[derive(Debug, Clone)]
pub struct Places {
    worktrees: PathBuf,
    scratch: PathBuf,
}

impl Places {
    /// Under the data directory, whose path is absolute.
    pub fn under(data: &Path) -> Self {
        Self { worktrees: data.join("worktrees"), scratch: data.join("scratch") }
    }

    /// For what is thrown away soon.
    pub fn scratch(&self) -> PathBuf {
        self.scratch.clone()
    }

    /// Where an attempt works.
    pub fn of(&self, board: &BoardId, attempt: &AttemptId) -> PathBuf {
        self.worktrees.join(board.as_str()).join(attempt.as_str())
    }

    /// All that are there, whether their attempts are or not.
    pub fn all(&self) -> Vec<(BoardId, AttemptId, PathBuf)> {
        let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten();
        let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let mut found = Vec::new();
        for board in entries(&self.worktrees) {
            let Some(board_id) = name(&board.path()).and_then(|name| BoardId::parse(&name).ok()) else { continue };
            for attempt in entries(&board.path()) {
                let path = attempt.path();
                if let Some(id) = name(&path).and_then(|name| AttemptId::parse(&name).ok()) {
                    found.push((board_id.clone(), id, path));
                }
            }
        }
        found
    }

    /// Removes an attempt's worktree with all that is in it. `known` is what its repository shares, where that is known:
    /// a worktree that is damaged doesn't say.
    ///
    /// # Errors
    /// When its folder can't be removed.
    pub async fn remove(&self, path: &Path, known: Option<PathBuf>, turns: &Turns) -> io::Result<()> {
        let common = known.or_else(|| worktree::common_dir(path)).map(|path| fs::canonicalize(&path).unwrap_or(path));
        let _turn = match &common {
            Some(common) => Some(turns.take(common).await),
            None => None,
        };
        worktree::remove(path).await?;
        if let Some(common) = &common {
            worktree::forget(common, path).await;
        }
        // The board's folder goes with its last attempt.
        if let Some(board) = path.parent() {
            let _ = fs::remove_dir(board);
        }
        Ok(())
    }
}

/// Why an attempt has no place to work at.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The board has no repository any more.
    #[error("the board has no repository")]
    NoRepository,
    /// What it should start from is gone.
    #[error("the repository has no {0}")]
    NoBase(String),
    /// Somebody else made its branch meanwhile.
    #[error("there is a branch {0} already")]
    BranchExists(String),
    /// The repository can't be used.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// Git refused.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// The worktree of an attempt at `path`, made when it isn't there.
///
/// # Errors
/// See [`PlaceError`].
pub async fn prepare(brief: &Brief, path: &Path, turns: &Turns) -> Result<(), PlaceError> {
    let has_begun = brief.attempt.started_at.is_some();
    if has_begun && repository::locate(path).await.is_ok() {
        return Ok(());
    }
    let top = brief.board.repository_path.as_deref().ok_or(PlaceError::NoRepository)?;
    let repository = repository::inspect(top).await?;
    // Its agent can read them, and may tell them.
    repository.learn_passwords().await;
    let _turn = turns.take(&repository.common_dir).await;
    // What an interrupted start or a careless hand left there is in the way.
    worktree::remove(path).await.map_err(GitError::from)?;
    worktree::forget(&repository.common_dir, path).await;
    add(&repository, brief, path, has_begun).await
}

async fn add(repository: &Repository, brief: &Brief, path: &Path, has_begun: bool) -> Result<(), PlaceError> {
    let (branch, base) = (&brief.attempt.branch_name, &brief.attempt.base_branch);
    let commit = repository.commit_of(base).await?;
    let present = repository.branch_commit(branch).await?;
    let start = match (&present, &commit) {
        (Some(_), _) if has_begun => Start::Branch(branch),
        // An earlier start came as far as the branch.
        (Some(present), Some(commit)) if present == commit => Start::Branch(branch),
        (Some(_), _) => return Err(PlaceError::BranchExists(branch.clone())),
        (None, Some(commit)) => Start::NewBranch { branch, commit },
        (None, None) => return Err(PlaceError::NoBase(base.clone())),
    };
    Ok(worktree::add(repository, path, start).await?)
}
