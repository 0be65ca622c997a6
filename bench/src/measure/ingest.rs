use tokio::time::Instant;

use super::{Bench, number};
use crate::figures::{Figure, Samples, Side};
use crate::plan::BATCH;

/// How many facts are taken per second from four programs that each post a hundred at a time.
pub async fn facts_per_second(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (target, _dir) = bench.target(side).await?;
    let end = Instant::now() + bench.plan.ingest;
    let poster = async || -> anyhow::Result<usize> {
        let mut taken = 0;
        while Instant::now() < end {
            target.publish(BATCH).await?;
            taken += BATCH;
        }
        Ok(taken)
    };
    let start = Instant::now();
    let (a, b, c, d) = tokio::try_join!(poster(), poster(), poster(), poster())?;
    samples.add(Figure::Ingest, side, number(a + b + c + d) / start.elapsed().as_secs_f64());
    Ok(())
}
