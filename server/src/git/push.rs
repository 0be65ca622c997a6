use std::time::Duration;

use super::command::{Git, GitError};
use super::repository::{Repository, RepositoryError};

/// A remote may be slow, and a first push large.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Looking at one branch of a remote is quick, or it isn't there.
const LOOK_LIMIT: Duration = Duration::from_secs(20);

/// Why nothing was pushed.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// No remote is configured under that name.
    #[error("the repository has no remote {0}")]
    UnknownRemote(String),
    /// The remote said no, or there is nothing to push.
    #[error("{0}")]
    Rejected(String),
    /// The remote can't be reached, isn't a repository or lets nobody in.
    #[error("{0}")]
    Unreachable(String),
    /// Git would run programs that the repository names.
    #[error(transparent)]
    Unsafe(RepositoryError),
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Whether commits may be lost at the remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// They may not.
    Never,
    /// Those that this branch has had itself, before it was rebased; nobody else's.
    OwnOnly,
}

impl Repository {
    /// Pushes a branch under its own name. Says where it stands.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn push(&self, remote: &str, branch: &str, force: Force) -> Result<String, PushError> {
        self.may_push(remote).await?;
        let sha = self.tip(branch).await?;
        match push_command(self, remote, branch, force).run().await {
            Ok(_) => Ok(sha),
            Err(GitError::Failed { message, .. }) => Err(explained(&message)),
            Err(GitError::TimedOut { limit, .. }) => Err(silent(limit)),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the remote's branch of that name stands where ours does. Writes nothing.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn is_pushed(&self, remote: &str, branch: &str) -> Result<bool, PushError> {
        self.may_push(remote).await?;
        let sha = self.tip(branch).await?;
        let name = format!("refs/heads/{branch}");
        let look = self.git().network().time_limit(LOOK_LIMIT);
        let look = look.args(["ls-remote", "--refs", "--upload-pack=git-upload-pack", "--end-of-options", remote]);
        match look.arg(&name).run().await {
            // The pattern also fits longer names that end like it.
            Ok(output) => Ok(String::from_utf8_lossy(&output.stdout)
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .any(|(there, of)| of == name && there == sha)),
            Err(GitError::Failed { message, .. }) => Err(explained(&message)),
            Err(GitError::TimedOut { limit, .. }) => Err(silent(limit)),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads anew where a remote-tracking branch stands at its remote; `name` is any. What isn't remote-tracking stays as
    /// it is.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn refresh(&self, name: &str) -> Result<(), PushError> {
        if self.branch_commit(name).await?.is_some() {
            return Ok(());
        }
        let remotes = self.remotes().await?;
        let found = remotes.iter().find_map(|remote| Some((remote, name.strip_prefix(remote)?.strip_prefix('/')?)));
        let Some((remote, branch)) = found else { return Ok(()) };
        self.may_push(remote).await?;
        let fetch = self.git().network().time_limit(TIME_LIMIT).args(["fetch", "--quiet", "--no-tags", "--no-prune"]);
        let fetch = fetch.args(["--no-recurse-submodules", "--no-write-fetch-head", "--upload-pack=git-upload-pack"]);
        let refspec = format!("+refs/heads/{branch}:refs/remotes/{remote}/{branch}");
        match fetch.args(["--end-of-options", remote, &refspec]).run().await {
            Ok(_) => Ok(()),
            Err(GitError::Failed { message, .. }) => Err(explained(&message)),
            Err(GitError::TimedOut { limit, .. }) => Err(silent(limit)),
            Err(error) => Err(error.into()),
        }
    }

    /// A configured remote, and nothing of the repository's own that git would run on the way to it.
    async fn may_push(&self, remote: &str) -> Result<(), PushError> {
        if !self.remotes().await?.iter().any(|name| name == remote) {
            return Err(PushError::UnknownRemote(remote.to_owned()));
        }
        self.learn_passwords().await;
        self.refuse_credential_helpers().await.map_err(PushError::Unsafe)
    }

    async fn tip(&self, branch: &str) -> Result<String, PushError> {
        let tip = self.verified(&format!("refs/heads/{branch}")).await?;
        tip.ok_or_else(|| PushError::Rejected(format!("there is no branch {branch}")))
    }
}

/// What the repository configures about pushes doesn't count: what is pushed, how, and which program receives it.
fn push_command(repository: &Repository, remote: &str, branch: &str, force: Force) -> Git {
    let git = repository
        .git()
        .network()
        .time_limit(TIME_LIMIT)
        .args(["-c", &format!("remote.{remote}.mirror=false")])
        .args(["push", "--quiet", "--no-verify", "--no-signed", "--no-follow-tags"]);
    let git = match force {
        Force::Never => git.arg("--no-force"),
        Force::OwnOnly => git.arg(format!("--force-with-lease={branch}")).arg("--force-if-includes"),
    };
    git.args(["--recurse-submodules=no", "--receive-pack=git-receive-pack", "--end-of-options", remote])
        .arg(format!("refs/heads/{branch}:refs/heads/{branch}"))
}

fn silent(limit: Duration) -> PushError {
    PushError::Unreachable(format!("the remote gave no answer within {} s", limit.as_secs()))
}

/// What git said, in plain words, without the passwords that a remote's URL may hold.
fn explained(message: &str) -> PushError {
    let lines = || message.lines().map(str::trim);
    if let Some(line) = lines().find(|line| line.starts_with("! [")) {
        let reason = line.rsplit_once('(').map_or(line, |(_, reason)| reason.trim_end_matches(')'));
        return PushError::Rejected(match reason {
            "non-fast-forward" | "fetch first" => {
                "the remote's branch has commits that this one has not: take them over first".into()
            }
            "stale info" | "remote ref updated since checkout" => {
                "somebody else's commits are on the remote's branch: they aren't replaced".into()
            }
            reason if line.contains("[remote rejected]") => {
                // What it says itself is the best explanation there is.
                let own = lines().find_map(|line| line.strip_prefix("remote: ")).map(str::trim);
                let own = own.filter(|own| !own.is_empty()).map(|own| format!(" ({own})")).unwrap_or_default();
                format!("the remote refuses the branch: {reason}{own}")
            }
            reason => format!("the branch can't be pushed: {reason}"),
        });
    }
    // The line that says most is the fatal one; ssh's own come before it.
    let told = lines().find(|line| line.starts_with("fatal: ")).or_else(|| lines().next()).unwrap_or_default();
    PushError::Unreachable(format!(
        "the remote can't be reached: {}",
        without_secrets(told.trim_start_matches("fatal: "))
    ))
}

/// The text without what stands between `://` and `@` in its URLs.
fn without_secrets(text: &str) -> String {
    let mut parts = text.split("://");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let authority = part.find(['/', ' ', '\'']).unwrap_or(part.len());
        let from = part[..authority].rfind('@').map_or(0, |at| at + 1);
        plain.push_str("://");
        plain.push_str(&part[from..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_told_all_and_takes_nothing_for_an_option() {
        let top = std::path::PathBuf::from("/r");
        let repository = Repository { git_dir: top.join(".git"), common_dir: top.join(".git"), top };
        let shown = format!("{:?}", push_command(&repository, "--mirror", "-x", Force::Never));
        let [options, named] = shown.split("\"--end-of-options\"").collect::<Vec<_>>()[..] else { panic!("{shown}") };
        assert!(options.contains("\"--no-verify\", ") && !options.contains("\"--mirror\""), "{shown}");
        assert!(named.starts_with(", \"--mirror\", \"refs/heads/-x:refs/heads/-x\"]"), "{shown}");
    }

    #[test]
    fn git_is_explained_without_secrets() {
        let rejected = " ! [rejected]        a -> a (fetch first)\nerror: failed to push some refs to 'x'\nhint: …";
        assert!(matches!(explained(rejected), PushError::Rejected(why) if why.contains("has commits")));
        let hook = "To x\n ! [remote rejected] a -> a (pre-receive hook declined)";
        assert!(matches!(explained(hook), PushError::Rejected(why) if why.ends_with(": pre-receive hook declined")));
        let fatal = "fatal: unable to access 'https://me:secret@host/r.git/': Could not resolve host: host";
        let PushError::Unreachable(why) = explained(fatal) else { panic!() };
        assert_eq!(
            why,
            "the remote can't be reached: unable to access 'https://host/r.git/': Could not resolve host: host"
        );
    }
}
