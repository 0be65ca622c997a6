use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use boardcast_shared::BoardId;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

use super::command::Command;
use super::{Install, Work};
use crate::domain::refusal::Refusal;
use crate::events::{Commit, Subscriber, Took};
use crate::store::folds::Folds;
use crate::store::tx::{Counters, Tx};
use crate::store::{Options, WriteError};

/// How many commands one transaction takes at the most.
const GROUP: usize = 512;
/// After so many facts a transaction takes no further command.
const GROUP_FACTS: usize = 8192;

pub(super) struct Thread {
    pub connection: Connection,
    pub work: mpsc::Receiver<Work>,
    pub folds: Folds,
    pub counters: Counters,
    pub options: Options,
    pub subscribers: Arc<Mutex<Vec<Arc<dyn Subscriber>>>>,
    pub published: Arc<AtomicU64>,
    pub oldest: Arc<AtomicU64>,
    // Held as long as this thread can write: a second server on the same directory refuses to start.
    pub lock: File,
}

impl Thread {
    /// Works until it is told to close, or nobody is left who could tell it anything.
    pub fn run(mut self) {
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
