use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWrite as _, AsyncWriteExt, DuplexStream};

use super::sweep::{Place, SWEEP};
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
