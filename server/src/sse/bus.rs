//! Boards on the hub.
//!
//! Seen from far away: `committed(commit)` on one side, `join(boards)` on the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use boardcast_shared::BoardId;
use bytes::Bytes;
use tokio::sync::Notify;

use super::census::{OpenStream, OpenStreams};
use super::frame;
use super::hub::{Bell, Framed, Hub, Publication, RingBound, Subscription, Woken};
use super::large::LargeFrames;
use super::reader::{BATCH_BYTES, Reader};
use super::snapshot::{Overview, Snapshot, Version};
use crate::domain::rights::Boards;
use crate::events::{Commit, Fact, Subscriber};
use crate::store::{Store, WriteError};

/// Per channel: enough for the bursts of a busy board; who is further behind is served from the log.
const RING: RingBound = RingBound { frames: 2048, bytes: 1024 * 1024 };
/// How many events one page of the log brings at the most.
pub const PAGE_EVENTS: usize = 256;

/// How board changes arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateMode {
    /// The whole board, the newest standing for older ones that still wait.
    Full,
    /// Each change as a patch.
    Patch,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Channel {
    /// Agent facts. Every stream is a member.
    Everyone,
    /// Streams that carry the dashboard of these boards.
    Dashboard(Boards),
    /// One board.
    Board(BoardId),
}

type BoardHub = Hub<Channel, BoardFrame, Arc<Snapshot>>;
pub(super) type Member = Subscription<Channel, BoardFrame, Arc<Snapshot>>;
type Awake = Woken<Channel, BoardFrame, Arc<Snapshot>>;

/// A fact as it stands in a ring: encoded once, shared by all its readers.
#[derive(Clone)]
pub(super) struct BoardFrame(pub(super) Arc<FrameParts>);

pub(super) struct FrameParts {
    pub(super) seq: u64,
    pub(super) bytes: Bytes,
    pub(super) version: Option<Arc<Version>>,
    // None for what comes from the log.
    pub(super) published: Option<Instant>,
}

impl Framed for BoardFrame {
    fn seq(&self) -> u64 {
        self.0.seq
    }

    fn cost(&self) -> usize {
        self.0.bytes.len() + size_of::<FrameParts>()
    }
}

/// The boards' channels, and what wakes their readers. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    pub(super) hub: Arc<BoardHub>,
    pub(super) epoch: Arc<str>,
    large: Arc<LargeFrames>,
    news: Arc<News>,
    /// Each stream by itself.
    pub streams: OpenStreams,
    // Keeps the channel of agent facts from the first moment on.
    _everyone: Arc<Member>,
}

/// Channels whose readers must be woken, for a task of their own: the writer doesn't wake a thousand readers itself.
#[derive(Default)]
struct News {
    waiting: Mutex<Vec<Awake>>,
    some: Notify,
}

/// Streams by what they carry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connections {
    /// All streams.
    pub total: usize,
    /// Those with the dashboard.
    pub dashboard: usize,
    /// Boards with a stream, plus one for the dashboard.
    pub channels: usize,
    /// By board.
    pub boards: HashMap<BoardId, usize>,
}

impl Bus {
    /// A bus over a store, which hears of each commit from now on. Runs a task on the present runtime.
    #[must_use]
    pub fn over(store: &Store) -> Self {
        let hub = Arc::new(Hub::new(store.head(), RING));
        let everyone = hub.join(Channel::Everyone, &Arc::default());
        hub.install(&Channel::Everyone, Snapshot::empty(), store.head());
        let bus = Self {
            hub,
            epoch: store.epoch().into(),
            large: Arc::default(),
            news: Arc::default(),
            streams: OpenStreams::default(),
            _everyone: Arc::new(everyone),
        };
        store.subscribe(Arc::new(bus.clone()));
        let news = bus.news.clone();
        tokio::spawn(async move {
            loop {
                news.some.notified().await;
                let waiting = std::mem::take(&mut *news.waiting.lock().expect("nobody panics with the news"));
                waiting.iter().for_each(Awake::ring);
            }
        });
        bus
    }

    /// A reader that is a member of the boards' channels, maybe also of a dashboard of some, and stands nowhere yet.
    ///
    /// # Errors
    /// One of the boards isn't there, or the store is not available.
    pub async fn join(
        &self,
        store: &Store,
        boards: &[BoardId],
        dashboard: Option<&Boards>,
        mode: StateMode,
    ) -> Result<Reader, WriteError> {
        let bell = Arc::new(Bell::default());
        let everyone = self.hub.join(Channel::Everyone, &bell);
        let mut reader = Reader::new(self.clone(), bell.clone(), everyone, mode);
        if let Some(seen) = dashboard {
            reader.add(self.hub.join(Channel::Dashboard(seen.clone()), &bell));
        }
        for board in boards {
            let member = self.hub.join(Channel::Board(board.clone()), &bell);
            if member.snapshot().is_none() {
                let bus = self.clone();
                store
                    .with_fold(board.clone(), move |fold, head| {
                        let snapshot = Snapshot::of(fold.clone(), Version::new(fold.doc.clone()));
                        bus.hub.install(&Channel::Board(fold.doc.id.clone()), snapshot, head);
                    })
                    .await?;
            }
            reader.add(member);
        }
        Ok(reader)
    }

    /// The dashboard of these boards from now on; streams that know its version aren't told again.
    pub fn show(&self, seen: &Boards, overview: Overview) {
        let channel = Channel::Dashboard(seen.clone());
        self.spread(self.hub.renew(&channel, Snapshot::dashboard(overview)).into_iter().collect());
    }

    /// What a stream of the dashboard that has just joined shows first.
    pub fn install_dashboard(&self, seen: &Boards, overview: Overview) {
        self.hub.install(&Channel::Dashboard(seen.clone()), Snapshot::dashboard(overview), 0);
    }

    /// The dashboards that streams carry, by the boards in them.
    #[must_use]
    pub fn dashboards(&self) -> Vec<Boards> {
        let dashboard = |channel| if let Channel::Dashboard(seen) = channel { Some(seen) } else { None };
        self.hub.members().into_keys().filter_map(dashboard).collect()
    }

    /// Ends every stream with `bye`, after all that is committed so far.
    pub fn drain(&self) {
        self.spread(self.hub.end_all());
    }

    /// Streams by what they carry, as far as it is of these boards: a stream of others doesn't count.
    #[must_use]
    pub fn connections(&self, seen: &Boards) -> Connections {
        let mut connections = Connections::default();
        for (channel, members) in self.hub.members() {
            match channel {
                Channel::Dashboard(of) if seen.include(&of) => connections.dashboard += members,
                Channel::Board(board) if seen.hold(&board) => {
                    connections.boards.insert(board, members);
                }
                Channel::Everyone | Channel::Dashboard(_) | Channel::Board(_) => {}
            }
        }
        connections.channels = connections.boards.len() + usize::from(connections.dashboard > 0);
        connections.total = self.hub.distinct(|channel| match channel {
            Channel::Everyone => false,
            Channel::Dashboard(of) => seen.include(of),
            Channel::Board(board) => seen.hold(board),
        });
        connections
    }

    /// How many events the slowest stream has before it, and what the rings hold in bytes.
    #[must_use]
    pub fn slowest_lag_and_ring_bytes(&self) -> (u64, usize) {
        (self.hub.slowest_lag(), self.hub.ring_bytes())
    }

    /// How many events of the log a stream has before it; 0 when none of them is for it.
    #[must_use]
    pub fn lag(&self, stream: &OpenStream) -> u64 {
        let boards = stream.asked.boards.iter().cloned().map(Channel::Board);
        let channels: Vec<Channel> = boards.chain([Channel::Everyone]).collect();
        self.hub.lag(&channels, &stream.bell)
    }

    fn spread(&self, awake: Vec<Awake>) {
        if !awake.is_empty() {
            self.news.waiting.lock().expect("nobody panics with the news").extend(awake);
            self.news.some.notify_one();
        }
    }

    /// The frame of an event that no ring holds any more.
    pub(super) fn frame_from_log(&self, seq: u64, event: &str, data: &[u8]) -> Bytes {
        let bytes = frame::event(&self.epoch, seq, event, data);
        if bytes.len() > BATCH_BYTES { self.large.share(seq, &bytes) } else { bytes }
    }

    fn frame_of(&self, fact: &Fact, version: Option<Arc<Version>>, published: Instant) -> BoardFrame {
        let bytes = frame::event(&self.epoch, fact.seq, fact.event, &fact.data);
        BoardFrame(Arc::new(FrameParts { seq: fact.seq, bytes, version, published: Some(published) }))
    }
}

impl Subscriber for Bus {
    fn committed(&self, commit: &Commit) {
        let now = Instant::now();
        let mut frames = Vec::new();
        let mut changed: HashMap<&BoardId, Arc<Version>> = HashMap::new();
        for fact in &commit.facts {
            let Some(board) = &fact.board else {
                frames.push((Channel::Everyone, self.frame_of(fact, None, now)));
                continue;
            };
            let channel = Channel::Board(board.clone());
            if self.hub.is_open(&channel) {
                let version = fact.state.clone().map(Version::new);
                if let Some(older) = version.clone().and_then(|version| changed.insert(board, version)) {
                    older.outdate();
                }
                frames.push((channel, self.frame_of(fact, version, now)));
            }
        }
        let mut snapshots = Vec::new();
        for fold in &commit.folds {
            let channel = Channel::Board(fold.doc.id.clone());
            let Some(before) = self.hub.snapshot(&channel) else { continue };
            let version = match changed.remove(&fold.doc.id) {
                Some(version) => {
                    before.outdate();
                    version
                }
                None => before.version.clone().unwrap_or_else(|| Version::new(fold.doc.clone())),
            };
            snapshots.push((channel, Snapshot::of(fold.clone(), version)));
        }
        let closed = commit.deleted.iter().cloned().map(Channel::Board).collect();
        let awake = self.hub.publish(Publication { head: commit.head, frames, snapshots, closed });
        self.spread(awake);
    }
}
