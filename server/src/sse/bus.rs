//! Boards on the hub. A reader is a cursor: live, replay, hand-over and slow client are the same loop.
//!
//! Seen from far away: `committed(commit)` on one side, `reader(boards, cursor)` on the other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use boardcast_shared::{BoardId, Bye, ByeReason, SseMsg};
use bytes::{BufMut, Bytes, BytesMut};
use tokio::sync::Notify;

use super::frame;
use super::hub::{Bell, Framed, Hub, Publication, RingBound, Subscription, Taken, Woken};
use crate::domain::board::BoardDoc;
use crate::domain::fold::BoardFold;
use crate::events::{Commit, Fact, Subscriber};
use crate::store::{LogPage, Store, WriteError};

/// Per channel: enough for the bursts of a busy board; who is further behind is served from the log.
const RING: RingBound = RingBound { frames: 2048, bytes: 1024 * 1024 };
/// How many bytes of waiting frames leave together.
pub const BATCH_BYTES: usize = 64 * 1024;
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
enum Channel {
    /// Agent facts. Every stream is a member.
    Everyone,
    /// Streams that carry the dashboard.
    Dashboard,
    /// One board.
    Board(BoardId),
}

type BoardHub = Hub<Channel, BoardFrame, Arc<Snapshot>>;
type Member = Subscription<Channel, BoardFrame, Arc<Snapshot>>;
type Awake = Woken<Channel, BoardFrame, Arc<Snapshot>>;

/// A fact as it stands in a ring: encoded once, shared by all its readers.
#[derive(Clone)]
struct BoardFrame(Arc<FrameParts>);

struct FrameParts {
    seq: u64,
    bytes: Bytes,
    version: Option<Arc<Version>>,
}

impl Framed for BoardFrame {
    fn seq(&self) -> u64 {
        self.0.seq
    }

    fn cost(&self) -> usize {
        self.0.bytes.len() + size_of::<FrameParts>()
    }
}

/// One version of a board; its whole `state` is encoded when somebody wants it.
pub struct Version {
    doc: BoardDoc,
    outdated: AtomicBool,
    encoded: Mutex<Option<Bytes>>,
}

impl Version {
    fn new(doc: BoardDoc) -> Arc<Self> {
        Arc::new(Self { doc, outdated: AtomicBool::new(false), encoded: Mutex::new(None) })
    }

    /// Whether the board has changed since.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.outdated.load(Ordering::Acquire)
    }

    fn outdate(&self) {
        self.outdated.store(true, Ordering::Release);
        self.encoded.lock().expect("encoding doesn't panic").take();
    }

    /// The `state` frame without its id.
    fn state(&self) -> Bytes {
        let mut encoded = self.encoded.lock().expect("encoding doesn't panic");
        if let Some(bytes) = &*encoded {
            return bytes.clone();
        }
        let data = serde_json::to_vec(&self.doc).expect("plain data serializes");
        let bytes = frame::tail("state", &data);
        // An outdated version is wanted once more at the most: keeping it would only cost memory.
        if !self.is_outdated() {
            *encoded = Some(bytes.clone());
        }
        bytes
    }
}

/// A board at one moment.
struct Snapshot {
    fold: Option<BoardFold>,
    version: Option<Arc<Version>>,
    statuses: OnceLock<Vec<Bytes>>,
}

impl Snapshot {
    fn of(fold: BoardFold, version: Arc<Version>) -> Arc<Self> {
        Arc::new(Self { fold: Some(fold), version: Some(version), statuses: OnceLock::new() })
    }

    /// Of a channel that has nothing to open with.
    fn empty() -> Arc<Self> {
        Arc::new(Self { fold: None, version: None, statuses: OnceLock::new() })
    }

    fn outdate(&self) {
        if let Some(version) = &self.version {
            version.outdate();
        }
    }

    /// The statuses of a fresh opening: all but the last in one piece, then the last.
    fn statuses(&self) -> &[Bytes] {
        self.statuses.get_or_init(|| {
            let statuses = self.fold.as_ref().map(BoardFold::opening_statuses).unwrap_or_default();
            let mut frames: Vec<Bytes> =
                statuses.into_iter().map(|status| frame::message(&SseMsg::AttemptStatus(status))).collect();
            let last = frames.pop();
            let first = (!frames.is_empty()).then(|| frames.concat().into());
            first.into_iter().chain(last).collect()
        })
    }
}

/// The boards' channels, and what wakes their readers. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    hub: Arc<BoardHub>,
    epoch: Arc<str>,
    news: Arc<News>,
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
        let bus = Self { hub, epoch: store.epoch().into(), news: Arc::default(), _everyone: Arc::new(everyone) };
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

    /// A reader that is a member of the boards' channels and stands nowhere yet.
    ///
    /// # Errors
    /// One of the boards isn't there, or the store is not available.
    pub async fn join(
        &self,
        store: &Store,
        boards: &[BoardId],
        dashboard: bool,
        mode: StateMode,
    ) -> Result<Reader, WriteError> {
        let bell = Arc::new(Bell::default());
        let everyone = self.hub.join(Channel::Everyone, &bell);
        let mut reader = Reader { bus: self.clone(), bell: bell.clone(), members: vec![everyone], cursor: 0, mode };
        if dashboard {
            reader.members.push(self.hub.join(Channel::Dashboard, &bell));
            self.hub.install(&Channel::Dashboard, Snapshot::empty(), 0);
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
            reader.members.push(member);
        }
        Ok(reader)
    }

    /// Ends every stream with `bye`, after all that is committed so far.
    pub fn drain(&self) {
        self.spread(self.hub.end_all());
    }

    /// Streams by what they carry.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let mut connections = Connections::default();
        for (channel, members) in self.hub.members() {
            match channel {
                // One of them is the bus itself.
                Channel::Everyone => connections.total = members - 1,
                Channel::Dashboard => connections.dashboard = members,
                Channel::Board(board) => {
                    connections.boards.insert(board, members);
                }
            }
        }
        connections.channels = connections.boards.len() + usize::from(connections.dashboard > 0);
        connections
    }

    fn spread(&self, awake: Vec<Awake>) {
        if !awake.is_empty() {
            self.news.waiting.lock().expect("nobody panics with the news").extend(awake);
            self.news.some.notify_one();
        }
    }

    fn frame_of(&self, fact: &Fact, version: Option<Arc<Version>>) -> BoardFrame {
        let bytes = frame::event(&self.epoch, fact.seq, fact.event, &fact.data);
        BoardFrame(Arc::new(FrameParts { seq: fact.seq, bytes, version }))
    }
}

impl Subscriber for Bus {
    fn committed(&self, commit: &Commit) {
        let mut frames = Vec::new();
        let mut changed: HashMap<&BoardId, Arc<Version>> = HashMap::new();
        for fact in &commit.facts {
            let Some(board) = &fact.board else {
                frames.push((Channel::Everyone, self.frame_of(fact, None)));
                continue;
            };
            let channel = Channel::Board(board.clone());
            if self.hub.is_open(&channel) {
                let version = fact.state.clone().map(Version::new);
                if let Some(older) = version.clone().and_then(|version| changed.insert(board, version)) {
                    older.outdate();
                }
                frames.push((channel, self.frame_of(fact, version)));
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

/// Where a stream stands, on the channels that it reads.
pub struct Reader {
    bus: Bus,
    bell: Arc<Bell>,
    members: Vec<Member>,
    cursor: u64,
    mode: StateMode,
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
}

impl Reader {
    /// Takes up the log after `cursor`.
    pub fn resume(&mut self, cursor: u64) {
        self.cursor = cursor;
    }

    /// Where it stands.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Takes all boards at one moment and goes on from there.
    pub fn open(&mut self) -> Opening {
        let bus = self.bus.clone();
        let moment = bus.hub.one_moment();
        let head = bus.hub.head();
        let snapshots: Vec<Arc<Snapshot>> = self.members.iter().filter_map(Subscription::snapshot).collect();
        drop(moment);
        self.cursor = head;
        let mut opening = Opening { head, frames: Vec::new(), versions: Vec::new() };
        for snapshot in snapshots {
            if let Some(version) = &snapshot.version {
                opening.frames.push(version.state());
                opening.frames.extend_from_slice(snapshot.statuses());
                opening.versions.push(version.clone());
            }
        }
        opening
    }

    /// What comes next. When there is nothing, `waker` is woken once there is.
    pub fn step(&mut self, waker: &std::task::Waker) -> Step {
        self.bell.listen(waker);
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
            self.cursor = complete_to;
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

    /// How far the stream may go for now, and whether it ends there.
    fn limit(&self) -> (u64, Option<Bye>) {
        let ends = self.members.iter().filter_map(|member| Some((member.closed()?, member.key())));
        let deleted = ends.min_by_key(|(seq, _)| *seq).map(|(seq, channel)| {
            let board_id = match channel {
                Channel::Board(board) => Some(board.clone()),
                Channel::Everyone | Channel::Dashboard => None,
            };
            (seq, Bye { reason: ByeReason::BoardDeleted, board_id, retry_ms: None })
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
            Channel::Dashboard => None,
        });
        Step::Behind { channels: channels.collect(), after: self.cursor, to }
    }

    /// The pages of the log that [`Step::Behind`] asked for.
    pub fn merge(&mut self, pages: Vec<LogPage>) -> Batch {
        let Some(complete_to) = pages.iter().map(|page| page.complete_to).min() else { return Batch::default() };
        self.cursor = complete_to;
        let current: HashMap<u64, Arc<Version>> = match self.mode {
            StateMode::Patch => HashMap::new(),
            StateMode::Full => self.current_versions(),
        };
        let full = self.mode == StateMode::Full;
        let frames = pages.into_iter().map(|page| {
            let frames = page.frames.into_iter().filter_map(|logged| {
                let is_state = logged.event == "state_patch";
                // Only the newest state of a board is sent whole; for an older one the newer still comes.
                let version = if is_state && full { Some(current.get(&logged.seq)?.clone()) } else { None };
                let bytes = frame::event(&self.bus.epoch, logged.seq, &logged.event, &logged.data);
                Some(BoardFrame(Arc::new(FrameParts { seq: logged.seq, bytes, version })))
            });
            frames.collect()
        });
        let frames = frames.collect();
        self.batch(frames, complete_to)
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
            match &frame.version {
                Some(version) if self.mode == StateMode::Full => {
                    if newest.get(&version.doc.id) == Some(&frame.seq) {
                        together.put(frame::id_line(&self.bus.epoch, frame.seq));
                        batch.bytes.extend([together.split().freeze(), version.state()]);
                        batch.version = Some(version.clone());
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
