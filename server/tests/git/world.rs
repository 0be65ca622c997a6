//! A folder with repositories, and a watcher that listens to them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use boardcast::git::watch::{Checkout, Fact, Observed, Watcher};
use boardcast_shared::{AttemptId, BoardId, GitStatus};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Longer than anything may take, on a machine that does much else.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// So many facts wait to be received; the watcher then waits, too.
const SINK: usize = 16;

/// A temporary folder, and git commands in it that no configuration of the machine changes.
pub struct World {
    folder: TempDir,
}

impl World {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A world with the repository `here` on the branch `main`.
    pub fn with_repository() -> Self {
        let world = Self::new();
        world.git(".", &["init", "-q", "-b", "main", "here"]);
        world
    }

    /// Also a bare repository `origin`, known by that name, with what `here` has.
    pub fn with_origin() -> Self {
        let world = Self::with_repository();
        world.commit("here", "first");
        world.git(".", &["clone", "-q", "--bare", "here", "origin"]);
        world.git("here", &["remote", "add", "origin", "../origin"]);
        world.git("here", &["fetch", "-q", "origin"]);
        world.git("here", &["branch", "-q", "--set-upstream-to=origin/main"]);
        world
    }

    pub fn path(&self, below: &str) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap().join(below)
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, dir: &str, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path(dir)).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_EDITOR", "true")]);
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.org");
        }
        command
    }

    /// Runs git, which must succeed; its output, trimmed.
    #[track_caller]
    pub fn git(&self, dir: &str, args: &[&str]) -> String {
        let output = self.command(dir, "git").args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs lines of shell, all of which must succeed.
    #[track_caller]
    pub fn shell(&self, dir: &str, script: &str) {
        let output = self.command(dir, "sh").args(["-e", "-c", script]).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A commit with this subject that adds a file of that name.
    pub fn commit(&self, dir: &str, subject: &str) {
        self.write(&format!("{dir}/{subject}"), subject);
        self.git(dir, &["add", "--", subject]);
        self.git(dir, &["commit", "-q", "-m", subject]);
    }

    pub fn head(&self, dir: &str) -> String {
        self.git(dir, &["rev-parse", "HEAD"])
    }
}

/// A watcher and what it has told.
pub struct Live {
    pub watcher: Watcher,
    facts: mpsc::Receiver<Observed>,
    cancel: CancellationToken,
}

pub fn board() -> BoardId {
    BoardId::parse("board").unwrap()
}

impl Live {
    pub fn new() -> Self {
        Self::with(Watcher::spawn)
    }

    pub fn with(watcher: fn(mpsc::Sender<Observed>, CancellationToken) -> Watcher) -> Self {
        let (sink, facts) = mpsc::channel(SINK);
        let cancel = CancellationToken::new();
        Self { watcher: watcher(sink, cancel.clone()), facts, cancel }
    }

    /// Watches the board's own checkout and waits for its first status.
    pub async fn on(path: &Path) -> Self {
        let mut live = Self::new();
        live.watch(None, path).await;
        live.status(|_| true).await;
        live
    }

    pub async fn watch(&self, attempt: Option<&str>, path: &Path) {
        let attempt = attempt.map(|id| AttemptId::parse(id).unwrap());
        self.watcher.watch(Checkout { board_id: board(), attempt, path: path.to_owned() }).await;
    }

    /// All facts up to one that fits, and that one.
    #[track_caller]
    pub fn until(&mut self, mut fits: impl FnMut(&Observed) -> bool) -> impl Future<Output = Vec<Observed>> {
        let caller = std::panic::Location::caller();
        async move {
            let mut told = Vec::new();
            loop {
                let Ok(fact) = timeout(DEADLINE, self.facts.recv()).await else {
                    panic!("waited for at {caller}, but told was only {told:#?}");
                };
                told.push(fact.unwrap());
                if fits(told.last().unwrap()) {
                    return told;
                }
            }
        }
    }

    /// The next status that fits.
    #[track_caller]
    pub fn status(&mut self, fits: impl Fn(&GitStatus) -> bool) -> impl Future<Output = GitStatus> {
        let told = self.until(move |fact| matches!(&fact.fact, Fact::Status(status) if fits(status)));
        async move {
            match told.await.pop().map(|fact| fact.fact) {
                Some(Fact::Status(status)) => status,
                other => unreachable!("{other:?}"),
            }
        }
    }

    /// The subjects of the commits told up to one of the subject `last`, without it.
    #[track_caller]
    pub fn subjects_before(&mut self, last: &str) -> impl Future<Output = Vec<String>> {
        let last = last.to_owned();
        let told = self.until(move |fact| matches!(&fact.fact, Fact::Commit(commit) if commit.subject == last));
        async move {
            let mut subjects = subjects(&told.await);
            subjects.pop();
            subjects
        }
    }

    /// Waits until so much has been told that the watcher must wait with the rest.
    pub async fn is_full(&self) {
        let full = async {
            while self.facts.len() < SINK {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(DEADLINE, full).await.expect("so much is told");
    }

    /// Whether nothing more waits to be received.
    pub fn is_silent(&mut self) -> bool {
        self.facts.try_recv().is_err()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// The subjects of the commits among facts.
pub fn subjects(told: &[Observed]) -> Vec<String> {
    let subject = |fact: &Observed| match &fact.fact {
        Fact::Commit(commit) => Some(commit.subject.clone()),
        _ => None,
    };
    told.iter().filter_map(subject).collect()
}

/// The pushes among facts, as `remote/branch sha`.
pub fn pushes(told: &[Observed]) -> Vec<String> {
    let push = |fact: &Observed| match &fact.fact {
        Fact::Push { remote, branch, sha, .. } => Some(format!("{remote}/{branch} {sha}")),
        _ => None,
    };
    told.iter().filter_map(push).collect()
}
