use tokio::time::{Instant, sleep_until};

use super::{Bench, number, settle};
use crate::figures::{Figure, Samples, Side};
use crate::plan::BATCH;
use crate::streams::{Reading, Streams};
use crate::target::Target;

/// The clock of a process ticks in hundredths of a second: publishing alone is repeated until that is fine enough.
const ALONE: usize = 20;

/// One event at a time: the next is published when every reader has the one before, and not before its time.
pub async fn singles(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    let alone = publish_alone(&target, plan.singles * ALONE / 2, 1).await?;
    samples.add(Figure::SinglePublish, side, alone);

    let streams = Streams::open(&target.process.url, &target.stream_path, plan.streams, Reading::Count).await?;
    settle().await;
    let before = target.process.cpu_micros()?;
    let start = Instant::now();
    for n in 1..=plan.singles {
        target.publish(1).await?;
        streams.have_seen((n * plan.streams) as u64).await?;
        sleep_until(start + plan.single_pace * u32::try_from(n)?).await;
    }
    let spent = target.process.cpu_micros()? - before;
    samples.add(Figure::SingleDelivery, side, spent / number(plan.singles * plan.streams));
    let (events, bytes) = streams.seen();
    samples.add(Figure::FrameBytes, side, number(usize::try_from(bytes / events)?));
    Ok(())
}

/// Bursts: the next hundred is published when every reader has the hundred before.
pub async fn bursts(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    let alone = publish_alone(&target, plan.bursts * ALONE / 4, BATCH).await?;
    samples.add(Figure::BurstPublish, side, alone);

    let streams = Streams::open(&target.process.url, &target.stream_path, plan.streams, Reading::Count).await?;
    settle().await;
    let before = target.process.cpu_micros()?;
    for n in 1..=plan.bursts {
        target.publish(BATCH).await?;
        streams.have_seen((n * BATCH * plan.streams) as u64).await?;
    }
    let spent = target.process.cpu_micros()? - before;
    samples.add(Figure::BurstDelivery, side, spent / number(plan.bursts * BATCH * plan.streams));
    Ok(())
}

/// The same load without a reader: what publishing costs by itself, in microseconds an event.
async fn publish_alone(target: &Target, posts: usize, batch: usize) -> anyhow::Result<f64> {
    let before = target.process.cpu_micros()?;
    for _ in 0..posts {
        target.publish(batch).await?;
    }
    Ok((target.process.cpu_micros()? - before) / number(posts * batch))
}
