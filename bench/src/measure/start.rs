use super::{Bench, number};
use crate::curves::Curve;
use crate::figures::{Figure, Samples, Side};
use crate::target::{Target, serve};

/// Starts of each round; their median counts like any other.
const STARTS: usize = 3;

/// From the start of the process to `listening on`, with a log that grows.
pub async fn by_log_size(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let dir = bench.data_dir()?;
    let mut logged = 0;
    for (step, size) in bench.plan.log_sizes.iter().enumerate() {
        // A target of its own each time: it makes a few events more, which don't matter.
        let target = Target::start(side, &dir.0).await?;
        target.publish_many(size - logged).await?;
        target.process.stop().await?;
        logged = *size;
        for _ in 0..STARTS {
            let process = serve(&dir.0).await?;
            let took = process.started_in.as_secs_f64() * 1000.0;
            process.stop().await?;
            samples.points.add(Curve::Start, "start", step, (number(logged), took));
            if logged == bench.plan.logged {
                samples.add(Figure::Start, side, took);
            }
        }
    }
    Ok(())
}
