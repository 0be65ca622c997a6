use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::command::{Git, GitError};
use crate::secrets;

/// A checkout: the top of a work tree and where git keeps what belongs to it. All paths have their links resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The top of the work tree.
    pub top: PathBuf,
    /// Its own git folder: HEAD, index, HEAD's reflog.
    pub git_dir: PathBuf,
    /// What linked worktrees share: branches, their reflogs, the configuration. The same as `git_dir` in a main one.
    pub common_dir: PathBuf,
}

/// Why a path can't be used as a repository.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// It isn't the top of a git work tree.
    #[error("{0}")]
    Invalid(String),
    /// It is one, but git would run programs that it names.
    #[error("{0}")]
    Unsafe(String),
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// The checkout at `path`, found to be usable.
///
/// # Errors
/// [`RepositoryError::Invalid`] unless `path` is absolute and, links resolved, the top of a git work tree;
/// [`RepositoryError::Unsafe`] when its local configuration defines filters.
pub async fn inspect(path: &str) -> Result<Repository, RepositoryError> {
    let repository = locate(Path::new(path)).await?;
    repository.refuse_filters().await?;
    Ok(repository)
}

/// The checkout at `path`, whatever its configuration defines.
///
/// # Errors
/// [`RepositoryError::Invalid`] unless `path` is absolute and, links resolved, the top of a git work tree.
pub async fn locate(path: &Path) -> Result<Repository, RepositoryError> {
    if !path.is_absolute() {
        return Err(invalid(path, "is not absolute"));
    }
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(RepositoryError::Invalid("a path holds no NUL".into()));
    }
    let top = fs::canonicalize(path).map_err(|error| invalid(path, &reason(&error)))?;
    // Git would wait for ever on a FIFO in these places.
    if !top.is_dir() {
        return Err(invalid(path, "is not a folder"));
    }
    let dot_git = top.join(".git");
    if !is_plain(&dot_git) || (dot_git.is_dir() && !is_plain(&dot_git.join("HEAD"))) {
        return Err(invalid(path, "is not the top of a git work tree"));
    }
    let asked = Git::at(&top)
        .args(["rev-parse", "--is-bare-repository", "--is-inside-work-tree"])
        .args(["--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir"])
        .run()
        .await;
    let answer = match asked {
        Ok(output) => output.stdout,
        Err(GitError::Failed { message, .. }) => return Err(refused(path, &message)),
        Err(GitError::TimedOut { .. }) => return Err(invalid(path, "did not answer git in time")),
        Err(error) => return Err(error.into()),
    };
    let answer = String::from_utf8_lossy(&answer);
    let ["false", "true", shown, git_dir, common_dir] = answer.lines().collect::<Vec<_>>()[..] else {
        return Err(invalid(path, "is not the top of a git work tree"));
    };
    let resolved = |text: &str| fs::canonicalize(text).map_err(|error| invalid(path, &reason(&error)));
    if resolved(shown)? != top {
        return Err(invalid(path, "is not the top of its git work tree"));
    }
    Ok(Repository { git_dir: resolved(git_dir)?, common_dir: resolved(common_dir)?, top })
}

impl Repository {
    /// Git in this checkout, held to its work tree.
    #[must_use]
    pub fn git(&self) -> Git {
        Git::at(&self.top).work_tree(&self.top)
    }

    /// Refuses a repository whose own configuration, with all that it includes, defines filters: no flag keeps git
    /// from running them. Filters of the user's own configuration are the user's choice.
    ///
    /// # Errors
    /// [`RepositoryError::Unsafe`] when it does, and when its configuration can't be read.
    pub async fn refuse_filters(&self) -> Result<(), RepositoryError> {
        self.refuse("the filters it defines", |name| name.starts_with("filter.")).await
    }

    /// Refuses a repository whose own configuration names programs that are asked for passwords. Those of the user's
    /// own configuration are the user's choice.
    ///
    /// # Errors
    /// As [`Repository::refuse_filters`].
    pub async fn refuse_credential_helpers(&self) -> Result<(), RepositoryError> {
        let is_helper = |name: &str| name.starts_with("credential.") && name.ends_with(".helper");
        self.refuse("the credential helpers it names", is_helper).await
    }

    /// Refuses a repository whose own configuration defines programs that merge files. Those of the user's own
    /// configuration are the user's choice.
    ///
    /// # Errors
    /// As [`Repository::refuse_filters`].
    pub async fn refuse_merge_drivers(&self) -> Result<(), RepositoryError> {
        let is_driver = |name: &str| name.starts_with("merge.") && name.ends_with(".driver");
        self.refuse("the merge drivers it defines", is_driver).await
    }

    async fn refuse(&self, what: &str, is_refused: impl Fn(&str) -> bool) -> Result<(), RepositoryError> {
        let listed =
            self.git().args(["config", "--list", "--show-scope", "--name-only", "--includes", "-z"]).run().await;
        let output = match listed {
            Ok(output) => output,
            Err(GitError::Failed { message, .. }) => {
                return Err(RepositoryError::Unsafe(format!("its configuration cannot be read: {message}")));
            }
            Err(error) => return Err(error.into()),
        };
        if output.truncated {
            return Err(RepositoryError::Unsafe("its configuration is too large to be checked".into()));
        }
        match local_setting(&output.stdout, is_refused) {
            Some(name) => Err(RepositoryError::Unsafe(format!(
                "the repository's own configuration sets {name}, and git would run {what}"
            ))),
            None => Ok(()),
        }
    }

    /// Whether `name` is something to start from: a branch here, a remote-tracking one, any other commit, or the
    /// branch that HEAD names before the first commit.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn base_exists(&self, name: &str) -> Result<bool, GitError> {
        if name.is_empty() || name.starts_with('-') || name.contains(['\0', '\n']) {
            return Ok(false);
        }
        let commit =
            self.git().args(["rev-parse", "--verify", "--quiet", "--end-of-options"]).arg(format!("{name}^{{commit}}"));
        if succeeds(commit).await? {
            return Ok(true);
        }
        let head = self.git().args(["symbolic-ref", "--quiet", "--short", "HEAD"]).run().await;
        match head {
            Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).trim_end() == name),
            Err(GitError::Failed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The URL of a remote as configured, `insteadOf` applied; none when there is no remote of that name.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn remote_url(&self, remote: &str) -> Result<Option<String>, GitError> {
        if !self.remotes().await?.iter().any(|name| name == remote) {
            return Ok(None);
        }
        match self.git().args(["remote", "get-url", "--end-of-options", remote]).run().await {
            Ok(output) => Ok(Some(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The URL of a remote as it stands in the configuration, whatever is used instead of it.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn written_url(&self, remote: &str) -> Result<Option<String>, GitError> {
        match self.git().args(["config", "--includes", "--get", &format!("remote.{remote}.url")]).run().await {
            Ok(output) => Ok(Some(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Learns the passwords that the URLs of its remotes hold, so that they are told nowhere. That they can't be read is
    /// for whoever uses the repository to find.
    pub async fn learn_passwords(&self) {
        let listed = self.git().args(["config", "--includes", "--get-regexp", r"^(remote|url)\."]).run().await;
        for word in String::from_utf8_lossy(&listed.unwrap_or_default().stdout).split_whitespace() {
            secrets::learn_url(word);
        }
    }

    /// The names of the remotes.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn remotes(&self) -> Result<Vec<String>, GitError> {
        let output = self.git().arg("remote").run().await?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }
}

/// Whether `name` can be a branch's name.
///
/// # Errors
/// When git gives no answer.
pub async fn branch_name_is_valid(name: &str) -> Result<bool, GitError> {
    // `@{-1}` would be expanded, and a control character is refused by git anyway.
    if name.is_empty() || name.starts_with('-') || name.contains("@{") || name.contains('\0') {
        return Ok(false);
    }
    succeeds(Git::at(Path::new("/")).args(["check-ref-format", "--branch", name])).await
}

async fn succeeds(git: Git) -> Result<bool, GitError> {
    match git.run().await {
        Ok(_) => Ok(true),
        Err(GitError::Failed { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The first setting of the repository's own, in a list of `scope NUL name NUL`, that is refused or may bring such:
/// a conditional include that is off now can be on in a linked worktree or on another branch.
fn local_setting(list: &[u8], is_refused: impl Fn(&str) -> bool) -> Option<String> {
    let mut parts = list.split(|&byte| byte == 0);
    while let (Some(scope), Some(name)) = (parts.next(), parts.next()) {
        let name = String::from_utf8_lossy(name);
        let own = scope == b"local" || scope == b"worktree";
        if own && (is_refused(&name) || name.starts_with("includeif.")) {
            return Some(name.into_owned());
        }
    }
    None
}

/// A folder or a regular file, links followed.
fn is_plain(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_dir() || found.is_file())
}

fn invalid(path: &Path, reason: &str) -> RepositoryError {
    RepositoryError::Invalid(format!("{} {reason}", path.display()))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".into(),
        io::ErrorKind::PermissionDenied => "cannot be read".into(),
        _ => format!("cannot be resolved ({})", error.kind()),
    }
}

fn refused(path: &Path, message: &str) -> RepositoryError {
    if message.contains("dubious ownership") {
        return invalid(path, "belongs to another user: git uses it only once it is listed in `safe.directory`");
    }
    let first = message.lines().next().unwrap_or_default();
    invalid(path, &format!("is not the top of a git work tree ({})", first.trim_start_matches("fatal: ")))
}
