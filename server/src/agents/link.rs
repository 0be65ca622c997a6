use std::future::pending;
use std::process::ExitStatus;
use std::time::Duration;

use boardcast_shared::LogLevel;
use tokio::process::{ChildStderr, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::group::{Group, Pipes};
use super::input::Input;
use super::later::Later;
use super::lines::{Line, Lines};
use super::outbox::{Deaf, Outbox};
use super::text::{LINE_LIMIT, message};
use super::{Ask, Launch, Told};
use crate::clock::Clock;

/// How long a pipe that somebody still holds is listened to after all processes of the agent are gone.
const SILENCE: Duration = Duration::from_millis(100);
/// How long standard error is listened to after an answer.
const LAG: Duration = Duration::from_millis(10);
/// How long the last lines of an agent that ends between its turns wait to be taken.
pub const FAREWELL: Duration = Duration::from_secs(1);
/// How much is read from it then: more than any pipe holds.
const REST: usize = 2 << 20;

/// A process, its pipes and its listener: one place that waits for all of them.
#[derive(Debug)]
pub struct Link {
    pub group: Group,
    pub input: Input,
    pub outbox: Outbox,
    pub clock: Clock,
    pub later: Later,
    stdout: Lines<ChildStdout>,
    stderr: Lines<ChildStderr>,
    saw_end: bool,
}

/// What happens next.
#[derive(Debug)]
pub enum Event {
    Stdout(Line),
    Stderr(Line),
    /// Nothing more will come from standard output; told once.
    StdoutEnded,
    Ask(Ask),
    /// The process has ended; told again and again.
    Exited(Option<ExitStatus>),
    /// Something may be told now.
    Due,
    /// The time limit is reached.
    Late,
    /// Nobody listens to what is told.
    Deaf,
}

impl Link {
    /// Starts the process, of whose standard output lines up to `limit` bytes are kept.
    /// Returns when the listener has its group: a process that nobody knows of could outlive the server.
    pub async fn start(launch: &Launch, limit: usize, told: mpsc::Sender<Told>, clock: Clock) -> Result<Self, String> {
        let (group, Pipes { stdin, stdout, stderr }) = Group::spawn(launch)?;
        let mut outbox = Outbox::new(told);
        outbox.put(Told::Group(group.id()));
        outbox.send().await.map_err(|Deaf| "nobody listens to it")?;
        Ok(Self {
            group,
            input: Input::new(stdin),
            outbox,
            clock,
            later: Later::default(),
            stdout: Lines::new(stdout, limit),
            stderr: Lines::new(stderr, LINE_LIMIT),
            saw_end: false,
        })
    }

    /// Waits for the next thing: not beyond `limit`, and not beyond `due` when more may be told (both of the clock's
    /// time). While the listener or the agent's own input lags behind, nothing is read from the agent, but what is
    /// asked is still heard.
    pub async fn next(
        &mut self,
        asks: &mut mpsc::Receiver<Ask>,
        due: Option<Duration>,
        limit: Option<Duration>,
    ) -> Event {
        let due = until(&self.clock, due);
        let late = until(&self.clock, limit);
        tokio::pin!(due);
        tokio::pin!(late);
        loop {
            let reads = self.outbox.has_room() && self.input.has_room();
            tokio::select! {
                sent = self.outbox.send() => if sent == Err(Deaf) { return Event::Deaf },
                () = self.input.write() => {}
                Some(ask) = asks.recv() => return Event::Ask(ask),
                line = self.stdout.next(), if reads && !self.saw_end => {
                    self.saw_end = line.is_none();
                    return line.map_or(Event::StdoutEnded, Event::Stdout);
                }
                Some(line) = self.stderr.next(), if reads => return Event::Stderr(line),
                status = self.group.exited() => return Event::Exited(status),
                () = &mut due, if reads => return Event::Due,
                () = &mut late => return Event::Late,
            }
        }
    }

    /// Takes in the lines of standard error that were written before an answer on standard output was: the two pipes
    /// have no common order.
    pub async fn hear_stderr(&mut self, asks: &mut mpsc::Receiver<Ask>) {
        let mut rest = REST;
        while rest > 0 {
            let reads = self.outbox.has_room();
            tokio::select! {
                biased;
                Some(line) = self.stderr.next(), if reads => {
                    rest = rest.saturating_sub(line.size());
                    self.outbox.line(LogLevel::Info, message(&line));
                }
                _ = self.outbox.send() => {}
                Some(ask) = asks.recv() => self.later.hear(ask),
                () = sleep(LAG), if reads => return,
            }
        }
    }

    /// Ends the group and reads what it still says: `hear` gets the lines of standard output, the others are told
    /// at `level`. Returns when no process is left.
    pub async fn wind_down(
        &mut self,
        asks: &mut mpsc::Receiver<Ask>,
        level: LogLevel,
        mut hear: impl FnMut(&mut Outbox, Line),
    ) {
        let end = self.group.end(&self.clock);
        tokio::pin!(end);
        let mut over = false;
        let mut rest = REST;
        while rest > 0 {
            let reads = self.outbox.has_room();
            tokio::select! {
                () = &mut end, if !over => over = true,
                // The listener being gone is no reason to leave processes behind.
                _ = self.outbox.send() => {}
                Some(ask) = asks.recv() => self.later.hear(ask),
                Some(line) = self.stdout.next(), if reads => {
                    rest = if over { rest.saturating_sub(line.size()) } else { rest };
                    hear(&mut self.outbox, line);
                }
                Some(line) = self.stderr.next(), if reads => {
                    rest = if over { rest.saturating_sub(line.size()) } else { rest };
                    self.outbox.line(level, message(&line));
                }
                () = sleep(SILENCE), if over && reads => return,
            }
            if over && self.stdout.is_at_end() && self.stderr.is_at_end() {
                return;
            }
        }
    }

    /// Ends the group between two turns. What it logs meanwhile is told as far as the listener keeps up, which may have
    /// other things to do; nothing of it holds the end up.
    pub async fn end(&mut self) {
        {
            let end = self.group.end(&self.clock);
            tokio::pin!(end);
            loop {
                tokio::select! {
                    () = &mut end => break,
                    _ = self.outbox.send() => {}
                    Some(_) = self.stdout.next() => {}
                    Some(line) = self.stderr.next() => if self.outbox.has_room() {
                        self.outbox.line(LogLevel::Info, message(&line));
                    },
                }
            }
        }
        let (_nobody, mut asks) = mpsc::channel(1);
        let _ = timeout(FAREWELL, self.flush(&mut asks)).await;
    }

    /// Until all that was put has been taken, or nobody listens.
    pub async fn flush(&mut self, asks: &mut mpsc::Receiver<Ask>) {
        while !self.outbox.is_empty() {
            tokio::select! {
                _ = self.outbox.send() => {}
                Some(ask) = asks.recv() => self.later.hear(ask),
            }
        }
        while let Ok(ask) = asks.try_recv() {
            self.later.hear(ask);
        }
    }
}

async fn until(clock: &Clock, time: Option<Duration>) {
    match time {
        Some(time) => clock.until(time).await,
        None => pending().await,
    }
}
