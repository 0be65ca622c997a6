use std::collections::VecDeque;
use std::time::Duration;

/// Between two versions of an item below [`LARGE`].
const SHORT_GAP: Duration = Duration::from_millis(50);
/// Between two versions of a larger one.
const LONG_GAP: Duration = Duration::from_millis(500);
/// From this size an item is large, in bytes.
const LARGE: usize = 4 << 10;
/// When a version is due that comes only when its item has ended.
const AT_THE_END: Duration = Duration::MAX;
/// So many items that were reported lately are held; with more, the oldest is reported early.
const MOST: usize = 256;

/// When the next version of each item may be reported. Knows items by their ids; `K` is what is kept of one that
/// nobody else holds any more.
#[derive(Debug)]
pub struct Pace<K> {
    items: VecDeque<Paced<K>>,
}

#[derive(Debug)]
struct Paced<K> {
    id: String,
    reported: Duration,
    waits: Option<Waiting<K>>,
}

#[derive(Debug)]
struct Waiting<K> {
    due: Duration,
    kept: Option<K>,
}

/// An item whose newest version is to be reported now.
#[derive(Debug, PartialEq, Eq)]
pub enum Report<K> {
    /// As it stands.
    Live(String),
    /// As it was when it was put aside.
    Kept(K),
}

impl<K> Pace<K> {
    pub fn new() -> Self {
        Self { items: VecDeque::new() }
    }

    /// An item has changed and has now `size` bytes. What must be reported at once, in order; the others come by
    /// [`Self::take_due`].
    pub fn changed(&mut self, id: &str, size: usize, now: Duration) -> Vec<Report<K>> {
        self.items.retain(|item| item.waits.is_some() || item.reported + LONG_GAP > now);
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            let gap = if size < LARGE { SHORT_GAP } else { LONG_GAP };
            let due = item.reported + gap;
            if due > now {
                item.waits = Some(Waiting { due, kept: None });
                return Vec::new();
            }
            item.reported = now;
            item.waits = None;
            return vec![Report::Live(id.to_owned())];
        }
        let mut reports = Vec::new();
        if self.items.len() == MOST {
            let oldest = self.items.pop_front();
            reports.extend(oldest.and_then(|item| item.waits.map(|waiting| waiting.report(item.id))));
        }
        self.items.push_back(Paced { id: id.to_owned(), reported: now, waits: None });
        reports.push(Report::Live(id.to_owned()));
        reports
    }

    /// An item has changed and is to be reported with the next ones.
    pub fn mark(&mut self, id: &str, now: Duration) {
        let waits = Some(Waiting { due: now, kept: None });
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            item.waits = waits;
        } else {
            self.items.push_back(Paced { id: id.to_owned(), reported: now, waits });
        }
    }

    /// What was reported of an item is not all of it: one more version follows, at the latest when it ends.
    pub fn owe(&mut self, id: &str) {
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            item.waits.get_or_insert(Waiting { due: AT_THE_END, kept: None });
        }
    }

    /// Keeps the last version of an item that its owner gives up, if it is still to be reported.
    pub fn put_aside(&mut self, id: &str, last: impl FnOnce() -> K) {
        let Some(item) = self.items.iter_mut().find(|item| item.id == id) else { return };
        let reported = item.reported;
        if let Some(waiting) = &mut item.waits {
            waiting.kept = Some(last());
            waiting.due = waiting.due.min(reported + LONG_GAP);
        }
    }

    /// When the next one is due.
    pub fn due(&self) -> Option<Duration> {
        self.items
            .iter()
            .filter_map(|item| item.waits.as_ref())
            .map(|waiting| waiting.due)
            .min()
            .filter(|due| *due != AT_THE_END)
    }

    /// Those that are due.
    pub fn take_due(&mut self, now: Duration) -> Vec<Report<K>> {
        self.take(now, |waiting| waiting.due <= now)
    }

    /// All that wait, early: nothing more will come.
    pub fn take_all(&mut self, now: Duration) -> Vec<Report<K>> {
        self.take(now, |_| true)
    }

    fn take(&mut self, now: Duration, which: impl Fn(&Waiting<K>) -> bool) -> Vec<Report<K>> {
        let mut reports = Vec::new();
        for item in &mut self.items {
            if let Some(waiting) = item.waits.take_if(|waiting| which(waiting)) {
                item.reported = now;
                reports.push(waiting.report(item.id.clone()));
            }
        }
        reports
    }
}

impl<K> Waiting<K> {
    fn report(self, id: String) -> Report<K> {
        self.kept.map_or(Report::Live(id), Report::Kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn live(id: &str) -> Vec<Report<&'static str>> {
        vec![Report::Live(id.into())]
    }

    #[test]
    fn the_first_version_comes_at_once_and_the_last_one_always() {
        let mut pace = Pace::new();
        assert_eq!(pace.changed("a", 10, ms(0)), live("a"));
        assert_eq!(pace.changed("a", 20, ms(1)), []);
        assert_eq!(pace.changed("a", 30, ms(49)), []);
        assert_eq!(pace.due(), Some(ms(50)));
        assert_eq!(pace.take_due(ms(49)), []);
        assert_eq!(pace.take_due(ms(50)), live("a"));
        assert_eq!(pace.due(), None);
        assert_eq!(pace.changed("a", 40, ms(99)), []);
        assert_eq!(pace.changed("a", 50, ms(100)), live("a"));
        assert_eq!(pace.take_all(ms(100)), []);
    }

    #[test]
    fn a_large_item_waits_longer() {
        let mut pace = Pace::new();
        assert_eq!(pace.changed("a", LARGE - 1, ms(0)), live("a"));
        assert_eq!(pace.changed("a", LARGE, ms(60)), []);
        assert_eq!(pace.due(), Some(ms(500)));
        assert_eq!(pace.changed("a", LARGE + 1, ms(499)), []);
        assert_eq!(pace.take_due(ms(500)), live("a"));
        assert_eq!(pace.changed("a", LARGE + 2, ms(999)), []);
        assert_eq!(pace.take_all(ms(999)), live("a"));
    }

    #[test]
    fn what_its_owner_gives_up_is_kept_until_it_is_due() {
        let mut pace = Pace::new();
        assert_eq!(pace.changed("a", 1, ms(0)), live("a"));
        pace.put_aside("a", || "nothing waits: not kept");
        assert_eq!(pace.changed("a", 2, ms(1)), []);
        pace.put_aside("a", || "the last");
        assert_eq!(pace.changed("b", 1, ms(2)), live("b"));
        assert_eq!(pace.take_due(ms(50)), [Report::Kept("the last")]);
        assert_eq!(pace.take_all(ms(50)), []);
    }

    #[test]
    fn what_is_owed_comes_when_the_item_ends_and_not_before() {
        let mut pace = Pace::new();
        assert_eq!(pace.changed("a", 1, ms(0)), live("a"));
        pace.owe("a");
        assert_eq!((pace.due(), pace.take_due(ms(10_000))), (None, vec![]));
        assert_eq!(pace.changed("b", 1, ms(10_000)), live("b"));
        pace.put_aside("a", || "all of it");
        assert_eq!(pace.due(), Some(ms(500)));
        assert_eq!(pace.take_due(ms(10_000)), [Report::Kept("all of it")]);
        pace.owe("b");
        assert_eq!(pace.take_all(ms(10_001)), live("b"));
    }

    #[test]
    fn it_holds_only_what_was_reported_lately_and_never_more_than_its_bound() {
        let mut pace = Pace::new();
        for n in 0..MOST {
            assert_eq!(pace.changed(&n.to_string(), 1, ms(0)), live(&n.to_string()));
        }
        assert_eq!(pace.changed("0", 2, ms(1)), []);
        assert_eq!(pace.changed("one more", 1, ms(1)), [Report::Live("0".into()), Report::Live("one more".into())]);
        assert_eq!(pace.items.len(), MOST);
        pace.changed("later", 1, ms(501));
        assert_eq!(pace.items.len(), 1);
    }
}
