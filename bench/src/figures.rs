use std::collections::BTreeMap;

use crate::curves::Points;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Side {
    /// The one that this repository makes.
    Boardcast,
    /// The plain one.
    Baseline,
}

impl Side {
    /// Both, in the order in which they are measured.
    pub const BOTH: &[Self] = &[Self::Boardcast, Self::Baseline];
}

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    SingleDelivery,
    SinglePublish,
    BurstDelivery,
    BurstPublish,
    FrameBytes,
    IdleStream,
    LatencyMedian,
    LatencyP99,
    Ingest,
    StalledReader,
    HealthyAlone,
    HealthyBeside,
    StalledLarge,
    Replay,
    ReplayEvent,
    Storm,
    StormDelivery,
    StormMemory,
    HandOver,
    HandOverFaults,
    MovePatch,
    Start,
}

/// What a figure has to keep to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// For the reader's information.
    None,
    AtMost(f64),
    AtLeast(f64),
    /// At most this part of the baseline's.
    OfBaseline(f64),
    /// At most so many times another figure of the same server.
    TimesOf(f64, Figure),
}

impl Figure {
    /// All of them, in the order of the table.
    pub const ALL: &[Self] = &[
        Self::SingleDelivery,
        Self::SinglePublish,
        Self::BurstDelivery,
        Self::BurstPublish,
        Self::FrameBytes,
        Self::IdleStream,
        Self::LatencyMedian,
        Self::LatencyP99,
        Self::Ingest,
        Self::StalledReader,
        Self::HealthyAlone,
        Self::HealthyBeside,
        Self::StalledLarge,
        Self::Replay,
        Self::ReplayEvent,
        Self::Storm,
        Self::StormDelivery,
        Self::StormMemory,
        Self::HandOver,
        Self::HandOverFaults,
        Self::MovePatch,
        Self::Start,
    ];

    /// What it is, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::SingleDelivery => "CPU per delivery, one event at a time",
            Self::SinglePublish => "CPU per event published alone, no reader",
            Self::BurstDelivery => "CPU per delivery, bursts of 100",
            Self::BurstPublish => "CPU per event published by 100, no reader",
            Self::FrameBytes => "bytes on the wire per delivery",
            Self::IdleStream => "memory per idle stream",
            Self::LatencyMedian => "publish to receipt, p50",
            Self::LatencyP99 => "publish to receipt, p99",
            Self::Ingest => "facts taken per second, fully durable",
            Self::StalledReader => "memory per stalled reader",
            Self::HealthyAlone => "p99 at 1,000 events/s, healthy reader alone",
            Self::HealthyBeside => "p99 at 1,000 events/s, beside stalled readers",
            Self::StalledLarge => "memory per reader stalled on frames of 250 KiB",
            Self::Replay => "events replayed per second, one reader",
            Self::ReplayEvent => "CPU per event replayed, one reader",
            Self::Storm => "all back after a restart, with what they missed",
            Self::StormDelivery => "CPU per delivery when all come back",
            Self::StormMemory => "the most memory while all come back",
            Self::HandOver => "joining from the log under load, slowest",
            Self::HandOverFaults => "events missed or doubled while joining",
            Self::MovePatch => "patch of one move on a large board",
            Self::Start => "start to listening, with a long log",
        }
    }

    /// What it is counted in.
    pub fn unit(self) -> &'static str {
        match self {
            Self::SingleDelivery
            | Self::SinglePublish
            | Self::BurstDelivery
            | Self::BurstPublish
            | Self::ReplayEvent
            | Self::StormDelivery => "µs",
            Self::FrameBytes | Self::MovePatch => "B",
            Self::IdleStream | Self::StalledReader | Self::StalledLarge => "KiB",
            Self::StormMemory => "MiB",
            Self::LatencyMedian
            | Self::LatencyP99
            | Self::HealthyAlone
            | Self::HealthyBeside
            | Self::Storm
            | Self::HandOver
            | Self::Start => "ms",
            Self::Ingest | Self::Replay => "/s",
            Self::HandOverFaults => "events",
        }
    }

    /// What it has to keep to. Ratios where the machine decides the number, numbers where the design does.
    pub fn bound(self) -> Bound {
        match self {
            Self::SinglePublish
            | Self::BurstPublish
            | Self::FrameBytes
            | Self::LatencyMedian
            | Self::HealthyAlone
            | Self::ReplayEvent
            | Self::Storm
            | Self::StormDelivery
            | Self::StormMemory
            | Self::HandOver => Bound::None,
            // The kernel's send is most of it on both sides.
            Self::SingleDelivery => Bound::OfBaseline(0.9),
            // Encoding once, and several frames in one write.
            Self::BurstDelivery => Bound::OfBaseline(0.5),
            Self::IdleStream => Bound::OfBaseline(0.65),
            // A commit with fsync is on the way; the plain server has none, and is still not quicker at its slowest.
            Self::LatencyP99 => Bound::OfBaseline(1.0),
            Self::Ingest => Bound::AtLeast(10_000.0),
            Self::StalledReader | Self::StalledLarge => Bound::AtMost(256.0),
            Self::Replay => Bound::AtLeast(50_000.0),
            Self::HandOverFaults => Bound::AtMost(0.0),
            Self::HealthyBeside => Bound::TimesOf(2.0, Self::HealthyAlone),
            Self::MovePatch => Bound::AtMost(2048.0),
            Self::Start => Bound::AtMost(1000.0),
        }
    }
}

/// What was measured, all rounds.
#[derive(Debug, Default)]
pub struct Samples {
    /// For the plots.
    pub points: Points,
    values: BTreeMap<(Figure, Side), Vec<f64>>,
}

impl Samples {
    /// Adds one round's value.
    pub fn add(&mut self, figure: Figure, side: Side, value: f64) {
        self.values.entry((figure, side)).or_default().push(value);
    }

    /// All rounds' values, in their order.
    pub fn all(&self, figure: Figure, side: Side) -> &[f64] {
        self.values.get(&(figure, side)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The middle one of all rounds.
    pub fn median(&self, figure: Figure, side: Side) -> Option<f64> {
        median(self.all(figure, side))
    }

    /// Boardcast's part of the baseline's figure.
    pub fn ratio(&self, figure: Figure) -> Option<f64> {
        let baseline = self.median(figure, Side::Baseline).filter(|value| *value > 0.0)?;
        Some(self.median(figure, Side::Boardcast)? / baseline)
    }

    /// Whether Boardcast keeps the bound; `None` without a bound or a measurement.
    pub fn keeps(&self, figure: Figure) -> Option<bool> {
        match figure.bound() {
            Bound::None => None,
            Bound::AtMost(most) => Some(self.median(figure, Side::Boardcast)? <= most),
            Bound::AtLeast(least) => Some(self.median(figure, Side::Boardcast)? >= least),
            Bound::OfBaseline(part) => Some(self.ratio(figure)? <= part),
            Bound::TimesOf(times, other) => {
                let most = times * self.median(other, Side::Boardcast)?;
                Some(self.median(figure, Side::Boardcast)? <= most)
            }
        }
    }

    /// Whether any bound isn't kept.
    pub fn any_over(&self) -> bool {
        Figure::ALL.iter().any(|figure| self.keeps(*figure) == Some(false))
    }
}

/// The middle one, of an even number the mean of the middle two.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_counts_and_is_held_against_the_bound() {
        let mut samples = Samples::default();
        assert_eq!(samples.keeps(Figure::BurstDelivery), None);
        for value in [0.9, 0.1, 0.3] {
            samples.add(Figure::BurstDelivery, Side::Boardcast, value);
        }
        for value in [1.0, 2.0] {
            samples.add(Figure::BurstDelivery, Side::Baseline, value);
        }
        assert_eq!(samples.median(Figure::BurstDelivery, Side::Boardcast), Some(0.3));
        assert_eq!(samples.median(Figure::BurstDelivery, Side::Baseline), Some(1.5));
        assert_eq!(samples.keeps(Figure::BurstDelivery), Some(true));
        samples.add(Figure::Ingest, Side::Boardcast, 100.0);
        assert!(samples.any_over());
    }
}
