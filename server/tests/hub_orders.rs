//! Any order of publishing, joining, installing, reading and leaving: nothing is lost, doubled, reordered or left behind.

use std::collections::HashMap;
use std::task::{Wake, Waker};

use shuttle::sync::{Condvar, mpsc};
use shuttle::thread;

use hub::{Bell, Framed, Hub, Publication, RingBound, Subscription, Taken};
use sync::{Arc, Mutex};

#[expect(dead_code, reason = "the hub's other readers use the rest")]
#[path = "../src/sse/hub.rs"]
mod hub;

/// The locks of the hub, each of whose steps shuttle can put anywhere.
mod sync {
    pub use shuttle::sync::atomic::{AtomicU64, Ordering};
    pub use shuttle::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
}

type Key = &'static str;

/// A frame of a channel; 10 bytes each.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    seq: u64,
    key: Key,
}

impl Framed for Note {
    fn seq(&self) -> u64 {
        self.seq
    }

    fn cost(&self) -> usize {
        10
    }
}

/// Asks for a channel's first snapshot and for word once it is there.
type Asking = (Key, mpsc::Sender<()>);

/// A channel's snapshot is the seq it is of.
type Notes = Hub<Key, Note, u64>;
type Member = Subscription<Key, Note, u64>;

/// What is durable: written before the hub hears of it, as the store does.
#[derive(Default)]
struct Log(Mutex<Vec<Note>>);

impl Log {
    fn append(&self, notes: &[Note]) {
        self.0.lock().unwrap().extend_from_slice(notes);
    }

    fn range(&self, key: Key, after: u64, to: u64) -> Vec<Note> {
        let log = self.0.lock().unwrap();
        log.iter().filter(|note| note.key == key && note.seq > after && note.seq <= to).cloned().collect()
    }
}

/// Whoever sleeps until its bell rings.
#[derive(Default)]
struct Sleeper {
    rung: Mutex<bool>,
    ringing: Condvar,
}

impl Sleeper {
    fn sleep(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.ringing.wait(rung).unwrap();
        }
        *rung = false;
    }
}

/// `Wake` wants std's `Arc`.
struct Alarm(Arc<Sleeper>);

impl Wake for Alarm {
    fn wake(self: std::sync::Arc<Self>) {
        *self.0.rung.lock().unwrap() = true;
        self.0.ringing.notify_one();
    }
}

fn commit(hub: &Notes, log: &Log, head: u64, keys: &[Key]) {
    let first = head + 1 - keys.len() as u64;
    let notes: Vec<Note> = (first..).zip(keys).map(|(seq, key)| Note { seq, key }).collect();
    log.append(&notes);
    let latest: HashMap<Key, u64> = notes.iter().map(|note| (note.key, note.seq)).collect();
    let publication = Publication {
        head,
        frames: notes.into_iter().map(|note| (note.key, note)).collect(),
        snapshots: latest.into_iter().collect(),
        closed: Vec::new(),
    };
    for woken in hub.publish(publication) {
        woken.ring();
    }
}

/// Commits of one and two notes over both channels up to [`LAST`]; between them the channels that asked are installed.
fn publisher(hub: &Notes, log: &Log, asked: &mpsc::Receiver<Asking>) {
    let mut latest: HashMap<Key, u64> = HashMap::from([("a", 0), ("b", 0)]);
    for (head, keys) in [(1, &["a"][..]), (3, &["b", "a"]), (4, &["b"]), (6, &["a", "b"])] {
        while let Ok(asking) = asked.try_recv() {
            install(hub, &latest, asking);
        }
        commit(hub, log, head, keys);
        for (seq, key) in (head + 1 - keys.len() as u64..).zip(keys) {
            latest.insert(key, seq);
        }
    }
    // Whoever joins after the last commit is served as well: until all have left.
    while let Ok(asking) = asked.recv() {
        install(hub, &latest, asking);
    }
}

fn install(hub: &Notes, latest: &HashMap<Key, u64>, (key, done): Asking) {
    hub.install(&key, latest[key], hub.head());
    done.send(()).unwrap();
}

const LAST: u64 = 6;

/// Reads one channel up to `head`, from the ring where it can, else from the log; says how often the log was needed.
fn read(member: &Member, log: &Log, cursor: &mut u64, head: u64, budget: usize, got: &mut Vec<Note>) -> usize {
    let mut from_log = 0;
    while *cursor < head {
        match member.take(*cursor, head, budget) {
            Taken::Frames { frames, complete_to } => {
                assert!(complete_to > *cursor, "a read goes on");
                // What the ring gives is what the log has there: nothing missing, nothing doubled, in order.
                assert_eq!(frames, log.range(member.key(), *cursor, complete_to));
                got.extend(frames);
                *cursor = complete_to;
            }
            Taken::FellOff => {
                from_log += 1;
                got.extend(log.range(member.key(), *cursor, head));
                *cursor = head;
            }
        }
    }
    from_log
}

fn every_order(check: impl Fn() + Clone + Send + Sync + 'static) {
    shuttle::check_random(check.clone(), 400);
    shuttle::check_pct(check, 400, 3);
}

fn narrow() -> RingBound {
    RingBound { frames: 2, bytes: usize::MAX }
}

fn wide() -> RingBound {
    RingBound { frames: 100, bytes: usize::MAX }
}

/// Publisher and readers of both channels under `bound`; each reader sleeps on its bell until it has seen [`LAST`].
fn readers_see_everything(bound: RingBound, readers: usize) {
    let hub: Arc<Notes> = Arc::new(Hub::new(0, bound));
    let log = Arc::new(Log::default());
    let (ask, asked) = mpsc::channel();
    let reading: Vec<_> = (0..readers)
        .map(|_| {
            let (hub, log, ask) = (hub.clone(), log.clone(), ask.clone());
            thread::spawn(move || {
                let (bell, sleeper) = (Arc::new(Bell::default()), Arc::new(Sleeper::default()));
                let waker = Waker::from(std::sync::Arc::new(Alarm(sleeper.clone())));
                let members = ["a", "b"].map(|key| hub.join(key, &bell));
                // Who joins in the midst of a commit isn't woken by it: as the bus does, wait for the publisher's word.
                for member in &members {
                    let (done, installed) = mpsc::channel();
                    ask.send((*member.key(), done)).unwrap();
                    installed.recv().unwrap();
                }
                drop(ask);
                let mut got = Vec::new();
                let mut cursor = 0;
                loop {
                    bell.listen(&waker);
                    let head = hub.head();
                    let mut batch = Vec::new();
                    for member in &members {
                        read(member, &log, &mut cursor.clone(), head, 15, &mut batch);
                    }
                    batch.sort_by_key(|note| note.seq);
                    got.extend(batch);
                    cursor = head;
                    if head == LAST {
                        break;
                    }
                    // Both channels are in the last commit: if its ring is lost, this sleeps for ever.
                    sleeper.sleep();
                }
                let seqs: Vec<u64> = got.iter().map(|note| note.seq).collect();
                assert_eq!(seqs, (1..=LAST).collect::<Vec<_>>(), "each once, in the order of the log");
            })
        })
        .collect();
    drop(ask);
    publisher(&hub, &log, &asked);
    for reader in reading {
        reader.join().unwrap();
    }
    assert_eq!(hub.members(), HashMap::new(), "nobody is left behind");
}

#[test]
fn a_reader_of_two_channels_sees_every_frame_once_and_in_order() {
    every_order(|| readers_see_everything(wide(), 1));
}

#[test]
fn readers_of_a_ring_that_is_overwritten_go_to_the_log_and_miss_nothing() {
    every_order(|| readers_see_everything(narrow(), 2));
}

#[test]
fn a_reader_falls_off_exactly_when_the_ring_no_longer_covers_its_cursor() {
    every_order(|| {
        let hub: Arc<Notes> = Arc::new(Hub::new(0, narrow()));
        let log = Arc::new(Log::default());
        let bell = Arc::new(Bell::default());
        let member = hub.join("a", &bell);
        assert_eq!(member.take(0, 0, 100), Taken::FellOff, "nothing is known before the first snapshot");
        hub.install(&"a", 0, 0);
        let writing = {
            let (hub, log) = (hub.clone(), log.clone());
            thread::spawn(move || (1..=5).for_each(|head| commit(&hub, &log, head, &["a"])))
        };
        // The ring holds the last two of what was pushed: at least up to `before`, at most one commit past `after`.
        let before = hub.head();
        let taken = member.take(1, before, 100);
        let after = hub.head();
        match taken {
            Taken::FellOff => assert!(after + 1 > 3, "the ring still held 2 at {after}"),
            Taken::Frames { frames, .. } => {
                assert!(before <= 3, "the ring can't hold 2 at {before}");
                assert_eq!(frames, log.range("a", 1, before));
            }
        }
        writing.join().unwrap();
        assert_eq!(member.take(2, 5, 100), Taken::FellOff);
        let held = vec![Note { seq: 4, key: "a" }, Note { seq: 5, key: "a" }];
        assert_eq!(member.take(3, 5, 100), Taken::Frames { frames: held, complete_to: 5 });
    });
}

#[test]
fn bytes_bound_a_ring_too_but_its_newest_frame_stays() {
    shuttle::check_random(
        || {
            let hub: Arc<Notes> = Arc::new(Hub::new(0, RingBound { frames: 100, bytes: 5 }));
            let member = hub.join("a", &Arc::new(Bell::default()));
            hub.install(&"a", 0, 0);
            (1..=2).for_each(|head| commit(&hub, &Log::default(), head, &["a"]));
            assert_eq!(member.take(0, 2, 100), Taken::FellOff);
            let held = vec![Note { seq: 2, key: "a" }];
            assert_eq!(member.take(1, 2, 1), Taken::Frames { frames: held, complete_to: 2 });
        },
        1,
    );
}

#[test]
fn snapshots_of_one_moment_agree_with_the_head() {
    every_order(|| {
        let hub: Arc<Notes> = Arc::new(Hub::new(0, wide()));
        let bell = Arc::new(Bell::default());
        let members = ["a", "b"].map(|key| hub.join(key, &bell));
        for member in &members {
            hub.install(member.key(), 0, 0);
        }
        let writing = {
            let hub = hub.clone();
            // Each commit touches both channels, so that both snapshots tell which commit they are of.
            thread::spawn(move || {
                for head in [2, 4, 6] {
                    commit(&hub, &Log::default(), head, &["a", "b"]);
                }
            })
        };
        for _ in 0..3 {
            let moment = hub.one_moment();
            let head = hub.head();
            let [a, b] = ["a", "b"].map(|key| hub.snapshot(&key).expect("installed"));
            drop(moment);
            assert_eq!((a, b), if head == 0 { (0, 0) } else { (head - 1, head) });
        }
        writing.join().unwrap();
    });
}

#[test]
fn an_end_reaches_every_member_that_sleeps() {
    every_order(|| {
        let hub: Arc<Notes> = Arc::new(Hub::new(7, wide()));
        let asleep: Vec<_> = ["a", "b"]
            .map(|key| {
                let hub = hub.clone();
                thread::spawn(move || {
                    let (bell, sleeper) = (Arc::new(Bell::default()), Arc::new(Sleeper::default()));
                    let waker = Waker::from(std::sync::Arc::new(Alarm(sleeper.clone())));
                    let _member = hub.join(key, &bell);
                    loop {
                        bell.listen(&waker);
                        if let Some(end) = hub.end() {
                            break end;
                        }
                        sleeper.sleep();
                    }
                })
            })
            .into();
        hub.end_all().iter().for_each(hub::Woken::ring);
        for sleeper in asleep {
            assert_eq!(sleeper.join().unwrap(), 7);
        }
        assert_eq!(hub.members(), HashMap::new());
    });
}

#[test]
fn a_closed_channel_tells_its_members_and_the_next_one_is_another() {
    every_order(|| {
        let hub: Arc<Notes> = Arc::new(Hub::new(0, wide()));
        let [leaver, member] = [(); 2].map(|()| hub.join("a", &Arc::new(Bell::default())));
        hub.install(&"a", 0, 0);
        let leaving = thread::spawn(move || {
            let closed = leaver.closed();
            assert!(closed.is_none_or(|at| at == 1));
        });
        hub.publish(Publication { head: 1, frames: Vec::new(), snapshots: Vec::new(), closed: vec!["a"] });
        assert_eq!(member.closed(), Some(1));
        let next = hub.join("a", &Arc::new(Bell::default()));
        drop(member);
        leaving.join().unwrap();
        assert_eq!(next.closed(), None);
        assert_eq!(
            hub.members(),
            HashMap::from([("a", 1)]),
            "who leaves the old channel doesn't take the new one along"
        );
        drop(next);
        assert_eq!(hub.members(), HashMap::new());
    });
}
