//! What streams are, are told, and end by.

use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::histogram::Histogram;
use super::{DELAYS, by_label};
use crate::http::limits::StreamPlace;

/// What a stream carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Boards.
    Board,
    /// The dashboard.
    Dashboard,
    /// Both.
    Both,
}

/// Why a cursor could not be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetReason {
    /// It was never a cursor of ours.
    Nonsense,
    /// It is of another log.
    Epoch,
    /// It is beyond what there is.
    Future,
    /// What follows it was trimmed.
    Trimmed,
}

/// Why a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `bye`: the server ends.
    Shutdown,
    /// `bye`: one of its boards was deleted.
    Deleted,
    /// `bye`: the right to read was withdrawn.
    Revoked,
    /// What it had to send next was trimmed.
    Trimmed,
    /// Its client took too little.
    Slow,
    /// Its client went away.
    Gone,
    /// The log couldn't be read.
    Failed,
}

/// All streams together.
#[derive(Debug)]
pub struct Streams {
    open: [Gauge; 3],
    resets: [Counter; 4],
    ends: [Counter; 7],
    /// Events that came from a ring.
    pub live: Counter,
    /// Events that came from the log.
    pub replayed: Counter,
    /// Frames that are no event of the log: openings, heartbeats, overviews, ends.
    pub others: Counter,
    /// Body bytes handed to the socket.
    pub bytes: Counter,
    /// Whole boards that were not sent because a newer one was.
    pub conflated: Counter,
    /// From an event's publication to the end of its write.
    pub published_to_written: Histogram,
    /// From a stream's begin to the last event that it had missed.
    pub replay: Histogram,
}

impl Streams {
    pub(super) fn register(to: &mut Registry) -> Self {
        let [live, replayed, others] = by_label(
            to,
            "frames_delivered",
            "Frames handed to sockets, by where they came \
            from: a ring, the log (replayed), or neither (opening, heartbeat, overview, end)",
            "from",
            ["ring", "log", "other"],
        );
        let bytes = Counter::default();
        to.register("bytes_delivered", "Bytes of streams handed to sockets", bytes.clone());
        let conflated = Counter::default();
        to.register("states_conflated", "Whole boards left out because a newer one was sent", conflated.clone());
        let published_to_written = Histogram::of_times(DELAYS);
        let help = "From an event's publication to the end of its write to a live stream; the oldest one of each write";
        to.register("publish_to_write_seconds", help, published_to_written.clone());
        let replay = Histogram::of_times(DELAYS);
        to.register("replay_seconds", "From the begin of a resumed stream to all that it had missed", replay.clone());
        Self {
            open: by_label(to, "streams", "Open streams by what they carry", "kind", ["board", "dashboard", "both"]),
            resets: by_label(
                to,
                "resets",
                "Cursors that could not be served",
                "reason",
                ["nonsense", "epoch", "future", "trimmed"],
            ),
            ends: by_label(
                to,
                "stream_ends",
                "Streams that ended",
                "reason",
                ["shutdown", "deleted", "revoked", "trimmed", "slow", "gone", "failed"],
            ),
            live,
            replayed,
            others,
            bytes,
            conflated,
            published_to_written,
            replay,
        }
    }

    /// A cursor was not served.
    pub fn reset(&self, reason: ResetReason) {
        self.resets[reason as usize].inc();
    }

    /// A stream begins; it is counted until the presence is dropped.
    #[must_use]
    pub fn enter(self: &Arc<Self>, kind: Kind, place: StreamPlace) -> Presence {
        self.open[kind as usize].inc();
        Presence { streams: self.clone(), kind, end: End::Gone, _place: place }
    }
}

/// An open stream among the open ones; dropping it is the only way out.
#[derive(Debug)]
pub struct Presence {
    streams: Arc<Streams>,
    kind: Kind,
    /// Why it ends, should it end now.
    pub end: End,
    // It is held as long as the stream is open.
    _place: StreamPlace,
}

impl Presence {
    /// What all streams count together.
    #[must_use]
    pub fn all(&self) -> &Streams {
        &self.streams
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.streams.open[self.kind as usize].dec();
        self.streams.ends[self.end as usize].inc();
    }
}
