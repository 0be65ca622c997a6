//! Readers: a few connections of their own, each read at one moment of the log.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardcast_shared::Time;
use rusqlite::{Connection, Row};
use tokio::sync::Semaphore;

pub use super::ReadError;
use super::open;
use super::tx::Counters;

/// How many reads run at once.
const CONNECTIONS: usize = 4;
/// How long a read waits for its turn before it is refused.
const PATIENCE: Duration = Duration::from_secs(10);

/// The reading connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Readers {
    path: Arc<PathBuf>,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

/// One moment of the log, to be read.
pub struct Read<'a> {
    pub(super) db: &'a Connection,
    pub(super) counters: Counters,
}

impl Read<'_> {
    /// The newest seq at this moment.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.counters.head
    }
}

impl Readers {
    pub fn new(path: PathBuf) -> Self {
        Self { path: Arc::new(path), turns: Arc::new(Semaphore::new(CONNECTIONS)), idle: Arc::default() }
    }

    pub async fn run<T, F>(&self, query: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Read<'_>) -> Result<T, ReadError> + Send + 'static,
    {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(ReadError::Overloaded) };
        let readers = self.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let answer = readers.run_now(query);
            drop(turn);
            answer
        });
        answer.await.unwrap_or(Err(ReadError::Overloaded))
    }

    fn run_now<T>(&self, query: impl FnOnce(&Read<'_>) -> Result<T, ReadError>) -> Result<T, ReadError> {
        let idle = self.idle.lock().expect("no reader panics with the lock").pop();
        let mut connection = idle.map_or_else(|| open::connect(&self.path), Ok)?;
        let answer = {
            let moment = connection.transaction()?;
            let counters = Counters::load(&moment)?;
            query(&Read { db: &moment, counters })
        };
        self.idle.lock().expect("no reader panics with the lock").push(connection);
        answer
    }
}

pub(super) fn time(row: &Row<'_>, at: usize) -> rusqlite::Result<Time> {
    row.get(at).map(Time::from_millis)
}

pub(super) fn time_maybe(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Time>> {
    row.get::<_, Option<i64>>(at).map(|millis| millis.map(Time::from_millis))
}
