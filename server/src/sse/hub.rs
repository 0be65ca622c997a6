//! Channels with rings of frames, and one head over all of them.
//!
//! The publisher fills the rings of a commit and only then moves the head; a reader takes the head first and reads its
//! rings up to it. So no channel's later frame hides another's earlier one, and nobody reads half a commit. The hub
//! knows neither boards nor bytes.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::task::Waker;

use slab::Slab;

use super::sync::{Arc, AtomicU64, Mutex, Ordering, RwLock, RwLockReadGuard};

/// What stands in a ring.
pub trait Framed: Clone {
    /// Its place in the log.
    fn seq(&self) -> u64;
    /// What it costs to keep, in bytes.
    fn cost(&self) -> usize;
}

/// How much a ring holds. The oldest frames make room; their readers go to the log.
#[derive(Debug, Clone, Copy)]
pub struct RingBound {
    /// At most so many frames.
    pub frames: usize,
    /// At most so many bytes, unless one frame alone is larger.
    pub bytes: usize,
}

type Channels<K, F, S> = HashMap<K, Arc<Channel<K, F, S>>>;

/// All channels and the head over them.
pub struct Hub<K: Eq + Hash + Clone, F: Framed, S: Clone> {
    bound: RingBound,
    channels: Mutex<Channels<K, F, S>>,
    // Written by the publisher while a commit goes from ring to ring: whoever reads it sees all boards at one moment.
    moment: RwLock<()>,
    head: AtomicU64,
    // The head at which every stream ends; u64::MAX while none has to.
    end: AtomicU64,
}

struct Channel<K, F, S> {
    key: K,
    ring: Mutex<Ring<F, S>>,
    // The newest frame in the ring, so that a reader without news needs no lock.
    newest: AtomicU64,
    // The head at which the channel ended; u64::MAX while it is open.
    closed: AtomicU64,
    bells: Mutex<Slab<Arc<Bell>>>,
}

struct Ring<F, S> {
    frames: VecDeque<F>,
    bytes: usize,
    // Every frame of the channel after this seq is in the ring; `None` until the snapshot is there.
    complete_from: Option<u64>,
    snapshot: Option<S>,
}

/// Wakes one reader, from whichever of its channels.
#[derive(Default)]
pub struct Bell {
    waker: Mutex<Option<Waker>>,
    // Where the reader stands, plus one; 0 while it stands nowhere.
    stands_at: AtomicU64,
}

impl Bell {
    /// Rings for `waker` next time.
    pub fn listen(&self, waker: &Waker) {
        let mut slot = self.waker.lock().expect("no waker panics");
        if !slot.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *slot = Some(waker.clone());
        }
    }

    /// Notes where the reader stands, for whoever wants to know how far it is behind.
    pub fn stands_at(&self, cursor: u64) {
        self.stands_at.store(cursor + 1, Ordering::Relaxed);
    }

    fn standing(&self) -> Option<u64> {
        self.stands_at.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Wakes the reader if it sleeps.
    pub fn ring(&self) {
        let waker = self.waker.lock().expect("no waker panics").take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// What a ring gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken<F> {
    /// The frames after the cursor; nothing up to `complete_to` is missing.
    Frames {
        /// In order.
        frames: Vec<F>,
        /// How far they reach.
        complete_to: u64,
    },
    /// The ring no longer holds what follows the cursor: the log does.
    FellOff,
}

/// What one commit brings to the channels.
pub struct Publication<K, F, S> {
    /// The newest seq afterwards.
    pub head: u64,
    /// In order.
    pub frames: Vec<(K, F)>,
    /// The touched channels as they are now.
    pub snapshots: Vec<(K, S)>,
    /// Channels that end here.
    pub closed: Vec<K>,
}

impl<K: Eq + Hash + Clone, F: Framed, S: Clone> Hub<K, F, S> {
    /// A hub without channels, at `head`.
    #[must_use]
    pub fn new(head: u64, bound: RingBound) -> Self {
        Self {
            bound,
            channels: Mutex::new(HashMap::new()),
            moment: RwLock::new(()),
            head: AtomicU64::new(head),
            end: AtomicU64::new(u64::MAX),
        }
    }

    /// The newest seq that can be read.
    pub fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// The head at which every stream ends, once one is set.
    pub fn end(&self) -> Option<u64> {
        Some(self.end.load(Ordering::Acquire)).filter(|end| *end != u64::MAX)
    }

    /// Holds the publisher back while snapshots of several channels are taken.
    pub fn one_moment(&self) -> RwLockReadGuard<'_, ()> {
        self.moment.read().expect("the publisher doesn't panic")
    }

    /// Becomes a member of a channel, made when nobody was one yet. A new channel holds nothing before it is installed:
    /// its first member waits for that before it reads.
    pub fn join(self: &Arc<Self>, key: K, bell: &Arc<Bell>) -> Subscription<K, F, S> {
        let mut channels = self.channels.lock().expect("no member panics");
        let channel = channels.entry(key.clone()).or_insert_with(|| Arc::new(Channel::new(key))).clone();
        let slot = channel.bells.lock().expect("no member panics").insert(bell.clone());
        Subscription { hub: self.clone(), channel, slot }
    }

    /// Gives a channel its first snapshot, as of `head`. The publisher's own thread calls this between two commits.
    pub fn install(&self, key: &K, snapshot: S, head: u64) {
        let channel = self.channels.lock().expect("no member panics").get(key).cloned();
        if let Some(channel) = channel {
            let mut ring = channel.ring.lock().expect("no reader panics");
            if ring.complete_from.is_none() {
                ring.complete_from = Some(head);
                ring.snapshot = Some(snapshot);
                // Who stands further back has news: in the log.
                channel.newest.store(head, Ordering::Release);
            }
        }
    }

    /// Whether the channel has members.
    pub fn is_open(&self, key: &K) -> bool {
        self.channels.lock().expect("no member panics").contains_key(key)
    }

    /// The channel as it is now, once it has been installed.
    pub fn snapshot(&self, key: &K) -> Option<S> {
        let channel = self.channels.lock().expect("no member panics").get(key).cloned()?;
        channel.ring.lock().expect("no reader panics").snapshot.clone()
    }

    /// Gives a channel another snapshot between two commits; gives the channel if it has members, to be woken.
    pub fn renew(&self, key: &K, snapshot: S) -> Option<Woken<K, F, S>> {
        let channel = self.channels.lock().expect("no member panics").get(key).cloned()?;
        channel.renew(snapshot);
        Some(Woken(channel))
    }

    /// Brings a commit to the channels that have members; gives the channels whose members must be woken.
    pub fn publish(&self, publication: Publication<K, F, S>) -> Vec<Woken<K, F, S>> {
        let whole_commit = self.moment.write().expect("no reader panics");
        let mut woken: HashMap<K, Arc<Channel<K, F, S>>> = HashMap::new();
        {
            let mut channels = self.channels.lock().expect("no member panics");
            for (key, frame) in publication.frames {
                if let Some(channel) = channels.get(&key) {
                    channel.push(frame, self.bound);
                    woken.entry(key).or_insert_with(|| channel.clone());
                }
            }
            for (key, snapshot) in publication.snapshots {
                if let Some(channel) = channels.get(&key) {
                    channel.renew(snapshot);
                }
            }
            for key in publication.closed {
                if let Some(channel) = channels.remove(&key) {
                    channel.closed.store(publication.head, Ordering::Release);
                    woken.insert(key, channel);
                }
            }
        }
        self.head.store(publication.head, Ordering::Release);
        drop(whole_commit);
        woken.into_values().map(Woken).collect()
    }

    /// Ends every stream at the present head; gives the channels whose members must be woken.
    pub fn end_all(&self) -> Vec<Woken<K, F, S>> {
        let _whole_commit = self.moment.write().expect("no reader panics");
        self.end.store(self.head(), Ordering::Release);
        self.channels.lock().expect("no member panics").values().cloned().map(Woken).collect()
    }

    /// How far it is to the head for the slowest of the readers that have news.
    pub fn slowest_lag(&self) -> u64 {
        let channels = self.all();
        let slowest = channels.iter().filter_map(|channel| channel.slowest()).min();
        slowest.map_or(0, |cursor| self.head().saturating_sub(cursor))
    }

    /// How far it is to the head for one reader of these channels; 0 when none of them has news for it.
    pub fn lag(&self, keys: &[K], bell: &Bell) -> u64 {
        let Some(cursor) = bell.standing() else { return 0 };
        let channels = self.channels.lock().expect("no member panics");
        let newest = keys.iter().filter_map(|key| Some(channels.get(key)?.newest.load(Ordering::Acquire))).max();
        if newest.is_some_and(|newest| newest > cursor) { self.head().saturating_sub(cursor) } else { 0 }
    }

    /// What the rings hold, in bytes.
    pub fn ring_bytes(&self) -> usize {
        self.all().iter().map(|channel| channel.ring.lock().expect("no reader panics").bytes).sum()
    }

    // A copy: whoever looks at all of them must not hold the publisher back meanwhile.
    fn all(&self) -> Vec<Arc<Channel<K, F, S>>> {
        self.channels.lock().expect("no member panics").values().cloned().collect()
    }

    /// The members of each channel.
    pub fn members(&self) -> HashMap<K, usize> {
        let channels = self.channels.lock().expect("no member panics");
        channels
            .iter()
            .map(|(key, channel)| (key.clone(), channel.bells.lock().expect("no member panics").len()))
            .collect()
    }
}

impl<K: Eq + Hash + Clone, F: Framed, S: Clone> Hub<K, F, S> {
    /// How many readers are members of any of those channels; one of several counts once.
    pub fn distinct(&self, is_counted: impl Fn(&K) -> bool) -> usize {
        let channels = self.all();
        let counted = channels.iter().filter(|channel| is_counted(&channel.key));
        let mut readers = HashSet::new();
        for channel in counted {
            let bells = channel.bells.lock().expect("no member panics");
            readers.extend(bells.iter().map(|(_, bell)| Arc::as_ptr(bell)));
        }
        readers.len()
    }
}

/// A channel with news.
pub struct Woken<K, F, S>(Arc<Channel<K, F, S>>);

impl<K, F, S> Woken<K, F, S> {
    /// Wakes its members.
    pub fn ring(&self) {
        for (_, bell) in self.0.bells.lock().expect("no member panics").iter() {
            bell.ring();
        }
    }
}

impl<K, F: Framed, S: Clone> Channel<K, F, S> {
    fn new(key: K) -> Self {
        Self {
            key,
            ring: Mutex::new(Ring { frames: VecDeque::new(), bytes: 0, complete_from: None, snapshot: None }),
            newest: AtomicU64::new(0),
            closed: AtomicU64::new(u64::MAX),
            bells: Mutex::new(Slab::new()),
        }
    }

    fn push(&self, frame: F, bound: RingBound) {
        let mut ring = self.ring.lock().expect("no reader panics");
        if ring.complete_from.is_none() {
            // The snapshot that is on its way will be of a later moment.
            return;
        }
        ring.bytes += frame.cost();
        self.newest.store(frame.seq(), Ordering::Release);
        ring.frames.push_back(frame);
        while ring.frames.len() > 1 && (ring.frames.len() > bound.frames || ring.bytes > bound.bytes) {
            if let Some(oldest) = ring.frames.pop_front() {
                ring.bytes -= oldest.cost();
                ring.complete_from = Some(oldest.seq());
            }
        }
    }

    /// Where the slowest of the members stands that have not taken the newest frame.
    fn slowest(&self) -> Option<u64> {
        let newest = self.newest.load(Ordering::Acquire);
        let bells = self.bells.lock().expect("no member panics");
        let standing = bells.iter().filter_map(|(_, bell)| bell.standing());
        standing.filter(|cursor| *cursor < newest).min()
    }

    fn renew(&self, snapshot: S) {
        let mut ring = self.ring.lock().expect("no reader panics");
        if ring.complete_from.is_some() {
            ring.snapshot = Some(snapshot);
        }
    }
}

/// Membership of a channel; dropping it is the only way out, and takes an empty channel along.
pub struct Subscription<K: Eq + Hash + Clone, F: Framed, S: Clone> {
    hub: Arc<Hub<K, F, S>>,
    channel: Arc<Channel<K, F, S>>,
    slot: usize,
}

impl<K: Eq + Hash + Clone, F: Framed, S: Clone> Subscription<K, F, S> {
    /// The channel.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.channel.key
    }

    /// The channel as it is now, once it has been installed.
    #[must_use]
    pub fn snapshot(&self) -> Option<S> {
        self.channel.ring.lock().expect("no reader panics").snapshot.clone()
    }

    /// Whether there may be frames after `cursor`.
    #[must_use]
    pub fn has_news(&self, cursor: u64) -> bool {
        self.channel.newest.load(Ordering::Acquire) > cursor
    }

    /// The head at which the channel ended, once it has.
    #[must_use]
    pub fn closed(&self) -> Option<u64> {
        Some(self.channel.closed.load(Ordering::Acquire)).filter(|closed| *closed != u64::MAX)
    }

    /// The frames after `cursor` up to `head`, as many as `budget` bytes allow, at least one.
    pub fn take(&self, cursor: u64, head: u64, budget: usize) -> Taken<F> {
        let ring = self.channel.ring.lock().expect("no reader panics");
        if ring.complete_from.is_none_or(|from| cursor < from) {
            return Taken::FellOff;
        }
        let first = ring.frames.partition_point(|frame| frame.seq() <= cursor);
        let mut frames = Vec::new();
        let mut cost = 0;
        let mut complete_to = head;
        for frame in ring.frames.range(first..) {
            if frame.seq() > head {
                break;
            }
            if cost > 0 && cost + frame.cost() > budget {
                complete_to = frames.last().map_or(cursor, Framed::seq);
                break;
            }
            cost += frame.cost();
            frames.push(frame.clone());
        }
        Taken::Frames { frames, complete_to }
    }
}

impl<K: Eq + Hash + Clone, F: Framed, S: Clone> Drop for Subscription<K, F, S> {
    fn drop(&mut self) {
        let mut channels = self.hub.channels.lock().expect("no member panics");
        let mut bells = self.channel.bells.lock().expect("no member panics");
        bells.remove(self.slot);
        let is_current = channels.get(&self.channel.key).is_some_and(|current| Arc::ptr_eq(current, &self.channel));
        if bells.is_empty() && is_current {
            channels.remove(&self.channel.key);
        }
    }
}
