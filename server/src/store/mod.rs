//! The only SQL: one SQLite file with the log and all state.
//!
//! ```text
//! open.rs        the file: created, locked, checked, migrated
//! writer.rs      the one thread that writes: many commands, one transaction, then the commit is published
//! tx.rs          what a command works with: append a fact, change a board
//! idempotency.rs first answers, for repeats
//! hourly.rs      sums by hour, for the dashboard
//! dashboard.rs   what the dashboard knows of a board
//! boards.rs attempts/ agents.rs profiles.rs chosen.rs git.rs reports.rs   commands and reads, by subject
//! tokens.rs      tokens and sessions, as hashes
//! log.rs         reading the log: pages after a cursor, horizons
//! seal.rs        what the database holds of secrets
//! upkeep.rs      trimming and purging, in small steps
//! ```

mod agents;
mod attempts;
mod boards;
mod chosen;
mod dashboard;
mod folds;
mod git;
mod hourly;
mod idempotency;
mod log;
mod open;
mod profiles;
mod reads;
mod reports;
mod seal;
mod tokens;
mod tx;
mod upkeep;
mod writer;

use std::path::Path;
use std::sync::Arc;

use boardcast_shared::{BoardId, Time};
use tokio::sync::oneshot;

use crate::domain::actor::{Actor, ActorKind};
use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::events::Subscriber;

pub use agents::{AgentChange, BUILT_IN, NewAgent};
pub use attempts::{
    AfterTurn, Asked, Begun, Brief, INTERRUPTED, NewRun, Run, Slot, TurnOutcome, branch_exists, not_run_here,
};
pub use boards::{BoardChange, NewBoard};
pub use chosen::{AgentProgram, Chosen, Equipment};
pub use idempotency::{Answer, Cause, Idempotency, Subject};
pub use log::{EventPage, EventQuery, Horizons, LogPage, LoggedEvent, LoggedFrame, trimmed};
pub use open::OpenError;
pub use profiles::{NewProfile, ProfileChange};
pub use reads::Read;
pub use reports::{Accepted, Ingested, Reported, unknown_board};
pub use tokens::{KnownSession, KnownToken, Secret};
pub use tx::{Tx, TxError};
pub use upkeep::Retention;

/// How a fact is put into words: the frame's event and data. Handed in, so that the store knows no client.
pub type Encode = fn(&DomainEvent) -> (&'static str, Vec<u8>);

/// What time it is. Handed in, so that tests can move it.
pub type Now = Arc<dyn Fn() -> Time + Send + Sync>;

/// What the store is opened with.
#[derive(Clone)]
pub struct Options {
    /// How much of the log is kept.
    pub retention: Retention,
    /// How a fact is put into words.
    pub encode: Encode,
    /// What time it is.
    pub now: Now,
}

/// The log and all state. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: reads::Readers,
    epoch: Arc<str>,
    actor: Arc<Actor>,
}

/// A write that didn't happen.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It was refused, and changed nothing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The queue is full. It changed nothing.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The disk refused. It changed nothing.
    #[error("the commit failed")]
    Unavailable,
}

/// A read that didn't happen.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What was asked for isn't there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The disk refused.
    #[error("reading the store: {0}")]
    Store(#[from] rusqlite::Error),
    /// Too many reads are waiting.
    #[error("too many reads are waiting")]
    Overloaded,
}

impl Store {
    /// Opens the store under `dir`, creating it when there is none.
    ///
    /// # Errors
    /// Another server has it, or the file is damaged, foreign or newer: it is then left as it is.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let opened = open::open(dir)?;
        let path = opened.path;
        Ok(Self {
            writer: writer::Writer::spawn(opened.connection, opened.lock, opened.head, options)?,
            readers: reads::Readers::new(path),
            epoch: opened.epoch.into(),
            actor: Arc::new(Actor::of(ActorKind::Server)),
        })
    }

    /// The same store; what is written through it, that one causes.
    #[must_use]
    pub fn by(&self, actor: ActorKind) -> Self {
        Self { actor: Arc::new(Actor::of(actor)), ..self.clone() }
    }

    /// Ends the writing, after what waits for it now. Later writes are unavailable, and the directory is free for
    /// another server.
    pub async fn close(&self) {
        self.writer.close().await;
    }

    /// Who else hears of each commit, in order. Called before anything is written.
    pub fn subscribe(&self, subscriber: Arc<dyn Subscriber>) {
        self.writer.subscribe(subscriber);
    }

    /// Names the log.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The newest seq that is committed and published.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.writer.head()
    }

    /// The oldest event that is kept; 0 in an empty log.
    #[must_use]
    pub fn oldest(&self) -> u64 {
        self.writer.oldest()
    }

    /// How many commands wait for the writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Carries a command out: its changes and facts are durable together, or nothing of it happened.
    ///
    /// # Errors
    /// See [`WriteError`]; in each case nothing took effect.
    pub async fn write<T, F>(&self, command: F) -> Result<T, WriteError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, TxError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let actor = self.actor.clone();
        let caused = move |tx: &mut Tx<'_>| {
            tx.act_for(&actor);
            command(tx)
        };
        self.writer.submit(caused, reply)?;
        answer.await.unwrap_or(Err(WriteError::Unavailable))
    }

    /// Carries a command out that answers a request, once for each idempotency key.
    ///
    /// # Errors
    /// See [`WriteError`]; a key that came with another request is refused.
    pub async fn answer<F>(&self, cause: Cause, command: F) -> Result<Answer, WriteError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<Answer, TxError> + Send + 'static,
    {
        self.write(move |tx| tx.answer_once(cause, command)).await
    }

    /// Hands the board's fold to the subscribers' `install`, between two commits, so that nothing falls between.
    ///
    /// # Errors
    /// The board isn't there, or the store is not available.
    pub async fn with_fold<F>(&self, board: BoardId, install: F) -> Result<(), WriteError>
    where
        F: FnOnce(&crate::domain::fold::BoardFold, u64) + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.writer.install(board, Box::new(install), reply)?;
        answer.await.unwrap_or(Err(WriteError::Unavailable))
    }

    /// Reads, at one moment of the log.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn read<T, F>(&self, query: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Read<'_>) -> Result<T, ReadError> + Send + 'static,
    {
        self.readers.run(query).await
    }

    /// One small step of trimming and purging; says whether more is to do.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn upkeep(&self) -> Result<bool, WriteError> {
        let more = self.write(|tx| tx.upkeep()).await?;
        if !more {
            self.writer.checkpoint().await?;
        }
        Ok(more)
    }
}
