use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::Command;

/// Says that a folder was made here, and so may be made anew.
const MARK: &str = ".boardcast-demo";
const MARK_TEXT: &str = "Made by `boardcast demo`. Everything in this folder may be deleted.\n";
/// Local disk only: what takes longer hangs.
const GIT_TIMEOUT: Duration = Duration::from_secs(30);

/// The demo's repository, with a bare one beside it as `origin`.
pub struct Scratch {
    repository: PathBuf,
}

impl Scratch {
    /// Opens the repository in `dir`, or makes it.
    pub async fn prepare(dir: &Path) -> anyhow::Result<Self> {
        let mark = dir.join(MARK);
        if !mark.is_file() {
            if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
                bail!("{} holds something else than a demo; give another folder with --dir", dir.display());
            }
            std::fs::create_dir_all(dir).with_context(|| format!("{} can't be made", dir.display()))?;
            std::fs::write(&mark, MARK_TEXT).with_context(|| format!("{} can't be written", mark.display()))?;
        }
        let scratch = Self { repository: Self::in_dir(dir)? };
        if !scratch.is_whole().await {
            scratch.make().await?;
        }
        Ok(scratch)
    }

    /// Where the repository in `dir` is, links resolved as the server resolves them.
    pub fn in_dir(dir: &Path) -> anyhow::Result<PathBuf> {
        let dir = std::fs::canonicalize(dir).with_context(|| format!("{} can't be opened", dir.display()))?;
        Ok(dir.join("repository"))
    }

    /// The top of its work tree, absolute.
    pub fn path(&self) -> &Path {
        &self.repository
    }

    fn remote(&self) -> PathBuf {
        self.repository.with_file_name("origin.git")
    }

    async fn is_whole(&self) -> bool {
        self.repository.join(".git").is_dir()
            && self.remote().is_dir()
            && self.git(&["rev-parse", "--verify", "--quiet", "refs/remotes/origin/main"]).await.is_ok()
    }

    async fn make(&self) -> anyhow::Result<()> {
        for old in [self.repository.clone(), self.remote()] {
            if old.exists() {
                std::fs::remove_dir_all(&old).with_context(|| format!("{} can't be made anew", old.display()))?;
            }
        }
        std::fs::create_dir(&self.repository)?;
        let remote = self.remote();
        let remote = remote.to_str().context("the folder's name isn't UTF-8")?;
        self.git(&["init", "--quiet", "--bare", "--initial-branch=main", remote]).await?;
        self.git(&["init", "--quiet", "--initial-branch=main"]).await?;
        self.git(&["remote", "add", "origin", remote]).await?;
        for (path, text) in super::story::FIRST_FILES {
            self.write(path, text)?;
        }
        self.commit("Notes: a list, an editor and a search").await?;
        self.git(&["push", "--quiet", "--set-upstream", "origin", "main"]).await?;
        Ok(())
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, text: &str) -> anyhow::Result<()> {
        let file = self.repository.join(path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))
    }

    /// Commits whatever changed; nothing when nothing did.
    pub async fn commit(&self, subject: &str) -> anyhow::Result<()> {
        self.git(&["add", "--all"]).await?;
        if self.git(&["status", "--porcelain"]).await?.is_empty() {
            return Ok(());
        }
        self.git(&["commit", "--quiet", "--message", subject]).await.map(drop)
    }

    /// Merges a branch into main, pushes that, and takes it away from the remote. `false` when there is no such branch.
    pub async fn merge(&self, branch: &str, subject: &str) -> anyhow::Result<bool> {
        let known = format!("refs/heads/{branch}");
        if self.git(&["rev-parse", "--verify", "--quiet", &known]).await.is_err() {
            return Ok(false);
        }
        self.git(&["switch", "--quiet", "main"]).await?;
        self.git(&["merge", "--quiet", "--no-ff", "--strategy-option=theirs", "--message", subject, branch]).await?;
        self.git(&["push", "--quiet", "origin", "main"]).await?;
        // It may never have been pushed, or have been taken away by hand.
        let _ = self.git(&["push", "--quiet", "origin", "--delete", branch]).await;
        Ok(true)
    }

    /// Brings the work tree back to main after something went wrong, as far as that loses nothing.
    pub async fn recover(&self) {
        let _ = self.git(&["merge", "--abort"]).await;
        let _ = self.git(&["switch", "--quiet", "main"]).await;
    }

    /// Runs git in the repository as if the machine had no configuration: no hooks, no signing, a fixed identity.
    async fn git(&self, args: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new("git");
        for inherited in std::env::vars_os().map(|(name, _)| name) {
            if inherited.to_string_lossy().starts_with("GIT_") {
                command.env_remove(inherited);
            }
        }
        command
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .args(["-c", "user.name=Boardcast Demo", "-c", "user.email=demo@boardcast.invalid"])
            .args(["-c", "core.hooksPath=/dev/null", "-c", "commit.gpgsign=false", "-c", "core.fsmonitor=false"])
            .args(args)
            .current_dir(&self.repository)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let done = tokio::time::timeout(GIT_TIMEOUT, command.output())
            .await
            .with_context(|| format!("git {} hangs", args[0]))?
            .context("git can't be run")?;
        if !done.status.success() {
            bail!("git {} failed: {}", args[0], String::from_utf8_lossy(&done.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_made_once_committed_to_pushed_and_merged() {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Scratch::prepare(dir.path()).await.unwrap();
        let first = scratch.git(&["rev-parse", "HEAD"]).await.unwrap();
        scratch.git(&["switch", "--quiet", "--create", "demo/d-1"]).await.unwrap();
        scratch.write("src/x.js", "export const x = 1\n").unwrap();
        scratch.commit("feat: x").await.unwrap();
        scratch.git(&["push", "--quiet", "origin", "demo/d-1"]).await.unwrap();
        assert!(scratch.merge("demo/d-1", "Merge x").await.unwrap());
        assert!(!scratch.merge("demo/d-2", "Merge y").await.unwrap());

        let again = Scratch::prepare(dir.path()).await.unwrap();
        let log = again.git(&["log", "--format=%s %an", "origin/main", &format!("^{}", first.trim())]).await.unwrap();
        assert_eq!(log, "Merge x Boardcast Demo\nfeat: x Boardcast Demo\n");
        assert_eq!(
            again.git(&["branch", "--remotes", "--format=%(refname)"]).await.unwrap().trim(),
            "refs/remotes/origin/main"
        );
    }

    #[tokio::test]
    async fn a_half_made_one_is_made_anew_and_a_foreign_folder_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Scratch::prepare(dir.path()).await.unwrap();
        std::fs::remove_dir_all(scratch.remote()).unwrap();
        Scratch::prepare(dir.path()).await.unwrap();
        assert!(scratch.remote().is_dir());

        let foreign = tempfile::tempdir().unwrap();
        std::fs::write(foreign.path().join("precious"), "x").unwrap();
        let error = Scratch::prepare(foreign.path()).await.err().unwrap().to_string();
        assert!(error.contains("--dir"), "{error}");
        assert_eq!(std::fs::read_dir(foreign.path()).unwrap().count(), 1);
    }
}
