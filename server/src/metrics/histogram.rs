//! A histogram of plain atomics: many streams observe at once, and none waits for another.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

const NANOS: u64 = 1_000_000_000;

/// How often what was seen. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Histogram(Arc<Buckets>);

#[derive(Debug)]
struct Buckets {
    // Inclusive upper bounds, in the unit that is counted.
    bounds: &'static [u64],
    // One for each bound, and one for what is above all of them.
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
    // So many of the counted unit are one of the told unit.
    scale: u64,
}

impl Histogram {
    /// Times; `bounds` are in nanoseconds, and told in seconds.
    #[must_use]
    pub fn of_times(bounds: &'static [u64]) -> Self {
        Self::new(bounds, NANOS)
    }

    /// Numbers of things.
    #[must_use]
    pub fn of_numbers(bounds: &'static [u64]) -> Self {
        Self::new(bounds, 1)
    }

    fn new(bounds: &'static [u64], scale: u64) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Buckets { bounds, counts, sum: AtomicU64::new(0), scale }))
    }

    /// One more, of this size.
    pub fn saw(&self, value: u64) {
        let bucket = self.0.bounds.partition_point(|bound| *bound < value);
        self.0.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.0.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// One more, of this length.
    pub fn took(&self, time: Duration) {
        self.saw(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    #[expect(clippy::cast_precision_loss, reason = "52 bits are more than a graph shows")]
    fn told(&self, value: u64) -> f64 {
        value as f64 / self.0.scale as f64
    }
}

impl EncodeMetric for Histogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let counts: Vec<u64> = self.0.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let bounds = self.0.bounds.iter().map(|bound| self.told(*bound)).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts.iter().copied()).collect();
        let sum = self.told(self.0.sum.load(Ordering::Relaxed));
        // The count is that of the buckets as they were read, so that the last bucket is always all of them.
        encoder.encode_histogram::<NoLabelSet>(sum, counts.iter().sum(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}
