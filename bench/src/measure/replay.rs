use std::time::Instant;

use super::{Bench, number};
use crate::figures::{Figure, Samples, Side};
use crate::streams::{Reading, Streams};
use crate::target::serve;

const MIB: f64 = 1024.0 * 1024.0;

/// The whole log to one reader.
pub async fn one_reader(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    let path = format!("{}&lastEventId={}", target.stream_path, target.cursor().await?);
    target.publish_many(plan.logged).await?;
    let (before, start) = (target.process.cpu_micros()?, Instant::now());
    let streams = Streams::open(&target.process.url, &path, 1, Reading::Count).await?;
    streams.have_seen(plan.logged as u64).await?;
    samples.add(Figure::Replay, side, number(plan.logged) / start.elapsed().as_secs_f64());
    samples.add(Figure::ReplayEvent, side, (target.process.cpu_micros()? - before) / number(plan.logged));
    Ok(())
}

/// The server was restarted: every reader comes back at once, each with its cursor and what it missed.
pub async fn storm(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, dir)) = (&bench.plan, bench.target(side).await?);
    let path = format!("{}&lastEventId={}", target.stream_path, target.cursor().await?);
    target.publish_many(plan.missed).await?;
    target.process.stop().await?;
    let process = serve(&dir.0).await?;
    let (before, start) = (process.cpu_micros()?, Instant::now());
    let streams = Streams::open_at_once(&process.url, &path, plan.streams);
    streams.have_seen((plan.streams * plan.missed) as u64).await?;
    samples.add(Figure::Storm, side, start.elapsed().as_secs_f64() * 1000.0);
    let spent = process.cpu_micros()? - before;
    samples.add(Figure::StormDelivery, side, spent / number(plan.streams * plan.missed));
    samples.add(Figure::StormMemory, side, process.peak_memory()? / MIB);
    Ok(())
}
