//! What the writer does.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::DELAYS;
use super::histogram::Histogram;
use crate::events::{Commit, Subscriber};

/// Bounds of how many commands one transaction carries out.
const GROUPS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// Commits, as the log's subscriber hears of them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Commits {
    published: Counter,
    commands: Histogram,
    whole: Histogram,
    durable: Histogram,
}

impl Commits {
    pub(super) fn register(to: &mut Registry) -> Self {
        let published = Counter::default();
        to.register("events_published", "Events that were committed and published", published.clone());
        let commands = Histogram::of_numbers(GROUPS);
        to.register("group_commands", "Commands that one transaction carried out", commands.clone());
        let whole = Histogram::of_times(DELAYS);
        let help = "One transaction that wrote something, from its begin until it was durable";
        to.register("commit_seconds", help, whole.clone());
        let durable = Histogram::of_times(DELAYS);
        let help = "Of a transaction that wrote something the last part: its pages written and synced to disk";
        to.register("fsync_seconds", help, durable.clone());
        Self { published, commands, whole, durable }
    }
}

impl Subscriber for Commits {
    fn committed(&self, commit: &Commit) {
        self.published.inc_by(commit.facts.len() as u64);
        self.commands.saw(commit.commands as u64);
        if let Some(took) = commit.took {
            self.whole.took(took.whole);
            self.durable.took(took.durable);
        }
    }
}
