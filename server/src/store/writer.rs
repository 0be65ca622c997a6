//! The one thread that writes.
//!
//! Commands wait in a bounded queue. Those that wait together are decided one after the other in one transaction, each
//! in a savepoint of its own, so that a refused one takes nothing with it and leaves no hole in seq. After the commit
//! the facts are published, in order, by this same thread; then the answers leave.

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use boardcast_shared::BoardId;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

use super::folds::Folds;
use super::tx::{Counters, Tx, TxError};
use super::{OpenError, Options, WriteError};
use crate::domain::fold::BoardFold;
use crate::domain::refusal::Refusal;
use crate::events::{Commit, Subscriber, Took};

/// How many commands may wait; one more is refused as overloaded.
const QUEUE: usize = 4096;
/// How many commands one transaction takes at the most.
const GROUP: usize = 512;
/// After so many facts a transaction takes no further command.
const GROUP_FACTS: usize = 8192;

/// The queue in front of the writing thread. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Work>,
    subscribers: Arc<Mutex<Vec<Arc<dyn Subscriber>>>>,
    head: Arc<AtomicU64>,
    oldest: Arc<AtomicU64>,
}

type Reply<T> = oneshot::Sender<Result<T, WriteError>>;
type Install = Box<dyn FnOnce(&BoardFold, u64) + Send>;

enum Work {
    Command(Box<dyn Command>),
    Install { board: BoardId, install: Install, reply: Reply<()> },
    Checkpoint { reply: Reply<()> },
    Close { closed: oneshot::Sender<()> },
}

impl Writer {
    pub fn spawn(connection: Connection, lock: File, head: u64, options: Options) -> Result<Self, OpenError> {
        let (queue, work) = mpsc::channel(QUEUE);
        let counters = Counters::load(&connection)
            .map_err(|error| OpenError::Damaged { path: "boardcast.db".into(), detail: error.to_string() })?;
        let writer = Self {
            queue,
            subscribers: Arc::default(),
            head: Arc::new(AtomicU64::new(head)),
            oldest: Arc::new(AtomicU64::new(counters.oldest)),
        };
        let thread = Thread {
            connection,
            work,
            folds: Folds::default(),
            counters,
            options,
            subscribers: writer.subscribers.clone(),
            published: writer.head.clone(),
            oldest: writer.oldest.clone(),
            lock,
        };
        std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || thread.run())
            .map_err(|source| OpenError::Io { path: "the writing thread".into(), source })?;
        Ok(writer)
    }

    pub fn subscribe(&self, subscriber: Arc<dyn Subscriber>) {
        self.subscribers.lock().expect("no subscriber panics").push(subscriber);
    }

    pub fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    pub fn oldest(&self) -> u64 {
        self.oldest.load(Ordering::Acquire)
    }

    /// How many commands wait.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    pub fn submit<T, F>(&self, command: F, reply: Reply<T>) -> Result<(), WriteError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, TxError> + Send + 'static,
    {
        // From here until it is answered; its name is the code that decides.
        let span = tracing::debug_span!("command", code.function.name = std::any::type_name::<F>());
        self.send(Work::Command(Box::new(Decision { command: Some(command), outcome: None, reply, span })))
    }

    pub fn install(&self, board: BoardId, install: Install, reply: Reply<()>) -> Result<(), WriteError> {
        self.send(Work::Install { board, install, reply })
    }

    pub async fn checkpoint(&self) -> Result<(), WriteError> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::Checkpoint { reply })?;
        answer.await.unwrap_or(Err(WriteError::Unavailable))
    }

    pub async fn close(&self) {
        let (closed, is_closed) = oneshot::channel();
        // However the thread ended, it has.
        if self.queue.send(Work::Close { closed }).await.is_ok() {
            let _ = is_closed.await;
        }
    }

    fn send(&self, work: Work) -> Result<(), WriteError> {
        self.queue.try_send(work).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => WriteError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => WriteError::Unavailable,
        })
    }
}

/// A command with its caller, whatever it returns.
trait Command: Send {
    /// Decides against the transaction. An error means that the transaction itself is broken.
    fn decide(&mut self, tx: &mut Tx<'_>) -> rusqlite::Result<()>;
    /// Answers the caller, once it is known whether the transaction holds.
    fn answer(self: Box<Self>, committed: bool);
    /// From its submission to its answer.
    fn span(&self) -> &Span;
}

struct Decision<T, F> {
    command: Option<F>,
    outcome: Option<Result<T, Refusal>>,
    reply: Reply<T>,
    span: Span,
}

impl<T, F> Command for Decision<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, TxError> + Send,
{
    fn decide(&mut self, tx: &mut Tx<'_>) -> rusqlite::Result<()> {
        let Some(command) = self.command.take() else { return Ok(()) };
        let _decides = self.span.enter();
        self.outcome = Some(match tx.savepoint(command) {
            Ok(value) => Ok(value),
            Err(TxError::Refused(refusal)) => Err(refusal),
            Err(TxError::Store(error)) => return Err(error),
        });
        Ok(())
    }

    fn answer(self: Box<Self>, committed: bool) {
        let answer = match self.outcome {
            Some(outcome) if committed => outcome.map_err(WriteError::Refused),
            _ => Err(WriteError::Unavailable),
        };
        // The span ends before its caller's can.
        drop(self.span);
        // A caller that went away doesn't want to know.
        let _ = self.reply.send(answer);
    }

    fn span(&self) -> &Span {
        &self.span
    }
}

struct Thread {
    connection: Connection,
    work: mpsc::Receiver<Work>,
    folds: Folds,
    counters: Counters,
    options: Options,
    subscribers: Arc<Mutex<Vec<Arc<dyn Subscriber>>>>,
    published: Arc<AtomicU64>,
    oldest: Arc<AtomicU64>,
    // Held as long as this thread can write: a second server on the same directory refuses to start.
    lock: File,
}

impl Thread {
    /// Works until it is told to close, or nobody is left who could tell it anything.
    fn run(mut self) {
        let closed = self.work_off();
        // In this order: whoever is told may open the directory at once.
        drop(self.connection);
        drop(self.lock);
        if let Some(closed) = closed {
            let _ = closed.send(());
        }
    }

    fn work_off(&mut self) -> Option<oneshot::Sender<()>> {
        let mut waiting = Vec::with_capacity(GROUP);
        while self.work.blocking_recv_many(&mut waiting, GROUP) > 0 {
            let mut waiting_now = waiting.drain(..).peekable();
            while waiting_now.peek().is_some() {
                // Commands that stand together make a group; what isn't a command stands between two groups.
                let mut group = Vec::new();
                while let Some(Work::Command(_)) = waiting_now.peek() {
                    if let Some(Work::Command(command)) = waiting_now.next() {
                        group.push(command);
                    }
                }
                self.groups(group);
                match waiting_now.next() {
                    Some(Work::Install { board, install, reply }) => {
                        let _ = reply.send(self.install(&board, install));
                    }
                    Some(Work::Checkpoint { reply }) => {
                        let _ = reply.send(self.checkpoint());
                    }
                    Some(Work::Close { closed }) => return Some(closed),
                    // A command: it begins the next group.
                    Some(Work::Command(command)) => self.groups(vec![command]),
                    None => break,
                }
            }
        }
        None
    }

    /// Carries the commands out, in as few transactions as their facts allow.
    fn groups(&mut self, commands: Vec<Box<dyn Command>>) {
        let mut rest = commands;
        while !rest.is_empty() {
            rest = self.group(rest);
        }
    }

    /// One transaction. Gives back what didn't fit.
    fn group(&mut self, commands: Vec<Box<dyn Command>>) -> Vec<Box<dyn Command>> {
        let before = (self.folds.clone(), self.counters);
        let span = commit_span(&commands).entered();
        let mut decided: Vec<Box<dyn Command>> = Vec::with_capacity(commands.len());
        let mut rest = commands.into_iter();
        let committed = self.transact(&mut rest, &mut decided);
        match committed {
            Ok(commit) => {
                self.publish(&commit);
                drop(span);
                for command in decided {
                    command.answer(true);
                }
            }
            Err(error) => {
                tracing::error!(%error, "a commit failed: none of it took effect");
                end_if_corrupt(&error);
                (self.folds, self.counters) = before;
                for command in decided {
                    command.answer(false);
                }
            }
        }
        self.folds.bound();
        rest.collect()
    }

    fn transact(
        &mut self,
        commands: &mut impl Iterator<Item = Box<dyn Command>>,
        decided: &mut Vec<Box<dyn Command>>,
    ) -> rusqlite::Result<Commit> {
        let begun = Instant::now();
        let changes = self.connection.total_changes();
        let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
        let transaction = match transaction {
            Ok(transaction) => transaction,
            Err(error) => {
                // Whoever waits in this group waits in vain.
                decided.extend(commands);
                return Err(error);
            }
        };
        let mut tx = Tx::begin(&transaction, &mut self.folds, &mut self.counters, &self.options);
        while tx.facts() < GROUP_FACTS {
            let Some(mut command) = commands.next() else { break };
            let decision = command.decide(&mut tx);
            decided.push(command);
            decision?;
        }
        let mut commit = tx.finish()?;
        let wrote = transaction.total_changes() > changes;
        let decided_at = Instant::now();
        tracing::debug_span!("sync").in_scope(|| transaction.commit())?;
        commit.took = wrote.then(|| Took { whole: begun.elapsed(), durable: decided_at.elapsed() });
        commit.commands = decided.len();
        Ok(commit)
    }

    fn publish(&self, commit: &Commit) {
        let _publishes = tracing::debug_span!("publish", facts = commit.facts.len(), head = commit.head).entered();
        for subscriber in self.subscribers.lock().expect("no subscriber panics").iter() {
            subscriber.committed(commit);
        }
        self.oldest.store(commit.oldest, Ordering::Release);
        self.published.store(commit.head, Ordering::Release);
    }

    fn install(&mut self, board: &BoardId, install: Install) -> Result<(), WriteError> {
        let fold = self.folds.load(&self.connection, board).map_err(|error| {
            tracing::error!(%error, "a board can't be read");
            end_if_corrupt(&error);
            WriteError::Unavailable
        })?;
        let fold = fold.ok_or_else(|| Refusal::not_found("board", board.as_str()))?;
        install(fold, self.counters.head);
        Ok(())
    }

    /// Moves the write-ahead log into the file and empties it, so that what was deleted is nowhere any more.
    fn checkpoint(&mut self) -> Result<(), WriteError> {
        if !self.counters.unchecked {
            return Ok(());
        }
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        let noted = emptied.and_then(|busy| {
            if busy == 0 {
                self.connection.execute("UPDATE log SET unchecked = 0", [])?;
                self.counters.unchecked = false;
            }
            Ok(())
        });
        noted.map_err(|error| {
            tracing::warn!(%error, "the write-ahead log can't be emptied yet");
            WriteError::Unavailable
        })
    }
}

/// A group's transaction until its facts are published: a part of the first command's time, followed by the others'.
fn commit_span(commands: &[Box<dyn Command>]) -> Span {
    let Some((first, others)) = commands.split_first() else { return Span::none() };
    let span = tracing::debug_span!(parent: first.span(), "commit", commands = commands.len());
    for other in others {
        other.span().follows_from(&span);
    }
    span
}

/// A database found damaged while it runs: going on could make it worse.
fn end_if_corrupt(error: &rusqlite::Error) {
    if matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
    ) {
        eprintln!("boardcast: the database is damaged: {error}");
        std::process::exit(1);
    }
}
