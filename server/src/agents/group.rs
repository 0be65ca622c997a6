use std::fmt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use boardcast_shared::AttemptId;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::sleep;

use super::Launch;
use super::environment::{inherited, refuse};
use super::processes::Kin;
use crate::clock::Clock;

/// The variable by which an attempt's processes are known.
const MARK: &str = "BOARDCAST_ATTEMPT_ID";
/// From SIGTERM to SIGKILL.
pub const GRACE: Duration = Duration::from_secs(5);
/// How often is looked whether all are gone.
const LOOK: Duration = Duration::from_millis(20);

/// A process group of our own: an agent and what it started. Dropping it kills all of it.
#[derive(Debug)]
pub struct Group {
    /// None when another server started it.
    leader: Option<Child>,
    kin: Kin,
    gone: bool,
}

/// What a process is spoken to by.
#[derive(Debug)]
pub struct Pipes {
    pub stdin: Option<ChildStdin>,
    pub stdout: Option<ChildStdout>,
    pub stderr: Option<ChildStderr>,
}

impl Group {
    /// Starts the program of `launch` as the leader of a group.
    pub fn spawn(launch: &Launch) -> Result<(Self, Pipes), String> {
        let program = &launch.program;
        if !launch.cwd.is_dir() {
            return Err(format!("there is no folder {}", launch.cwd.display()));
        }
        let mut command = Command::new(&program.command);
        command.args(&program.args).current_dir(&launch.cwd).env_clear().envs(inherited(std::env::vars_os()));
        for (name, value) in program.env.iter().chain(&launch.env) {
            refuse(name, value)?;
            command.env(name, value);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut leader = command.spawn().map_err(|error| format!("{} can't be started: {error}", program.command))?;
        let pipes = Pipes { stdin: leader.stdin.take(), stdout: leader.stdout.take(), stderr: leader.stderr.take() };
        let id = leader.id().expect("nobody has waited for it");
        let group = Pid::from_raw(id.cast_signed());
        let mark = launch.env.iter().find(|(name, _)| name == MARK).map(|(name, value)| format!("{name}={value}"));
        Ok((Self { leader: Some(leader), kin: Kin { group, mark }, gone: false }, pipes))
    }

    /// What a killed server left of an attempt: the group of that number if it is still the attempt's, and whatever
    /// else has the attempt's mark.
    pub async fn left_over(group: i32, attempt: &AttemptId) -> Self {
        // 0 and 1 would name ourselves and everyone.
        let group = Some(group).filter(|group| *group > 1).and_then(Pid::from_raw);
        let kin = Kin { group, mark: Some(format!("{MARK}={attempt}")) };
        let known = look(&kin, |kin| kin.clone().if_marked()).await;
        Self { leader: None, kin: known.unwrap_or(Kin { group: None, mark: None }), gone: false }
    }

    /// The group's id.
    pub fn id(&self) -> i32 {
        self.kin.group.map_or(0, Pid::as_raw_pid)
    }

    /// Until the leader has ended, whatever became of the others: follow it with [`Self::end`]. Cancel safe.
    pub async fn exited(&mut self) -> Option<ExitStatus> {
        self.leader.as_mut()?.wait().await.ok()
    }

    /// Whether the leader has ended. Its id stays taken, so that no signal of ours can ever reach another's process.
    pub fn has_exited(&self) -> bool {
        let peek = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.gone || self.kin.group.is_none_or(|leader| !matches!(waitid(WaitId::Pid(leader), peek), Ok(None)))
    }

    /// SIGTERM to all of it, SIGKILL after [`GRACE`]; returns when none of it runs any more.
    pub async fn end(&mut self, clock: &Clock) {
        if self.gone {
            return;
        }
        let grace = clock.until(clock.elapsed() + GRACE);
        self.signal(Signal::TERM).await;
        tokio::select! {
            () = self.vanished() => {}
            () = grace => self.kill().await,
        }
        self.gone = true;
    }

    /// Again and again: what is being started at that moment is not seen by the first signal. Only a process that the
    /// system can't end, stuck in a broken disk say, holds this up.
    async fn kill(&mut self) {
        loop {
            self.signal(Signal::KILL).await;
            tokio::select! {
                () = self.vanished() => return,
                () = sleep(5 * LOOK) => {}
            }
        }
    }

    async fn vanished(&mut self) {
        self.exited().await;
        while !look(&self.kin, Kin::are_gone).await.unwrap_or(false) {
            sleep(LOOK).await;
        }
    }

    async fn signal(&self, signal: Signal) {
        look(&self.kin, move |kin| kin.signal(signal)).await;
    }
}

/// Reads the process table off the threads that serve streams.
async fn look<T: Send + 'static>(kin: &Kin, at: impl FnOnce(&Kin) -> T + Send + 'static) -> Option<T> {
    let kin = kin.clone();
    tokio::task::spawn_blocking(move || at(&kin)).await.ok()
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.gone {
            self.kin.signal(Signal::KILL);
        }
    }
}

/// How a process ended, for people.
pub struct Ended(pub Option<ExitStatus>);

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use std::os::unix::process::ExitStatusExt as _;
        match self.0.map(|status| (status.code(), status.signal())) {
            Some((Some(code), _)) => write!(f, "exited with code {code}"),
            Some((None, Some(signal))) => write!(f, "was ended by signal {signal}{}", name(signal)),
            _ => f.write_str("ended"),
        }
    }
}

fn name(signal: i32) -> &'static str {
    match signal {
        2 => " (SIGINT)",
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}
