//! What a connection sends next: the opening, the events, a heartbeat, the end.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use boardcast_shared::{BoardId, Bye, ByeReason, Heartbeat, SseMsg};
use bytes::Bytes;
use http_body::Frame;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::AbortOnDropHandle;

use super::bus::PAGE_EVENTS;
use super::census::Place;
use super::frame;
use super::reader::{self, BATCH_BYTES, Batch, Reader, Step};
use super::snapshot::Version;
use crate::clock::{Clock, Wait};
use crate::http::flow::Flow;
use crate::metrics::{End, Presence};
use crate::store::{LogPage, Read, ReadError, Store};

/// From one heartbeat to the next.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

type Pages = Pin<Box<dyn Future<Output = Result<Result<Vec<LogPage>, Lost>, ReadError>> + Send>>;

/// What a stream has left to say its last words when its rights are gone.
const LAST_WORDS: Duration = Duration::from_millis(700);

/// What ends a stream from outside.
struct Leash {
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    // Ends the connection if its client doesn't take the end.
    _cut: AbortOnDropHandle<()>,
}

/// Why the log can't go on where a stream stands.
enum Lost {
    /// Some of what comes next was trimmed.
    Trimmed,
    /// A board of the stream was deleted with its events.
    Deleted(BoardId),
}

/// What a stream sends before its first event.
pub struct First {
    /// `retry`, `hello` and the opening.
    pub frames: Vec<Bytes>,
    /// The versions of boards among them.
    pub versions: Vec<Arc<Version>>,
    /// What heartbeats tell before the first id.
    pub last_id: u64,
    /// The head up to which the log follows, when a cursor is served.
    pub replay_to: Option<u64>,
}

/// The body of a stream's response.
pub struct EventStream {
    waiting: VecDeque<Bytes>,
    reader: Reader,
    store: Store,
    pages: Option<Pages>,
    clock: Clock,
    opened: Duration,
    beats: u32,
    next_beat: Wait,
    last_id: u64,
    flow: Option<Arc<Flow>>,
    ended: bool,
    // The last chunk that left was the begin of a frame.
    in_frame: bool,
    leash: Option<Leash>,
    presence: Presence,
    place: Place,
    // Since when it makes up for what it missed, and up to where.
    behind: Option<(Instant, u64)>,
    // When the first event was published that the socket doesn't have yet, and what the socket had before it.
    unwritten: Option<(Instant, u64)>,
}

impl EventStream {
    /// A stream that sends `opening` and then what `reader` reads. `last_id` is what heartbeats tell before the first
    /// id.
    #[must_use]
    pub fn new(
        opening: First,
        reader: Reader,
        store: Store,
        clock: Clock,
        flow: Option<Arc<Flow>>,
        presence: Presence,
        place: Place,
    ) -> Self {
        // Of an opening's chunks one is the line of an id, which belongs to the frame after it.
        let frames = opening.frames.iter().filter(|bytes| bytes.ends_with(b"\n\n")).count();
        presence.all().others.inc_by(frames as u64);
        let opened = clock.elapsed();
        let stream = Self {
            waiting: opening.frames.into(),
            reader,
            store,
            pages: None,
            opened,
            beats: 1,
            next_beat: clock.until(opened + HEARTBEAT),
            clock,
            last_id: opening.last_id,
            flow,
            ended: false,
            in_frame: false,
            leash: None,
            presence,
            place,
            behind: opening.replay_to.map(|head| (Instant::now(), head)),
            unwritten: None,
        };
        stream.holds(opening.versions);
        stream
    }

    /// The same stream; it ends when its caller's rights do, even if nobody takes its bytes.
    #[must_use]
    pub fn on_leash(mut self, ended: &CancellationToken) -> Self {
        let (clock, flow, cancelled) = (self.clock.clone(), self.flow.clone(), ended.clone());
        let cut = tokio::spawn(async move {
            cancelled.cancelled().await;
            clock.until(clock.elapsed() + LAST_WORDS).await;
            if let Some(flow) = flow {
                flow.end();
            }
        });
        self.leash =
            Some(Leash { ended: Box::pin(ended.clone().cancelled_owned()), _cut: AbortOnDropHandle::new(cut) });
        self
    }

    /// Its rights are gone: of what waits only the frame that has begun leaves.
    fn poll_leash(&mut self, cx: &mut Context<'_>) {
        let Some(leash) = self.leash.as_mut().filter(|_| !self.ended) else { return };
        if leash.ended.as_mut().poll(cx).is_ready() {
            let begun = self.waiting.iter().position(|bytes| bytes.ends_with(b"\n\n"));
            self.waiting.truncate(if self.in_frame { begun.map_or(0, |at| at + 1) } else { 0 });
            self.pages = None;
            self.end_with(Bye { reason: ByeReason::AccessRevoked, board_id: None, retry_ms: None });
        }
    }

    /// Until what waits now is sent, the stream holds these versions of boards in memory.
    fn holds(&self, versions: Vec<Arc<Version>>) {
        if let Some(flow) = &self.flow
            && !versions.is_empty()
        {
            let waiting = self.waiting.iter().map(Bytes::len).sum();
            flow.holds(waiting, Box::new(move || versions.iter().any(|version| version.is_outdated())));
        }
    }

    fn beat(&mut self, cx: &mut Context<'_>) {
        if self.next_beat.as_mut().poll(cx).is_ready() {
            let beat = Heartbeat { ts: self.clock.now(), seq: self.last_id };
            self.send_other(frame::message(&SseMsg::Heartbeat(beat)));
            // From the opening, not from the last beat: they don't drift, and what was missed isn't made up for.
            let since = self.clock.elapsed().saturating_sub(self.opened);
            while HEARTBEAT * self.beats <= since {
                self.beats += 1;
            }
            self.next_beat = self.clock.until(self.opened + HEARTBEAT * self.beats);
        }
    }

    fn send_other(&mut self, frame: Bytes) {
        self.presence.all().others.inc();
        self.waiting.push_back(frame);
    }

    fn count(&mut self, batch: &Batch) {
        let all = self.presence.all();
        let events = if batch.published.is_some() { &all.live } else { &all.replayed };
        events.inc_by(batch.events);
        all.conflated.inc_by(batch.conflated);
        if self.behind.is_none() && self.unwritten.is_none() {
            self.unwritten = batch.published.zip(self.flow.as_ref().map(|flow| flow.written()));
        }
    }

    /// Nothing is asked of a stream while the socket has not taken all that it gave: once the socket has taken
    /// anything, it has taken all.
    fn note_write(&mut self) {
        let written = self.flow.as_ref().map(|flow| flow.written());
        if let Some((published, before)) = self.unwritten
            && written.is_some_and(|written| written > before)
        {
            self.presence.all().published_to_written.took(published.elapsed());
            self.unwritten = None;
        }
    }

    fn note_replay(&mut self) {
        if let Some((since, _)) = self.behind.take_if(|(_, head)| self.reader.cursor() >= *head) {
            self.presence.all().replay.took(since.elapsed());
        }
    }

    fn send(&mut self, batch: Batch) {
        self.count(&batch);
        if let Some(last_id) = batch.last_id.filter(|_| !batch.bytes.is_empty()) {
            self.last_id = last_id;
        }
        self.waiting.extend(batch.bytes);
        if let Some(version) = batch.version {
            self.holds(vec![version]);
        }
    }

    fn end(&mut self, why: End) {
        self.presence.end = why;
        self.ended = true;
    }

    fn end_with(&mut self, bye: Bye) {
        let end = match bye.reason {
            ByeReason::Shutdown => End::Shutdown,
            ByeReason::BoardDeleted => End::Deleted,
            ByeReason::AccessRevoked => End::Revoked,
        };
        self.send_other(frame::message(&SseMsg::Bye(bye)));
        self.end(end);
    }

    /// The pages that were asked for, once they are there.
    fn poll_pages(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(pages) = &mut self.pages else { return Poll::Ready(()) };
        let Poll::Ready(read) = pages.as_mut().poll(cx) else { return Poll::Pending };
        self.pages = None;
        match read {
            Ok(Ok(pages)) => {
                let batch = self.reader.merge(pages);
                self.send(batch);
            }
            // The next connect is told so.
            Ok(Err(Lost::Trimmed)) => self.end(End::Trimmed),
            // What the stream's other boards still have is served to the next one, which no longer asks for this one.
            Ok(Err(Lost::Deleted(board))) => self.end_with(reader::board_deleted(board)),
            Err(error) => {
                tracing::error!(%error, "a stream ends: the log can't be read");
                self.end(End::Failed);
            }
        }
        Poll::Ready(())
    }

    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        std::task::ready!(self.poll_pages(cx));
        if self.ended || !self.waiting.is_empty() {
            return Poll::Ready(());
        }
        self.note_replay();
        match self.reader.step(cx.waker()) {
            Step::Frames(batch) => self.send(batch),
            Step::Behind { channels, after, to } => {
                let store = self.store.clone();
                self.pages =
                    Some(Box::pin(async move { store.read(move |log| pages(log, &channels, after, to)).await }));
            }
            Step::Overview(frame) => self.send_other(frame),
            Step::Bye(bye) => self.end_with(bye),
            Step::Idle => {
                // What it missed may have been of other boards.
                self.note_replay();
                return Poll::Pending;
            }
        }
        Poll::Ready(())
    }
}

/// A page of each channel.
fn pages(
    log: &Read<'_>,
    channels: &[Option<BoardId>],
    after: u64,
    to: u64,
) -> Result<Result<Vec<LogPage>, Lost>, ReadError> {
    let mut pages = Vec::with_capacity(channels.len());
    for board in channels {
        let Some(page) = log.page(board.as_ref(), after, to, PAGE_EVENTS, BATCH_BYTES)? else {
            let boards = log.horizons(board.as_slice())?.boards;
            let deleted = board.clone().filter(|_| boards == [None]);
            return Ok(Err(deleted.map_or(Lost::Trimmed, Lost::Deleted)));
        };
        pages.push(page);
    }
    Ok(Ok(pages))
}

impl http_body::Body for EventStream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>> {
        self.note_write();
        self.poll_leash(cx);
        loop {
            if let Some(bytes) = self.waiting.pop_front() {
                self.in_frame = !bytes.ends_with(b"\n\n");
                self.presence.all().bytes.inc_by(bytes.len() as u64);
                self.place.hand_over(bytes.len());
                if let Some(flow) = &self.flow {
                    flow.hand_over(bytes.len());
                }
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            self.beat(cx);
            if self.waiting.is_empty() {
                std::task::ready!(self.advance(cx));
            }
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if !self.ended && self.flow.as_ref().is_some_and(|flow| flow.is_ended()) {
            self.presence.end = End::Slow;
        }
    }
}
