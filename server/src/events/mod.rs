//! Committed facts, in order. This module knows no client: whoever wants to hear is handed each commit, by the thread
//! that made it, before the next one begins.

use std::time::Duration;

use boardcast_shared::{BoardId, Time};
use bytes::Bytes;

use crate::domain::board::BoardDoc;
use crate::domain::fold::BoardFold;

/// One fact as it is in the log.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its place in the log.
    pub seq: u64,
    /// Its board; none for what concerns everybody.
    pub board: Option<BoardId>,
    /// The name of its frame.
    pub event: &'static str,
    /// The data of its frame: one line of JSON.
    pub data: Bytes,
    /// The board as this fact left it, when it is the fact that changed it.
    pub state: Option<BoardDoc>,
}

/// What one transaction made true.
#[derive(Debug, Default)]
pub struct Commit {
    /// The newest seq, also when this commit has no facts.
    pub head: u64,
    /// The oldest event that is kept; 0 in an empty log.
    pub oldest: u64,
    /// In order.
    pub facts: Vec<Fact>,
    /// The touched boards as they are now.
    pub folds: Vec<BoardFold>,
    /// Boards of which anything is different, their settings included.
    pub touched: Vec<BoardId>,
    /// Boards that are gone.
    pub deleted: Vec<BoardId>,
    /// Attempts that were run here went with their card or board, or were deleted.
    pub runs_gone: bool,
    /// When it was made.
    pub time: Option<Time>,
    /// How many commands it carried out, refused ones included.
    pub commands: usize,
    /// How long it took; none where nothing was to be written.
    pub took: Option<Took>,
}

/// How long a transaction took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// From its begin until it was durable.
    pub whole: Duration,
    /// What of that was the database's COMMIT: its pages written and synced to disk.
    pub durable: Duration,
}

/// Hears of every commit, in order, on the writer's own thread: it must be quick and must not wait.
pub trait Subscriber: Send + Sync {
    /// A commit is durable.
    fn committed(&self, commit: &Commit);
}
