use tokio::time::{Instant, sleep_until};

use super::{Bench, quantile, settle};
use crate::figures::{Figure, Samples, Side};
use crate::streams::{Reading, Streams};

/// From just before an event is posted to its receipt, over all readers.
pub async fn latency(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    let reading = Reading::Time(target.clock);
    let streams = Streams::open(&target.process.url, &target.stream_path, plan.streams, reading).await?;
    settle().await;
    let start = Instant::now();
    for n in 1..=plan.timed {
        target.publish(1).await?;
        sleep_until(start + plan.timed_pace * u32::try_from(n)?).await;
    }
    streams.have_seen((plan.timed * plan.streams) as u64).await?;
    let micros = streams.take_micros();
    samples.add(Figure::LatencyMedian, side, quantile(&micros, 0.5) / 1000.0);
    samples.add(Figure::LatencyP99, side, quantile(&micros, 0.99) / 1000.0);
    Ok(())
}
