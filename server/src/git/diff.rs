use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::command::{Git, GitError};
use super::repository::Repository;

/// A diff is cut at so many bytes.
pub const MAX_DIFF: usize = 5 << 20;
/// Larger files are told as different, not how.
const BIG_FILE: &str = "core.bigFileThreshold=16m";

/// What a branch and its work tree changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// As git writes it, at most [`MAX_DIFF`] bytes, whole lines.
    pub text: Vec<u8>,
    /// It was cut.
    pub truncated: bool,
}

/// A folder that is removed when dropped.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn make(under: &Path) -> io::Result<Self> {
        let path = under.join(format!("diff-{}", boardcast_shared::random_token()));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        fs::create_dir(path.join("objects"))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the checkout changed since it left `base`: against the merge base, with what is uncommitted and untracked. Its
/// repository is left as it is; what git has to write meanwhile goes to a folder under `scratch`. None when there is
/// no `base` any more.
///
/// # Errors
/// When git gives no answer. The caller has refused filters before ([`Repository::refuse_filters`]).
pub async fn diff(repository: &Repository, base: &str, scratch: &Path) -> Result<Option<Diff>, GitError> {
    let Some(base) = repository.commit_of(base).await? else { return Ok(None) };
    let common = repository.line(["merge-base", "--end-of-options", &base, "HEAD"]).await?;
    let from = common.unwrap_or(base);
    let scratch = Scratch::make(scratch)?;
    let aside = Aside { repository, scratch: &scratch.0 };
    aside.copy_index()?;
    aside.add_untracked().await?;
    let output = aside
        .git()
        .args(["-c", BIG_FILE, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative"])
        .args(["--src-prefix=a/", "--dst-prefix=b/", "--find-renames", "--submodule=short"])
        .args(["--ignore-submodules=dirty", "--end-of-options"])
        .arg(&from)
        .arg("--")
        .output_limit(MAX_DIFF)
        .first()
        .await?;
    let mut text = output.stdout;
    if output.truncated {
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        text.truncate(whole);
    }
    Ok(Some(Diff { text, truncated: output.truncated }))
}

/// Git with an index and a place for objects of its own.
struct Aside<'a> {
    repository: &'a Repository,
    scratch: &'a Path,
}

impl Aside<'_> {
    fn git(&self) -> Git {
        self.repository
            .git()
            .env("GIT_INDEX_FILE", self.scratch.join("index"))
            .env("GIT_OBJECT_DIRECTORY", self.scratch.join("objects"))
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(&self.repository.common_dir.join("objects")))
    }

    fn copy_index(&self) -> io::Result<()> {
        match fs::copy(self.repository.git_dir.join("index"), self.scratch.join("index")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Untracked files are new ones; only their names are noted, git reads them where they are.
    async fn add_untracked(&self) -> Result<(), GitError> {
        let listed = self.git().args(["ls-files", "--others", "--exclude-standard", "-z"]).first().await?;
        let mut names = listed.stdout;
        let whole = names.iter().rposition(|&byte| byte == 0).map_or(0, |at| at + 1);
        names.truncate(whole);
        if names.is_empty() {
            return Ok(());
        }
        let added = self
            .git()
            .args(["add", "--intent-to-add", "--ignore-errors", "--pathspec-from-file=-", "--pathspec-file-nul"])
            .input(names)
            .run()
            .await;
        match added {
            // One that vanished or can't be read is left out.
            Ok(_) | Err(GitError::Failed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A path in a list that is separated by colons [git(1) GIT_ALTERNATE_OBJECT_DIRECTORIES].
fn quoted(path: &Path) -> std::ffi::OsString {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    let mut quoted = vec![b'"'];
    for &byte in path.as_os_str().as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    std::ffi::OsString::from_vec(quoted)
}
