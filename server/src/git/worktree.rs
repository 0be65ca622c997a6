use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::command::{Git, GitError};
use super::repository::Repository;

/// A large tree takes long to be written.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// What a linked work tree begins with.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// A new branch at a commit.
    NewBranch {
        /// Its name, known to be valid.
        branch: &'a str,
        /// The commit's whole name.
        commit: &'a str,
    },
    /// A branch that is there.
    Branch(&'a str),
}

/// Makes a linked work tree at `path`, which isn't there yet. The caller has refused filters before, and holds the
/// repository's turn.
///
/// # Errors
/// When git refuses, or the folders above can't be made.
pub async fn add(repository: &Repository, path: &Path, start: Start<'_>) -> Result<(), GitError> {
    if let Some(parent) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    let git = repository.git().time_limit(TIME_LIMIT).args(["worktree", "add", "--quiet"]);
    let git = match start {
        Start::NewBranch { branch, commit } => {
            git.args(["--no-track", "-b", branch, "--end-of-options"]).arg(path).arg(commit)
        }
        Start::Branch(branch) => git.arg("--end-of-options").arg(path).arg(branch),
    };
    git.run().await?;
    Ok(())
}

/// Removes a work tree's folder with all that is in it; one that is gone already is no error.
///
/// # Errors
/// When it can't be removed.
pub async fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => {
            let path = path.to_owned();
            tokio::task::spawn_blocking(move || fs::remove_dir_all(path)).await.map_err(io::Error::other)?
        }
        Ok(_) => fs::remove_file(path),
    }
}

/// The repository forgets a linked work tree whose folder is gone: git would not do so while one is there that is
/// damaged. The caller holds the repository's turn.
pub async fn forget(common_dir: &Path, path: &Path) {
    let removed = Git::at(common_dir)
        .time_limit(TIME_LIMIT)
        .args(["worktree", "remove", "--force", "--force", "--end-of-options"])
        .arg(path)
        .run()
        .await;
    if let Err(error) = removed {
        tracing::debug!(path = %path.display(), %error, "git doesn't remove a worktree");
    }
}

/// What the linked work tree's repository shares, as its `.git` says; none when that says nothing of use.
#[must_use]
pub fn common_dir(path: &Path) -> Option<PathBuf> {
    let dot_git = path.join(".git");
    if !fs::symlink_metadata(&dot_git).is_ok_and(|found| found.is_file() && found.len() < 8192) {
        return None;
    }
    let text = fs::read_to_string(dot_git).ok()?;
    let git_dir = PathBuf::from(text.strip_prefix("gitdir: ")?.trim_end_matches('\n'));
    // <common>/worktrees/<name>
    let worktrees = git_dir.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "worktrees"))?;
    worktrees.parent().filter(|common| common.is_absolute()).map(Path::to_owned)
}
