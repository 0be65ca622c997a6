//! What the server counts about itself, and the text in which it tells.
//!
//! Every count is a plain atomic behind a handle that is passed as a value; nothing is looked up by name where events
//! are sent. What can be read off when somebody asks (rings, queues, cursors) is not counted at all. No label names a
//! board, a card or an attempt: labels are few and known beforehand.

mod commits;
mod histogram;
mod refusals;
mod requests;
mod streams;

use std::fmt::Debug;
use std::sync::Arc;

use prometheus_client::encoding::{EncodeMetric, text};
use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use commits::Commits;
pub use histogram::Histogram;
pub use refusals::{Limit, Refusals};
pub use requests::Requests;
pub use streams::{End, Kind, Presence, ResetReason, Streams};

/// The format of the text: [OpenMetrics 1.0], which Prometheus reads as its own.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds of times between a tenth of a millisecond and a minute, in nanoseconds.
const DELAYS: &[u64] = &[
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
    5_000_000_000,
    60_000_000_000,
];

/// All that is counted. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    registry: Registry,
    streams: Arc<Streams>,
    commits: Commits,
    requests: Requests,
    refusals: Refusals,
    levels: Levels,
}

/// What is read off when somebody asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Readings {
    /// Open connections, whatever they carry.
    pub connections: usize,
    /// Boards with a stream, plus one for the dashboard.
    pub channels: usize,
    /// What all rings hold, in bytes.
    pub ring_bytes: usize,
    /// Commands that wait for the writer.
    pub writer_queue: usize,
    /// How many events of the log the slowest stream has before it.
    pub slowest_lag: u64,
}

#[derive(Debug)]
struct Levels {
    connections: Gauge,
    channels: Gauge,
    ring_bytes: Gauge,
    writer_queue: Gauge,
    slowest_lag: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("boardcast");
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        Self(Arc::new(Parts {
            streams: Arc::new(Streams::register(&mut registry)),
            commits: Commits::register(&mut registry),
            requests: Requests::register(&mut registry),
            refusals: Refusals::register(&mut registry),
            levels: Levels::register(&mut registry),
            registry,
        }))
    }
}

impl Metrics {
    /// What streams count.
    #[must_use]
    pub fn streams(&self) -> &Arc<Streams> {
        &self.0.streams
    }

    /// What the writer's commits count: a subscriber of the store.
    #[must_use]
    pub fn commits(&self) -> Commits {
        self.0.commits.clone()
    }

    /// What requests count.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.0.requests
    }

    /// What limits count.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.0.refusals.clone()
    }

    /// All of it as text.
    #[must_use]
    pub fn told_with(&self, readings: Readings) -> String {
        self.0.levels.set(readings);
        let mut told = String::new();
        text::encode(&mut told, &self.0.registry).expect("a string takes everything");
        told
    }
}

impl Levels {
    fn register(to: &mut Registry) -> Self {
        let mut level = |name: &str, help: &str| {
            let gauge = Gauge::default();
            to.register(name, help, gauge.clone());
            gauge
        };
        Self {
            connections: level("connections", "Open connections, whatever they carry"),
            channels: level("channels", "Boards with a stream, plus one for the dashboard"),
            ring_bytes: level("ring_bytes", "What the channels' rings hold"),
            writer_queue: level("writer_queue_commands", "Commands that wait for the writer"),
            slowest_lag: level(
                "slowest_stream_lag_events",
                "From where the slowest stream with news stands to the head of the log",
            ),
        }
    }

    fn set(&self, readings: Readings) {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.connections.set(count(readings.connections));
        self.channels.set(count(readings.channels));
        self.ring_bytes.set(count(readings.ring_bytes));
        self.writer_queue.set(count(readings.writer_queue));
        self.slowest_lag.set(i64::try_from(readings.slowest_lag).unwrap_or(i64::MAX));
    }
}

/// One metric for each value of a label: all of them are told from the first moment on.
fn by_label<M, const N: usize>(
    to: &mut Registry,
    name: &str,
    help: &str,
    label: &'static str,
    values: [&'static str; N],
) -> [M; N]
where
    M: EncodeMetric + TypedMetric + Default + Clone + Debug + Send + Sync + 'static,
{
    let family = Family::<[(&'static str, &'static str); 1], M>::default();
    to.register(name, help, family.clone());
    values.map(|value| family.get_or_create_owned(&[(label, value)]))
}
