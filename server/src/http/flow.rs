//! How a connection's bytes flow. A connection notes what it does in a few numbers; one task looks at all of them each
//! second and ends those that are too slow. No connection carries a timer of its own for that.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use slab::Slab;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

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
    started: Instant,
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
    fn new() -> Self {
        Self {
            started: Instant::now(),
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
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn details(&self) -> std::sync::MutexGuard<'_, Details> {
        self.details.lock().expect("nobody panics with the details")
    }

    /// A request's head is complete.
    pub fn request_begins(&self) {
        self.turn.store(OURS, Ordering::Relaxed);
        self.head_since.store(0, Ordering::Relaxed);
        self.idle_since.store(0, Ordering::Relaxed);
        let mut details = self.details();
        details.base = self.written.load(Ordering::Relaxed);
        details.handed = 0;
        details.held = None;
    }

    /// A response is complete; the connection is kept for another request.
    pub fn response_ends(&self) {
        self.turn.store(LEAVING, Ordering::Relaxed);
        self.idle_since.store(self.now(), Ordering::Relaxed);
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

    fn end(&self) {
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
                if self.blocked_since.load(Ordering::Relaxed) != 0 {
                    self.blocked_since.store(0, Ordering::Relaxed);
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                if self.blocked_since.load(Ordering::Relaxed) == 0 {
                    self.blocked_since.store(self.now(), Ordering::Relaxed);
                }
                self.details().writer = Some(cx.waker().clone());
            }
        }
    }
}

/// All connections.
#[derive(Clone, Default)]
pub struct Flows(Arc<Mutex<Slab<Arc<Flow>>>>);

/// A connection's place among all; dropping it is the only way out.
pub struct Place {
    flows: Flows,
    slot: usize,
    /// Its numbers.
    pub flow: Arc<Flow>,
}

impl Flows {
    /// A new connection.
    #[must_use]
    pub fn enter(&self) -> Place {
        let flow = Arc::new(Flow::new());
        let slot = self.0.lock().expect("nobody panics with the flows").insert(flow.clone());
        Place { flows: self.clone(), slot, flow }
    }

    /// How many connections there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().expect("nobody panics with the flows").len()
    }

    /// Whether there is no connection.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Ends the connections that are too slow.
    pub fn sweep(&self) {
        let all: Vec<Arc<Flow>> =
            self.0.lock().expect("nobody panics with the flows").iter().map(|(_, flow)| flow.clone()).collect();
        all.iter().filter(|flow| flow.is_too_slow()).for_each(|flow| flow.end());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.flows.0.lock().expect("nobody panics with the flows").remove(self.slot);
    }
}

/// A socket whose flow is noted. What hyper answers by itself is kept back, so that we can answer in our own words.
pub struct Watched<S> {
    socket: S,
    flow: Arc<Flow>,
    kept_back: Vec<u8>,
}

/// Hyper's own answers are a head of four short lines.
const KEPT_BACK_BYTES: usize = 1024;

impl<S> Watched<S> {
    /// Notes the socket's reads and writes in `flow`.
    pub fn new(socket: S, flow: Arc<Flow>) -> Self {
        Self { socket, flow, kept_back: Vec::new() }
    }

    /// What hyper would have answered to bytes that are no request.
    #[must_use]
    pub fn take_kept_back(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.kept_back)
    }

    fn keep_back(&mut self, parts: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let bytes = parts.iter().map(|part| part.len()).sum();
        if self.kept_back.len() + bytes > KEPT_BACK_BYTES {
            return Err(io::Error::other("an answer without a request"));
        }
        parts.iter().for_each(|part| self.kept_back.extend_from_slice(part));
        Ok(bytes)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.flow.refuse_if_ended()?;
        let before = buf.filled().len();
        let result = Pin::new(&mut self.socket).poll_read(cx, buf);
        match &result {
            Poll::Pending => {
                self.flow.details().reader = Some(cx.waker().clone());
                self.flow.refuse_if_ended()?;
            }
            Poll::Ready(Ok(())) => self.flow.has_read(buf.filled().len() - before),
            Poll::Ready(Err(_)) => {}
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn note(&self, result: Poll<io::Result<usize>>, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        self.flow.has_written(&result, cx);
        if result.is_pending() {
            self.flow.refuse_if_ended()?;
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.flow.refuse_if_ended()?;
        if self.flow.is_nobodys_turn() {
            return Poll::Ready(self.keep_back(&[io::IoSlice::new(buf)]));
        }
        let result = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.note(result, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.flow.refuse_if_ended()?;
        if self.flow.is_nobodys_turn() {
            return Poll::Ready(self.keep_back(bufs));
        }
        let result = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.note(result, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.flow.has_flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.kept_back.is_empty() {
            // The answer is still to come.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
