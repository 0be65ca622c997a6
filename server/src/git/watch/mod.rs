//! Repositories, live.
//!
//! ```text
//! eyes.rs       what the file system reports: one watcher for all, a signal for each checkout
//! view.rs       which folders of a checkout are watched
//! identity.rs   is this still the folder it was?
//! family.rs     the checkouts of a board that share one repository: their commits and pushes, in order
//! checkout.rs   the life of one watched checkout: arrive, look, wait, vanish, return
//! ```

mod checkout;
mod eyes;
mod family;
mod identity;
mod view;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boardcast_shared::{AttemptId, BoardId, GitStatus, Time};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::commits::Commit;
use eyes::Eyes;
use family::Families;

/// How many git processes all checkouts together run at once.
const PROCESSES: usize = 2;

/// A work tree to be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Whose board it is.
    pub board_id: BoardId,
    /// Whose attempt; none is the board's own checkout.
    pub attempt: Option<AttemptId>,
    /// The top of the work tree.
    pub path: PathBuf,
}

/// Something seen in a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The board.
    pub board_id: BoardId,
    /// The attempt whose checkout it is; none for the board's own, and for every push: a push belongs to a branch.
    pub attempt: Option<AttemptId>,
    /// What was seen.
    pub fact: Fact,
}

/// What can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The checkout is in another state than the one last told.
    Status(GitStatus),
    /// A commit was made in it.
    Commit(Commit),
    /// A branch was pushed from the repository; told once a board, however many checkouts it has there.
    Push {
        /// The remote's name.
        remote: String,
        /// The branch on the remote.
        branch: String,
        /// Where it is now.
        sha: String,
        /// When it was pushed.
        ts: Time,
    },
}

/// Watches checkouts and tells what happens in them. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Watcher {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    context: Context,
    running: Mutex<HashMap<Key, Running>>,
}

type Key = (BoardId, Option<AttemptId>);

/// What every watched checkout shares.
#[derive(Debug, Clone)]
struct Context {
    sink: mpsc::Sender<Observed>,
    processes: Arc<Semaphore>,
    eyes: Arc<Eyes>,
    families: Arc<Families>,
    cancel: CancellationToken,
}

#[derive(Debug)]
struct Running {
    path: PathBuf,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Watcher {
    /// A watcher that tells `sink` what it sees until `cancel` is cancelled. While the sink is full it waits: statuses
    /// are then fewer, commits and pushes late, none is lost.
    #[must_use]
    pub fn spawn(sink: mpsc::Sender<Observed>, cancel: CancellationToken) -> Self {
        Self::with(Eyes::open(), sink, cancel)
    }

    /// One that looks every second instead of being told by the file system: for those that tell nothing (a network's).
    #[must_use]
    pub fn polling(sink: mpsc::Sender<Observed>, cancel: CancellationToken) -> Self {
        Self::with(Eyes::closed(), sink, cancel)
    }

    fn with(eyes: Eyes, sink: mpsc::Sender<Observed>, cancel: CancellationToken) -> Self {
        let context = Context {
            sink,
            processes: Arc::new(Semaphore::new(PROCESSES)),
            eyes: Arc::new(eyes),
            families: Arc::default(),
            cancel,
        };
        Self { inner: Arc::new(Inner { context, running: Mutex::default() }) }
    }

    /// Begins to watch. Returns when what happens from now on will be seen, or when there is no repository at the path:
    /// it is then waited for. A checkout that is watched already stays so, unless its path is another now.
    pub async fn watch(&self, checkout: Checkout) {
        let key = (checkout.board_id.clone(), checkout.attempt.clone());
        let before = {
            let mut running = self.running();
            if running.get(&key).is_some_and(|before| before.path == checkout.path) {
                return;
            }
            running.remove(&key)
        };
        if let Some(before) = before {
            before.end().await;
        }
        let (ready, is_ready) = oneshot::channel();
        let cancel = self.inner.context.cancel.child_token();
        let path = checkout.path.clone();
        let life = checkout::live(self.inner.context.clone(), checkout, ready);
        let token = cancel.clone();
        let task = tokio::spawn(async move {
            token.run_until_cancelled(life).await;
        });
        let raced = self.running().insert(key, Running { path, cancel, task });
        if let Some(raced) = raced {
            raced.end().await;
        }
        let _ = is_ready.await;
    }

    /// Ends watching a checkout; after it returns nothing more is told of it.
    pub async fn unwatch(&self, board_id: &BoardId, attempt: Option<&AttemptId>) {
        let removed = self.running().remove(&(board_id.clone(), attempt.cloned()));
        if let Some(removed) = removed {
            removed.end().await;
        }
    }

    /// Ends watching all checkouts of a board; after it returns nothing more is told of them.
    pub async fn unwatch_board(&self, board_id: &BoardId) {
        let removed: Vec<_> = self.running().extract_if(|(board, _), _| board == board_id).collect();
        for (_, removed) in removed {
            removed.end().await;
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Key, Running>> {
        lock(&self.inner.running)
    }
}

impl Running {
    async fn end(self) {
        self.cancel.cancel();
        let _ = self.task.await;
    }
}

/// What is locked here stays whole between any two statements, so a panic elsewhere breaks nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
