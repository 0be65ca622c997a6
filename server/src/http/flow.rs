//! How a connection's bytes flow. A connection notes what it does in a few numbers; one task looks at all of them each
//! second and ends those that are too slow. No connection carries a timer of its own for that.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use slab::Slab;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

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
/// From one look at the connections to the next.
const SWEEP: Duration = Duration::from_secs(1);

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
        if self.blocked_since.load(Ordering::Relaxed) != 0 {
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
#[derive(Clone)]
pub struct Flows {
    clock: Clock,
    all: Arc<Mutex<Slab<Arc<Flow>>>>,
}

/// A connection's place among all; dropping it is the only way out.
pub struct Place {
    flows: Flows,
    slot: usize,
    /// Its numbers.
    pub flow: Arc<Flow>,
}

impl Flows {
    /// No connections yet; they are timed by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, all: Arc::default() }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Slab<Arc<Flow>>> {
        self.all.lock().expect("nobody panics with the flows")
    }

    /// A new connection.
    #[must_use]
    pub fn enter(&self) -> Place {
        let flow = Arc::new(Flow::new(self.clock.clone()));
        let slot = self.all().insert(flow.clone());
        Place { flows: self.clone(), slot, flow }
    }

    /// How many connections have bytes waiting that their client doesn't take.
    #[must_use]
    pub fn blocked(&self) -> usize {
        self.all().iter().filter(|(_, flow)| flow.blocked_since.load(Ordering::Relaxed) != 0).count()
    }

    /// Looks at all connections each second, for ever.
    pub async fn keep_sweeping(&self) {
        loop {
            self.clock.until(self.clock.elapsed() + SWEEP).await;
            self.sweep();
        }
    }

    /// Ends the connections that are too slow.
    pub fn sweep(&self) {
        let all: Vec<Arc<Flow>> = self.all().iter().map(|(_, flow)| flow.clone()).collect();
        all.iter().filter(|flow| flow.is_too_slow()).for_each(|flow| flow.end());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.flows.all().remove(self.slot);
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
        for part in parts {
            self.kept_back.extend_from_slice(part);
        }
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
        match &flushed {
            Poll::Ready(Ok(())) => self.flow.has_flushed(),
            Poll::Ready(Err(_)) => {}
            // Under TLS bytes wait there, too.
            Poll::Pending => {
                self.flow.has_written(&Poll::Pending, cx);
                self.flow.refuse_if_ended()?;
            }
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    use super::*;

    /// So much the pipe takes before its reader must.
    const PIPE: usize = 4096;

    /// A connection with more to write than its client takes, at a time that the test moves.
    struct Waiting {
        clock: Clock,
        flows: Flows,
        place: Place,
        socket: Watched<DuplexStream>,
        client: DuplexStream,
    }

    impl Waiting {
        fn new() -> Self {
            let clock = Clock::manual();
            let flows = Flows::new(clock.clone());
            let place = flows.enter();
            place.flow.request_begins();
            let (socket, client) = tokio::io::duplex(PIPE);
            let socket = Watched::new(socket, place.flow.clone());
            let mut waiting = Self { clock, flows, place, socket, client };
            waiting.write();
            waiting
        }

        /// Writes as much as the client leaves room for, and waits with the rest.
        fn write(&mut self) {
            let mut cx = Context::from_waker(Waker::noop());
            while let Poll::Ready(written) = Pin::new(&mut self.socket).poll_write(&mut cx, &[b'x'; PIPE]) {
                written.expect("it hasn't been ended");
            }
        }

        async fn takes(&mut self, bytes: usize) {
            self.client.read_exact(&mut vec![0; bytes]).await.expect("so much is there");
            self.write();
        }

        fn passes(&self, seconds: u64) {
            for _ in 0..seconds {
                self.clock.advance(SWEEP);
                self.flows.sweep();
            }
        }

        fn is_ended(&self) -> bool {
            self.place.flow.refuse_if_ended().is_err()
        }
    }

    #[tokio::test]
    async fn a_reader_that_takes_less_than_a_kibibyte_a_minute_is_ended_and_one_that_takes_it_is_not() {
        for (bytes, ended) in [(0, true), (1023, true), (1024, false)] {
            let mut waiting = Waiting::new();
            waiting.passes(30);
            waiting.takes(bytes).await;
            waiting.passes(29);
            assert!(!waiting.is_ended(), "{bytes} bytes: the minute isn't over");
            waiting.passes(1);
            assert_eq!(waiting.is_ended(), ended, "{bytes} bytes");
        }
    }

    #[tokio::test]
    async fn each_minute_is_measured_anew() {
        let mut waiting = Waiting::new();
        for _ in 0..5 {
            waiting.passes(30);
            waiting.takes(1024).await;
            waiting.passes(30);
            assert!(!waiting.is_ended());
        }
        waiting.passes(60);
        assert!(waiting.is_ended(), "what it took before doesn't count any more");
    }

    #[tokio::test]
    async fn a_reader_for_whom_nothing_waits_is_never_ended() {
        let clock = Clock::manual();
        let flows = Flows::new(clock.clone());
        let place = flows.enter();
        place.flow.request_begins();
        let (socket, _client) = tokio::io::duplex(PIPE);
        let mut socket = Watched::new(socket, place.flow.clone());
        socket.write_all(b"all of it").await.expect("there is room");
        clock.advance(Duration::from_secs(24 * 60 * 60));
        flows.sweep();
        place.flow.refuse_if_ended().expect("idle is not slow");
    }

    #[tokio::test]
    async fn whoever_takes_nothing_for_five_seconds_of_an_outdated_board_is_ended() {
        for (outdated, ended) in [(true, true), (false, false)] {
            let mut waiting = Waiting::new();
            waiting.place.flow.holds(3 * PIPE, Box::new(move || outdated));
            waiting.passes(4);
            waiting.takes(1).await;
            waiting.passes(4);
            assert!(!waiting.is_ended(), "it took something four seconds ago");
            waiting.passes(1);
            assert_eq!(waiting.is_ended(), ended, "outdated: {outdated}");
        }
    }

    #[tokio::test]
    async fn an_outdated_board_that_has_been_taken_is_held_no_more() {
        let mut waiting = Waiting::new();
        waiting.place.flow.holds(PIPE + 100, Box::new(|| true));
        waiting.takes(100).await;
        waiting.passes(59);
        assert!(!waiting.is_ended(), "what waits now is not the board");
    }

    #[tokio::test]
    async fn an_end_wakes_a_write_that_waits() {
        let Waiting { clock, flows, place: _place, mut socket, client: _client } = Waiting::new();
        let write = tokio::spawn(async move { socket.write_all(b"more").await });
        tokio::task::yield_now().await;
        clock.advance(SLOWEST_PATIENCE);
        flows.sweep();
        let error = write.await.expect("it doesn't panic").expect_err("it was ended");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_is_waited_for_ten_seconds() {
        let clock = Clock::manual();
        let flows = Flows::new(clock.clone());
        let place = flows.enter();
        clock.advance(HEAD_PATIENCE.checked_sub(Duration::from_millis(1)).expect("it is longer"));
        flows.sweep();
        place.flow.refuse_if_ended().expect("there is time left");
        clock.advance(Duration::from_millis(1));
        flows.sweep();
        assert!(place.flow.refuse_if_ended().is_err());
    }
}
