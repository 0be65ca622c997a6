use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use boardcast::client::ServerUrl;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Linux counts a process' CPU in hundredths of a second on every architecture we run on (`USER_HZ`).
const TICK_MICROS: f64 = 10_000.0;
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A server in a process of its own; it ends with this value.
pub struct Process {
    child: Child,
    pid: u32,
    pub url: ServerUrl,
    /// From its start to `listening on`.
    pub started_in: Duration,
    /// Kept open: a server must not die of a closed pipe.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts a server and waits until it says where it listens.
    pub async fn start(program: &Path, args: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("BOARDCAST_")) {
            command.env_remove(name);
        }
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let start = Instant::now();
        let mut child = command.spawn().with_context(|| format!("{} can't be started", program.display()))?;
        let pid = child.id().context("the server ended at once")?;
        let mut output = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let url = tokio::time::timeout(START_TIMEOUT, async {
            while let Some(line) = output.next_line().await? {
                if let Some(url) = line.strip_prefix("listening on ") {
                    return Ok(url.trim().parse::<ServerUrl>()?);
                }
            }
            bail!("{} ended before it listened", program.display())
        })
        .await
        .context("the server doesn't say that it listens")??;
        Ok(Self { child, pid, url, started_in: start.elapsed(), _output: output })
    }

    /// User and system time of all its threads so far, in microseconds.
    pub fn cpu_micros(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name in parentheses may hold anything; what follows is numbers.
        let (_, numbers) = stat.rsplit_once(')').context("no /proc/PID/stat")?;
        let field = |n: usize| numbers.split_whitespace().nth(n).and_then(|text| text.parse::<u32>().ok());
        let (user, system) = field(11).zip(field(12)).context("no times in /proc/PID/stat")?;
        Ok(TICK_MICROS * f64::from(user + system))
    }

    /// Its own memory in bytes: what it shares with others counts by its share (`Pss`).
    pub fn memory(&self) -> anyhow::Result<f64> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss in smaps_rollup")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0)
    }

    /// The most memory that it ever had, in bytes.
    pub fn peak_memory(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM in status")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0)
    }

    /// Ends it as an operator would, and waits.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg("-TERM").arg(self.pid.to_string()).status().await?;
        tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await.context("the server doesn't end")??;
        Ok(())
    }
}

/// The `boardcast` that was built beside this program.
pub fn boardcast() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let program = here.with_file_name("boardcast");
    if !program.is_file() {
        bail!("{} isn't there; build it with `cargo build --release --package boardcast`", program.display());
    }
    Ok(program)
}

/// A folder on the disk for the servers' data, beside the programs.
pub fn data_dir() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("bench-data"))
}

/// Each stream is a file in two processes.
pub fn check_open_files(needed: usize) -> anyhow::Result<()> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find(|line| line.starts_with("Max open files")).context("no limit of open files")?;
    let soft = line.split_whitespace().nth(3).context("no limit of open files")?;
    if soft.parse::<usize>().is_ok_and(|soft| soft < needed) {
        bail!("{soft} open files are too few, {needed} are needed: raise it with `ulimit -n {needed}`");
    }
    Ok(())
}
