//! What a connection sends next: the opening, the events, a heartbeat, the end.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use boardcast_shared::{BoardId, Bye, Heartbeat, SseMsg};
use bytes::Bytes;
use http_body::Frame;

use super::bus::PAGE_EVENTS;
use super::frame;
use super::reader::{self, BATCH_BYTES, Batch, Reader, Step};
use super::snapshot::Version;
use crate::clock::{Clock, Wait};
use crate::http::flow::Flow;
use crate::store::{LogPage, Read, ReadError, Store};

/// From one heartbeat to the next.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

type Pages = Pin<Box<dyn Future<Output = Result<Result<Vec<LogPage>, Lost>, ReadError>> + Send>>;

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
}

impl EventStream {
    /// A stream that sends `opening` and then what `reader` reads. `last_id` is what heartbeats tell before the first
    /// id.
    #[must_use]
    pub fn new(opening: First, reader: Reader, store: Store, clock: Clock, flow: Option<Arc<Flow>>) -> Self {
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
        };
        stream.holds(opening.versions);
        stream
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
            self.waiting.push_back(frame::message(&SseMsg::Heartbeat(beat)));
            // From the opening, not from the last beat: they don't drift, and what was missed isn't made up for.
            let since = self.clock.elapsed().saturating_sub(self.opened);
            while HEARTBEAT * self.beats <= since {
                self.beats += 1;
            }
            self.next_beat = self.clock.until(self.opened + HEARTBEAT * self.beats);
        }
    }

    fn send(&mut self, batch: Batch) {
        if let Some(last_id) = batch.last_id.filter(|_| !batch.bytes.is_empty()) {
            self.last_id = last_id;
        }
        self.waiting.extend(batch.bytes);
        if let Some(version) = batch.version {
            self.holds(vec![version]);
        }
    }

    fn end_with(&mut self, bye: Bye) {
        self.waiting.push_back(frame::message(&SseMsg::Bye(bye)));
        self.ended = true;
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
            Ok(Err(Lost::Trimmed)) => self.ended = true,
            // What the stream's other boards still have is served to the next one, which no longer asks for this one.
            Ok(Err(Lost::Deleted(board))) => self.end_with(reader::board_deleted(board)),
            Err(error) => {
                tracing::error!(%error, "a stream ends: the log can't be read");
                self.ended = true;
            }
        }
        Poll::Ready(())
    }

    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        std::task::ready!(self.poll_pages(cx));
        if self.ended || !self.waiting.is_empty() {
            return Poll::Ready(());
        }
        match self.reader.step(cx.waker()) {
            Step::Frames(batch) => self.send(batch),
            Step::Behind { channels, after, to } => {
                let store = self.store.clone();
                self.pages =
                    Some(Box::pin(async move { store.read(move |log| pages(log, &channels, after, to)).await }));
            }
            Step::Overview(frame) => self.waiting.push_back(frame),
            Step::Bye(bye) => self.end_with(bye),
            Step::Idle => return Poll::Pending,
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
        loop {
            if let Some(bytes) = self.waiting.pop_front() {
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
