//! The one thread that writes.
//!
//! Commands wait in a bounded queue. Those that wait together are decided one after the other in one transaction, each
//! in a savepoint of its own, so that a refused one takes nothing with it and leaves no hole in seq. After the commit
//! the facts are published, in order, by this same thread; then the answers leave.

mod command;
mod thread;

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use boardcast_shared::BoardId;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use self::command::{Command, Decision};
use self::thread::Thread;
use super::folds::Folds;
use super::tx::{Counters, Tx, TxError};
use super::{OpenError, Options, WriteError};
use crate::domain::fold::BoardFold;
use crate::events::Subscriber;

/// How many commands may wait; one more is refused as overloaded.
const QUEUE: usize = 4096;

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
        self.send(Work::Command(Box::new(Decision::new(command, reply, span))))
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
