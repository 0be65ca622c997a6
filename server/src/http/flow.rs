//! How a connection's bytes flow. A connection notes what it does in a few numbers; one task looks at all of them each
//! second and ends those that are too slow. No connection carries a timer of its own for that.

mod socket;
mod sweep;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub use self::socket::Watched;
pub use self::sweep::Flows;
use crate::clock::Clock;

/// A request's head must be complete so soon after its first byte, or after the connection was made.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may be kept open without a request.
const IDLE_PATIENCE: Duration = Duration::from_secs(75);
/// A reader must take this much ...
const SLOWEST_BYTES: u64 = 1024;
/// ... in this time, while something waits for it.
const SLOWEST_PATIENCE: Duration = Duration::from_secs(60);
/// How long a reader may take nothing at all while it holds a board that has changed since.
const OUTDATED_PATIENCE: Duration = Duration::from_secs(5);

/// Whether what a connection holds in memory is of no use any more.
pub type IsOutdated = Box<dyn Fn() -> bool + Send>;

/// One connection's numbers.
pub struct Flow {
    clock: Clock,
    started: Duration,
    written: AtomicU64,
    // Milliseconds since `started` plus one, 0 for "not": since when it waits for the socket, for a head, for a request.
    blocked_since: AtomicU64,
    head_since: AtomicU64,
    idle_since: AtomicU64,
    ended: AtomicBool,
    turn: AtomicU8,
    details: Mutex<Details>,
}

/// No request is at hand: whatever hyper writes now is its own answer to what it couldn't read.
const NOBODYS: u8 = 0;
/// A request is being answered.
const OURS: u8 = 1;
/// Its answer is complete, but not all of it has left.
const LEAVING: u8 = 2;
/// Several requests share the connection: whatever is written belongs to the protocol.
const SHARED: u8 = 3;

#[derive(Default)]
struct Details {
    // Polls of the socket that a forced end must wake.
    reader: Option<Waker>,
    writer: Option<Waker>,
    // Where the slowness was last measured: when, and how much had been written by then.
    mark: Option<(u64, u64)>,
    // Body bytes handed over so far, from where in `written` they count, and what is held until when.
    handed: u64,
    base: u64,
    held: Option<(u64, IsOutdated)>,
}

impl Flow {
    fn new(clock: Clock) -> Self {
        Self {
            started: clock.elapsed(),
            clock,
            written: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            head_since: AtomicU64::new(1),
            idle_since: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            turn: AtomicU8::new(NOBODYS),
            details: Mutex::default(),
        }
    }

    fn now(&self) -> u64 {
        let since = self.clock.elapsed().saturating_sub(self.started);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn details(&self) -> std::sync::MutexGuard<'_, Details> {
        self.details.lock().expect("nobody panics with the details")
    }

    /// From now on several requests share the connection.
    pub fn is_shared(&self) {
        self.turn.store(SHARED, Ordering::Relaxed);
    }

    fn take_turn(&self, turn: u8) {
        if self.turn.load(Ordering::Relaxed) != SHARED {
            self.turn.store(turn, Ordering::Relaxed);
        }
    }

    /// A request's head is complete.
    pub fn request_begins(&self) {
        self.take_turn(OURS);
        self.head_since.store(0, Ordering::Relaxed);
        self.idle_since.store(0, Ordering::Relaxed);
        let mut details = self.details();
        details.base = self.written.load(Ordering::Relaxed);
        details.handed = 0;
        details.held = None;
    }

    /// A response is complete; the connection is kept for another request.
    pub fn response_ends(&self) {
        self.take_turn(LEAVING);
        self.idle_since.store(self.now(), Ordering::Relaxed);
    }

    /// How many bytes the socket has taken, whatever they are.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Whether it was ended because it was too slow.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Body bytes are on their way to the socket.
    pub fn hand_over(&self, bytes: usize) {
        self.details().handed += bytes as u64;
    }

    /// Among the next `waiting` bytes is a whole board; it is of no use once `is_outdated`.
    pub fn holds(&self, waiting: usize, is_outdated: IsOutdated) {
        let mut details = self.details();
        details.held = Some((details.handed + waiting as u64, is_outdated));
    }

    fn is_blocked(&self) -> bool {
        self.blocked_since.load(Ordering::Relaxed) != 0
    }

    fn is_too_slow(&self) -> bool {
        let now = self.now();
        let longer =
            |since: u64, patience: Duration| since != 0 && Duration::from_millis(now.saturating_sub(since)) >= patience;
        if longer(self.head_since.load(Ordering::Relaxed), HEAD_PATIENCE)
            || longer(self.idle_since.load(Ordering::Relaxed), IDLE_PATIENCE)
        {
            return true;
        }
        let blocked_since = self.blocked_since.load(Ordering::Relaxed);
        let written = self.written.load(Ordering::Relaxed);
        let mut details = self.details();
        if blocked_since == 0 {
            details.mark = None;
            return false;
        }
        let held = details.held.as_ref().filter(|(until, _)| written - details.base < *until);
        if longer(blocked_since, OUTDATED_PATIENCE) && held.is_some_and(|(_, is_outdated)| is_outdated()) {
            return true;
        }
        let (since, before) = *details.mark.get_or_insert((blocked_since, written));
        if !longer(since, SLOWEST_PATIENCE) {
            return false;
        }
        details.mark = Some((now, written));
        written - before < SLOWEST_BYTES
    }

    /// Ends the connection, whatever still waits.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        let mut details = self.details();
        let wakers = [details.reader.take(), details.writer.take()];
        drop(details);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    fn refuse_if_ended(&self) -> io::Result<()> {
        if self.ended.load(Ordering::Acquire) {
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        Ok(())
    }

    /// All that was to be written has been.
    fn has_flushed(&self) {
        if self.is_blocked() {
            self.blocked_since.store(0, Ordering::Relaxed);
        }
        let _ = self.turn.compare_exchange(LEAVING, NOBODYS, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn is_nobodys_turn(&self) -> bool {
        self.turn.load(Ordering::Relaxed) == NOBODYS
    }

    fn has_read(&self, bytes: usize) {
        if bytes > 0 && self.idle_since.swap(0, Ordering::Relaxed) != 0 {
            self.head_since.store(self.now(), Ordering::Relaxed);
        }
    }

    fn has_written(&self, result: &Poll<io::Result<usize>>, cx: &Context<'_>) {
        match result {
            Poll::Ready(Ok(bytes)) => {
                self.written.fetch_add(*bytes as u64, Ordering::Relaxed);
                if self.is_blocked() {
                    self.blocked_since.store(0, Ordering::Relaxed);
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                if !self.is_blocked() {
                    self.blocked_since.store(self.now(), Ordering::Relaxed);
                }
                self.details().writer = Some(cx.waker().clone());
            }
        }
    }
}
