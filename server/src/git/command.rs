use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a git process may take unless told otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);
/// How much of its standard output is kept unless told otherwise, in bytes.
pub const OUTPUT_LIMIT: usize = 8 << 20;
/// How much of its standard error is kept, in bytes.
const ERROR_LIMIT: usize = 16 << 10;

/// Variables of ours that git sees; all others are withheld.
const PASSED_ON: [&str; 4] = ["PATH", "HOME", "LANG", "XDG_CONFIG_HOME"];

/// What git needs besides to speak to a remote: the user's ssh keys, and the way out of the network.
const PASSED_ON_TO_REMOTES: [&str; 7] =
    ["SSH_AUTH_SOCK", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "no_proxy", "NO_PROXY"];

/// Settings that win over the repository's own, which would otherwise run programs it names.
///
/// No setting stops `filter.*` (see [`super::repository`]), and an external diff is stopped only by
/// `--no-ext-diff --no-textconv`: a caller of `git diff` passes both.
const SETTINGS: [&str; 14] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.editor=:",
    "sequence.editor=:",
    "core.askPass=",
    "core.gitProxy=none",
    "protocol.ext.allow=never",
    "log.showSignature=false",
    "commit.gpgSign=false",
    "push.gpgSign=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Environment that is the same for every git process.
const ENVIRONMENT: [(&str, &str); 10] = [
    // Messages are compared.
    ("LC_ALL", "C.UTF-8"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", ""),
    // Reading must not rewrite the index: that would wake the watcher.
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    // A pathspec is a path, never a pattern.
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_EDITOR", ":"),
    ("GIT_SEQUENCE_EDITOR", ":"),
    // Wins over core.sshCommand, which a repository could set.
    ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
];

/// One git process to be run.
///
/// No shell, none of our environment but a few variables, its own process group, standard input empty or given,
/// output bounded, a time limit after which the whole group is killed. Dropping a running one kills it too.
#[derive(Debug, Clone)]
pub struct Git {
    dir: PathBuf,
    work_tree: Option<PathBuf>,
    args: Vec<OsString>,
    input: Vec<u8>,
    output_limit: usize,
    time_limit: Duration,
    protocols: Option<&'static str>,
    env: Vec<(&'static str, OsString)>,
}

/// What a git process that ended well wrote.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Standard output, up to the limit.
    pub stdout: Vec<u8>,
    /// Standard output went over the limit and was cut there.
    pub truncated: bool,
}

/// Why a git process gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git couldn't be started or spoken to.
    #[error("git cannot be run: {0}")]
    Start(#[from] io::Error),
    /// It took longer than its limit and was killed.
    #[error("git {command} did not end within {limit:?}")]
    TimedOut {
        /// Its first argument.
        command: String,
        /// The limit.
        limit: Duration,
    },
    /// It ended with another code than 0.
    #[error("git {command} failed: {message}")]
    Failed {
        /// Its first argument.
        command: String,
        /// The exit code; none when a signal ended it.
        code: Option<i32>,
        /// What it wrote to standard error, trimmed.
        message: String,
    },
}

impl Git {
    /// Git in the repository whose top is exactly `dir`: one further up is not looked for.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            work_tree: None,
            args: Vec::new(),
            input: Vec::new(),
            output_limit: OUTPUT_LIMIT,
            time_limit: TIME_LIMIT,
            protocols: None,
            env: Vec::new(),
        }
    }

    /// Holds git to this work tree, whatever `core.worktree` says.
    #[must_use]
    pub fn work_tree(mut self, top: &Path) -> Self {
        self.work_tree = Some(top.to_owned());
        self
    }

    /// Gives it another variable.
    #[must_use]
    pub fn env(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name, value.as_ref().to_owned()));
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// What it reads from standard input; nothing unless told.
    #[must_use]
    pub fn input(mut self, bytes: Vec<u8>) -> Self {
        self.input = bytes;
        self
    }

    /// Another bound on the output, in bytes.
    #[must_use]
    pub fn output_limit(mut self, bytes: usize) -> Self {
        self.output_limit = bytes;
        self
    }

    /// Another time limit.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Lets it speak to a remote; without this no transport is allowed, not even to a folder.
    #[must_use]
    pub fn network(mut self) -> Self {
        self.protocols = Some("https:http:ssh:git:file");
        self
    }

    /// Runs it and collects its standard output, cut at the limit.
    ///
    /// # Errors
    /// When it can't be run, takes too long or ends with another code than 0.
    pub async fn run(self) -> Result<Output, GitError> {
        let limit = self.output_limit;
        let mut output = Output::default();
        self.each(|chunk| {
            let room = limit - output.stdout.len();
            output.truncated |= chunk.len() > room;
            output.stdout.extend_from_slice(&chunk[..chunk.len().min(room)]);
        })
        .await?;
        Ok(output)
    }

    /// Runs it until its standard output is full, and ends it there.
    ///
    /// # Errors
    /// When it can't be run, takes too long or ends with another code than 0 before.
    pub async fn first(self) -> Result<Output, GitError> {
        let limit = self.output_limit;
        let full = Notify::new();
        let mut output = Output::default();
        let run = self.each(|chunk| {
            let room = limit - output.stdout.len();
            output.stdout.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                output.truncated = true;
                full.notify_one();
            }
        });
        // Dropped, it is killed.
        let ended = tokio::select! {
            ended = run => ended,
            () = full.notified() => Ok(()),
        };
        if output.truncated { Ok(output) } else { ended.map(|()| output) }
    }

    /// Runs it and hands each piece of its standard output to `take`, without a bound: what `take` keeps is its own matter.
    ///
    /// # Errors
    /// When it can't be run, takes too long or ends with another code than 0.
    pub async fn each(self, mut take: impl FnMut(&[u8])) -> Result<(), GitError> {
        let command = self.args.first().map(|arg| arg.to_string_lossy().into_owned()).unwrap_or_default();
        let limit = self.time_limit;
        let mut running = Running(self.command().spawn()?);
        match timeout(limit, running.talk(&self.input, &mut take)).await {
            Err(_) => Err(GitError::TimedOut { command, limit }),
            Ok(Err(error)) => Err(error.into()),
            Ok(Ok((status, _))) if status.success() => Ok(()),
            Ok(Ok((status, message))) => Err(GitError::Failed { command, code: status.code(), message }),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.env_clear();
        let more: &[&str] = if self.protocols.is_some() { &PASSED_ON_TO_REMOTES } else { &[] };
        for name in PASSED_ON.iter().chain(more) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(ENVIRONMENT).env("GIT_ALLOW_PROTOCOL", self.protocols.unwrap_or("none"));
        // A repository that has just been removed must not be taken for the one that surrounds it.
        if let Some(parent) = self.dir.parent() {
            command.env("GIT_CEILING_DIRECTORIES", parent);
        }
        if let Some(top) = &self.work_tree {
            command.env("GIT_WORK_TREE", top);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.args(["--no-pager", "--no-optional-locks"]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .args(&self.args)
            .current_dir(&self.dir)
            .stdin(if self.input.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }
}

/// A git process; dropped before its end, it is killed with all that it started.
struct Running(Child);

impl Running {
    async fn talk(
        &mut self,
        input: &[u8],
        take: &mut impl FnMut(&[u8]),
    ) -> io::Result<(std::process::ExitStatus, String)> {
        let (stdin, stdout, stderr) = (self.0.stdin.take(), self.0.stdout.take(), self.0.stderr.take());
        let write = async {
            if let Some(mut stdin) = stdin {
                // It may end before it has read all: its exit code says why.
                let _ = stdin.write_all(input).await;
            }
        };
        let mut message = Vec::new();
        let mut keep = |chunk: &[u8]| {
            let room = ERROR_LIMIT - message.len();
            message.extend_from_slice(&chunk[..chunk.len().min(room)]);
        };
        let ((), out, err) = tokio::join!(write, read(stdout, take), read(stderr, &mut keep));
        out.and(err)?;
        let status = self.0.wait().await?;
        Ok((status, String::from_utf8_lossy(&message).trim().to_owned()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // No id once it has been waited for.
        if let Some(group) = self.0.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn read(from: Option<impl AsyncRead + Unpin>, take: &mut impl FnMut(&[u8])) -> io::Result<()> {
    let Some(mut from) = from else { return Ok(()) };
    let mut buffer = vec![0; 64 << 10];
    loop {
        match from.read(&mut buffer).await? {
            0 => return Ok(()),
            n => take(&buffer[..n]),
        }
    }
}
