//! A reader is a cursor: live, replay, hand-over and slow client are the same loop.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use boardcast_shared::{BoardId, Bye, ByeReason};
use bytes::{BufMut, Bytes, BytesMut};

use super::bus::{BoardFrame, Bus, Channel, FrameParts, Member, StateMode};
use super::census::{Asked, Place};
use super::frame;
use super::hub::{Bell, Subscription, Taken};
use super::snapshot::{Snapshot, Version};
use crate::store::{LogPage, LoggedFrame};

/// How many bytes of waiting frames leave together.
pub const BATCH_BYTES: usize = 64 * 1024;

/// Where a stream stands, on the channels that it reads.
pub struct Reader {
    bus: Bus,
    bell: Arc<Bell>,
    members: Vec<Member>,
    cursor: u64,
    mode: StateMode,
    // The newest overview that it was given.
    overview: u64,
}

/// The end of a stream one of whose boards is deleted.
#[must_use]
pub fn board_deleted(board: BoardId) -> Bye {
    Bye { reason: ByeReason::BoardDeleted, board_id: Some(board), retry_ms: None }
}

/// What a fresh stream is told, at one moment.
pub struct Opening {
    /// The moment: nothing up to it needs to be sent.
    pub head: u64,
    /// `state` and statuses, board by board; the last one without its id.
    pub frames: Vec<Bytes>,
    /// The versions of the boards in it.
    pub versions: Vec<Arc<Version>>,
}

/// What a reader has for its stream.
pub enum Step {
    /// Frames, in order.
    Frames(Batch),
    /// The rings no longer hold what comes next: read the log from here up to there, for these boards (the agent
    /// facts where none), and hand the pages to [`Reader::merge`].
    Behind {
        /// One page each.
        channels: Vec<Option<BoardId>>,
        /// After this seq.
        after: u64,
        /// Up to this seq.
        to: u64,
    },
    /// The dashboard is another.
    Overview(Bytes),
    /// The stream ends here.
    Bye(Bye),
    /// Nothing more yet; the waker will be woken.
    Idle,
}

/// Frames that leave together.
#[derive(Default)]
pub struct Batch {
    /// The bytes, in order.
    pub bytes: Vec<Bytes>,
    /// The last id among them.
    pub last_id: Option<u64>,
    /// The newest whole board among them.
    pub version: Option<Arc<Version>>,
    /// How many events they are.
    pub events: u64,
    /// How many whole boards a newer one stands for.
    pub conflated: u64,
    /// When the first of them was published; none for what comes from the log.
    pub published: Option<Instant>,
}

impl Reader {
    pub(super) fn new(bus: Bus, bell: Arc<Bell>, everyone: Member, mode: StateMode) -> Self {
        Self { bus, bell, members: vec![everyone], cursor: 0, mode, overview: 0 }
    }

    pub(super) fn add(&mut self, member: Member) {
        self.members.push(member);
    }

    /// Takes up the log after `cursor`.
    pub fn resume(&mut self, cursor: u64) {
        self.stand_at(cursor);
    }

    fn stand_at(&mut self, cursor: u64) {
        self.cursor = cursor;
        self.bell.stands_at(cursor);
    }

    /// Where it stands.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Its place among the open streams.
    #[must_use]
    pub fn enter(&self, asked: Asked) -> Place {
        self.bus.streams.enter(asked, self.bell.clone())
    }

    /// Takes all boards at one moment and goes on from there.
    pub fn open(&mut self) -> Opening {
        let bus = self.bus.clone();
        let moment = bus.hub.one_moment();
        let head = bus.hub.head();
        let snapshots: Vec<Arc<Snapshot>> = self.members.iter().filter_map(Subscription::snapshot).collect();
        drop(moment);
        self.stand_at(head);
        let mut opening = Opening { head, frames: Vec::new(), versions: Vec::new() };
        for snapshot in snapshots {
            if let Some(version) = &snapshot.version {
                opening.frames.push(version.state());
                opening.frames.extend_from_slice(snapshot.statuses());
                opening.versions.push(version.clone());
            }
        }
        opening.frames.extend(self.overview());
        opening
    }

    /// What comes next. When there is nothing, `waker` is woken once there is.
    pub fn step(&mut self, waker: &std::task::Waker) -> Step {
        self.bell.listen(waker);
        if let Some(overview) = self.overview() {
            return Step::Overview(overview);
        }
        let (to, bye) = self.limit();
        if to > self.cursor {
            let news: Vec<&Member> = self.members.iter().filter(|member| member.has_news(self.cursor)).collect();
            let mut complete_to = to;
            let mut taken = Vec::new();
            for member in news {
                match member.take(self.cursor, to, BATCH_BYTES) {
                    Taken::FellOff => return self.behind(to),
                    Taken::Frames { frames, complete_to: end } => {
                        complete_to = complete_to.min(end);
                        taken.push(frames);
                    }
                }
            }
            self.stand_at(complete_to);
            let batch = self.batch(taken, complete_to);
            if !batch.bytes.is_empty() {
                return Step::Frames(batch);
            }
        }
        match bye {
            Some(bye) if self.cursor >= to => Step::Bye(bye),
            _ => Step::Idle,
        }
    }

    /// The dashboard's document, if there is one that this stream doesn't know.
    pub fn overview(&mut self) -> Option<Bytes> {
        let dashboard = self.members.iter().find(|member| matches!(member.key(), Channel::Dashboard(_)))?;
        let snapshot = dashboard.snapshot()?;
        let news = snapshot.overview.as_ref().filter(|overview| overview.version > self.overview)?;
        self.overview = news.version;
        Some(news.frame.clone())
    }

    /// How far the stream may go for now, and whether it ends there.
    fn limit(&self) -> (u64, Option<Bye>) {
        let ends = self.members.iter().filter_map(|member| Some((member.closed()?, member.key())));
        let deleted = ends.min_by_key(|(seq, _)| *seq).and_then(|(seq, channel)| match channel {
            Channel::Board(board) => Some((seq, board_deleted(board.clone()))),
            // Only boards are deleted.
            Channel::Everyone | Channel::Dashboard(_) => None,
        });
        let shutdown = self.bus.hub.end().map(|seq| {
            (seq, Bye { reason: ByeReason::Shutdown, board_id: None, retry_ms: Some(u64::from(frame::RETRY_MS)) })
        });
        match deleted.into_iter().chain(shutdown).min_by_key(|(seq, _)| *seq) {
            Some((seq, bye)) => (seq, Some(bye)),
            None => (self.bus.hub.head(), None),
        }
    }

    fn behind(&self, to: u64) -> Step {
        let channels = self.members.iter().filter_map(|member| match member.key() {
            Channel::Everyone => Some(None),
            Channel::Board(board) => Some(Some(board.clone())),
            Channel::Dashboard(_) => None,
        });
        Step::Behind { channels: channels.collect(), after: self.cursor, to }
    }

    /// The pages of the log that [`Step::Behind`] asked for.
    pub fn merge(&mut self, pages: Vec<LogPage>) -> Batch {
        let Some(complete_to) = pages.iter().map(|page| page.complete_to).min() else { return Batch::default() };
        self.stand_at(complete_to);
        let current: HashMap<u64, Arc<Version>> = match self.mode {
            StateMode::Patch => HashMap::new(),
            StateMode::Full => self.current_versions(),
        };
        let full = self.mode == StateMode::Full;
        let logged = pages.iter().flat_map(|page| &page.frames);
        let is_older = |frame: &&LoggedFrame| {
            frame.event == "state_patch" && frame.seq <= complete_to && !current.contains_key(&frame.seq)
        };
        let conflated = if full { logged.filter(is_older).count() as u64 } else { 0 };
        let frames = pages.into_iter().map(|page| {
            let frames = page.frames.into_iter().filter_map(|logged| {
                let is_state = logged.event == "state_patch";
                // Only the newest state of a board is sent whole; for an older one the newer still comes.
                let version = if is_state && full { Some(current.get(&logged.seq)?.clone()) } else { None };
                let bytes = self.bus.frame_from_log(logged.seq, &logged.event, &logged.data);
                Some(BoardFrame(Arc::new(FrameParts { seq: logged.seq, bytes, version, published: None })))
            });
            frames.collect()
        });
        let frames = frames.collect();
        let mut batch = self.batch(frames, complete_to);
        batch.conflated += conflated;
        batch
    }

    fn current_versions(&self) -> HashMap<u64, Arc<Version>> {
        let snapshots = self.members.iter().filter_map(Subscription::snapshot);
        snapshots.filter_map(|snapshot| snapshot.version.clone()).map(|version| (version.doc.seq, version)).collect()
    }

    /// The frames of all channels up to `to`, in the order of the log, as this stream wants them.
    fn batch(&self, taken: Vec<Vec<BoardFrame>>, to: u64) -> Batch {
        let mut frames: Vec<BoardFrame> = taken.into_iter().flatten().filter(|frame| frame.0.seq <= to).collect();
        frames.sort_by_key(|frame| frame.0.seq);
        let mut batch = Batch { last_id: frames.last().map(|frame| frame.0.seq), ..Batch::default() };
        let mut together = BytesMut::new();
        let newest = self.newest_states(&frames);
        for BoardFrame(frame) in &frames {
            batch.published = batch.published.or(frame.published);
            match &frame.version {
                Some(version) if self.mode == StateMode::Full => {
                    if newest.get(&version.doc.id) == Some(&frame.seq) {
                        together.put(frame::id_line(&self.bus.epoch, frame.seq));
                        batch.bytes.extend([together.split().freeze(), version.state()]);
                        batch.version = Some(version.clone());
                    } else {
                        batch.conflated += 1;
                    }
                }
                _ if frames.len() == 1 || frame.bytes.len() > BATCH_BYTES => {
                    if !together.is_empty() {
                        batch.bytes.push(together.split().freeze());
                    }
                    batch.bytes.push(frame.bytes.clone());
                }
                _ => together.put_slice(&frame.bytes),
            }
        }
        if !together.is_empty() {
            batch.bytes.push(together.freeze());
        }
        batch.events = frames.len() as u64 - batch.conflated;
        batch
    }

    fn newest_states<'a>(&self, frames: &'a [BoardFrame]) -> HashMap<&'a BoardId, u64> {
        match self.mode {
            StateMode::Patch => HashMap::new(),
            StateMode::Full => {
                frames.iter().filter_map(|frame| Some((&frame.0.version.as_ref()?.doc.id, frame.0.seq))).collect()
            }
        }
    }
}
