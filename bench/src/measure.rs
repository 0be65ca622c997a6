//! The measurements. Each starts its own servers and ends them.

mod board;
mod commits;
mod fan_out;
mod hand_over;
mod ingest;
mod memory;
mod replay;
mod stalled;
mod start;
mod timing;

use std::path::PathBuf;
use std::time::Duration;

use crate::figures::{Samples, Side};
use crate::plan::Plan;
use crate::process;
use crate::target::{DataDir, Target};

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Measure {
    /// CPU per delivery, one event at a time
    Singles,
    /// CPU per delivery, in bursts
    Bursts,
    /// Memory of idle streams
    Memory,
    /// From publishing to receipt
    Latency,
    /// Facts per second
    Ingest,
    /// Readers that stop reading
    Stalled,
    /// Readers that stop reading before large frames
    StalledLarge,
    /// The whole log to one reader
    Replay,
    /// All readers at once after a restart
    Storm,
    /// Readers that join from the log under load
    HandOver,
    /// Commits by group size
    Commits,
    /// Moving a card by the size of the board
    Moves,
    /// From start to listening by the size of the log
    Start,
}

impl Measure {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Singles,
        Self::Bursts,
        Self::Memory,
        Self::Latency,
        Self::Ingest,
        Self::Stalled,
        Self::StalledLarge,
        Self::Replay,
        Self::Storm,
        Self::HandOver,
        Self::Commits,
        Self::Moves,
        Self::Start,
    ];

    /// Whose it can be. The plain server has no log and no board.
    pub fn sides(self) -> &'static [Side] {
        match self {
            Self::Singles | Self::Bursts | Self::Memory | Self::Latency | Self::Stalled => Side::BOTH,
            Self::Ingest
            | Self::StalledLarge
            | Self::Replay
            | Self::Storm
            | Self::HandOver
            | Self::Commits
            | Self::Moves
            | Self::Start => &[Side::Boardcast],
        }
    }

    /// One round on one server.
    pub async fn run(self, bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
        match self {
            Self::Singles => fan_out::singles(bench, side, samples).await,
            Self::Bursts => fan_out::bursts(bench, side, samples).await,
            Self::Memory => memory::idle(bench, side, samples).await,
            Self::Latency => timing::latency(bench, side, samples).await,
            Self::Ingest => ingest::facts_per_second(bench, side, samples).await,
            Self::Stalled => stalled::readers(bench, side, samples).await,
            Self::StalledLarge => stalled::on_large_frames(bench, side, samples).await,
            Self::Replay => replay::one_reader(bench, side, samples).await,
            Self::Storm => replay::storm(bench, side, samples).await,
            Self::HandOver => hand_over::under_load(bench, side, samples).await,
            Self::Commits => commits::by_group_size(bench, side, samples).await,
            Self::Moves => board::moves(bench, side, samples).await,
            Self::Start => start::by_log_size(bench, side, samples).await,
        }
    }
}

/// What all measurements share.
pub struct Bench {
    pub plan: Plan,
    dir: PathBuf,
}

impl Bench {
    pub fn new(plan: Plan, dir: Option<PathBuf>) -> anyhow::Result<Self> {
        Ok(Self { plan, dir: dir.map_or_else(process::data_dir, Ok)? })
    }

    /// A fresh server, and the folder that goes with it.
    async fn target(&self, side: Side) -> anyhow::Result<(Target, DataDir)> {
        let dir = self.data_dir()?;
        Ok((Target::start(side, &dir.0).await?, dir))
    }

    fn data_dir(&self) -> anyhow::Result<DataDir> {
        DataDir::new(&self.dir)
    }
}

/// Lets a server finish what an opening or a load left behind.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// The value that the given part of all sorted values doesn't exceed.
fn quantile(sorted: &[u32], part: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = ((sorted.len() as f64 * part).ceil() as usize).saturating_sub(1);
    sorted.get(index).map_or(f64::NAN, |value| f64::from(*value))
}

/// Counts as numbers to divide by; all are far below 2^52.
fn number(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let number = count as f64;
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers")]
    fn quantiles_are_values_that_were_seen() {
        let sorted: Vec<u32> = (1..=100).collect();
        assert_eq!(quantile(&sorted, 0.5), 50.0);
        assert_eq!(quantile(&sorted, 0.99), 99.0);
        assert_eq!(quantile(&[7], 0.99), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
