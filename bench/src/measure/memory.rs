use super::{Bench, number, settle};
use crate::figures::{Figure, Samples, Side};
use crate::streams::{Reading, Streams};

/// Memory of streams that only wait.
pub async fn idle(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    // What the first readers need once for all isn't theirs.
    let first = Streams::open(&target.process.url, &target.stream_path, 10, Reading::Count).await?;
    settle().await;
    let before = target.process.memory()?;
    let all = Streams::open(&target.process.url, &target.stream_path, plan.idle_streams, Reading::Count).await?;
    settle().await;
    let after = target.process.memory()?;
    samples.add(Figure::IdleStream, side, (after - before) / 1024.0 / number(plan.idle_streams));
    drop((first, all));
    Ok(())
}
