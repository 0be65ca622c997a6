use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Bench, number, quantile, settle};
use crate::figures::{Figure, Samples, Side};
use crate::streams::{Reading, Streams};

/// 1,000 events a second, ten at a time.
const AT_ONCE: usize = 10;
const PACE: Duration = Duration::from_millis(10);

/// What readers that stop reading cost, and what they do to one that reads.
pub async fn readers(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let alone = beside(bench, side, 0).await?;
    let together = beside(bench, side, bench.plan.stalled).await?;
    samples.add(Figure::HealthyAlone, side, alone.p99_ms);
    samples.add(Figure::HealthyBeside, side, together.p99_ms);
    let each = (together.memory - alone.memory) / 1024.0 / number(bench.plan.stalled);
    samples.add(Figure::StalledReader, side, each);
    Ok(())
}

/// What readers cost that stop reading before frames that are larger than what a stream sends together. The load is sent
/// once before them, so that what it costs by itself isn't theirs.
pub async fn on_large_frames(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    const LARGE_BYTES: usize = 250 << 10;
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    let (url, path) = (&target.process.url, &target.stream_path);
    let healthy = Streams::open(url, path, 1, Reading::Count).await?;
    let mut most = [0_f64; 2];
    let mut stalled = None;
    for (n, most) in most.iter_mut().enumerate() {
        if n == 1 {
            stalled = Some(Streams::open(url, path, plan.stalled, Reading::Stall).await?);
            settle().await;
        }
        for sent in 1..=plan.large {
            target.publish_large(LARGE_BYTES).await?;
            healthy.have_seen((n * plan.large + sent) as u64).await?;
            *most = most.max(target.process.memory()?);
        }
    }
    drop(stalled);
    samples.add(Figure::StalledLarge, side, (most[1] - most[0]) / 1024.0 / number(plan.stalled));
    Ok(())
}

struct Seen {
    p99_ms: f64,
    /// The most that the server had under the load, in bytes.
    memory: f64,
}

async fn beside(bench: &Bench, side: Side, stalled: usize) -> anyhow::Result<Seen> {
    let (target, _dir) = bench.target(side).await?;
    let (url, path) = (&target.process.url, &target.stream_path);
    let healthy = Streams::open(url, path, 1, Reading::Time(target.clock)).await?;
    let _stalled = Streams::open(url, path, stalled, Reading::Stall).await?;
    settle().await;
    let rounds = u32::try_from(bench.plan.stalled_for.as_millis() / PACE.as_millis())?;
    let (start, mut memory) = (Instant::now(), 0_f64);
    for n in 1..=rounds {
        target.publish(AT_ONCE).await?;
        if n.is_multiple_of(50) {
            memory = memory.max(target.process.memory()?);
        }
        sleep_until(start + PACE * n).await;
    }
    healthy.have_seen(u64::from(rounds) * AT_ONCE as u64).await?;
    Ok(Seen { p99_ms: quantile(&healthy.take_micros(), 0.99) / 1000.0, memory })
}
