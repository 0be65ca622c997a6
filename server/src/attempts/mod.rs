//! The life of an attempt that is run here: agents at work in worktrees of their own.
//!
//! ```text
//!  queue.rs  whose turn it is ──► life.rs  one attempt: worktree, turns, rest ──► agents/  its process
//!                                   │  ▲                                            │
//!                       place.rs ◄──┘  └── scribe.rs  what it says, into the log ◄──┘
//! ```
//!
//! `control.rs`, `inside.rs`, `push.rs` and `rebase.rs` are what handlers ask, `restart.rs` what a start finds and an end leaves, `tidy.rs` what deletion leaves
//! behind, `trial.rs` the test of an agent. The store says where an attempt stands; what is here only says who works.

mod control;
mod inside;
mod life;
mod place;
mod push;
mod queue;
mod rebase;
mod restart;
mod scribe;
mod start;
mod tidy;
mod trial;
mod turn;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boardcast_shared::AttemptId;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::checkouts::Checkouts;
use crate::git::turns::Turns;
use crate::store::{Store, Tx, TxError, WriteError};

pub use control::{AttemptError, Discard, NewAttempt};
pub use push::Pushed;
pub use rebase::OnBase;
pub use start::default_max_attempts;
pub use trial::Trial;

use life::Held;
use place::Places;

/// How long a write waits before it is offered to a store that refused it.
const RETRY: Duration = Duration::from_millis(500);

/// The attempts that are run here. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Attempts {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    checkouts: Checkouts,
    places: Places,
    turns: Turns,
    /// Who works in an attempt's worktree, by its id: its agent's turn, or a rebase.
    desks: Turns,
    /// One for each attempt that may run at once.
    slots: Arc<Semaphore>,
    /// One for each agent that may rest between two turns.
    resting: Semaphore,
    held: Mutex<HashMap<AttemptId, Held>>,
    /// The queue is to be looked at.
    queue: Arc<Notify>,
    /// Something was deleted.
    tidy: Arc<Notify>,
    trials: Arc<Semaphore>,
    tasks: TaskTracker,
    /// No further turn begins.
    closing: AtomicBool,
    /// What runs is to end.
    end: CancellationToken,
}

impl Attempts {
    fn store(&self) -> &Store {
        &self.inner.store
    }

    fn held(&self) -> MutexGuard<'_, HashMap<AttemptId, Held>> {
        // What is locked here stays whole between any two statements, so a panic elsewhere breaks nothing.
        self.inner.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closing(&self) -> bool {
        self.inner.closing.load(Ordering::Acquire)
    }

    fn scratch(&self) -> PathBuf {
        self.inner.places.scratch()
    }

    /// Writes what mustn't be lost: again and again while the store is busy, until the server ends. None when it was
    /// refused (what it is about is gone) or the store takes no more.
    async fn insist<T, F>(&self, command: F) -> Option<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, TxError> + Clone + Send + 'static,
    {
        loop {
            let command = command.clone();
            match self.store().write(move |tx| command(tx)).await {
                Ok(written) => return Some(written),
                Err(WriteError::Refused(refusal)) => {
                    tracing::debug!(%refusal, "an attempt's fact isn't taken");
                    return None;
                }
                // While the server ends nobody waits for the disk.
                Err(WriteError::Overloaded | WriteError::Unavailable) if self.inner.end.is_cancelled() => return None,
                Err(WriteError::Overloaded | WriteError::Unavailable) => tokio::time::sleep(RETRY).await,
            }
        }
    }
}
