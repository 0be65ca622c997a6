use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use boardcast::client::Client;
use tokio::task::JoinSet;

use super::{Bench, quantile};
use crate::curves::Curve;
use crate::figures::{Samples, Side};
use crate::target::Target;

/// What the server counted so far.
struct Counted {
    groups: f64,
    commands: f64,
    commits: f64,
    commit_seconds: f64,
}

/// Programs that post one fact after the other share commits: how large the groups become, what a commit takes, and how
/// long each program waits for its answer.
pub async fn by_group_size(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (target, _dir) = bench.target(side).await?;
    let target = Arc::new(target);
    for (step, writers) in bench.plan.writers.iter().enumerate() {
        let before = counted(&target.client).await?;
        let mut waits = post_at_once(bench, &target, *writers).await?;
        let after = counted(&target.client).await?;
        waits.sort_unstable();
        let commands = (after.commands - before.commands) / (after.groups - before.groups);
        let commit = (after.commit_seconds - before.commit_seconds) / (after.commits - before.commits) * 1000.0;
        let points = &mut samples.points;
        points.add(Curve::Commits, "commit, mean", step, (commands, commit));
        points.add(Curve::Commits, "answer, p50", step, (commands, quantile(&waits, 0.5) / 1000.0));
        points.add(Curve::Commits, "answer, p99", step, (commands, quantile(&waits, 0.99) / 1000.0));
    }
    Ok(())
}

/// How long each post took, in microseconds.
async fn post_at_once(bench: &Bench, target: &Arc<Target>, writers: usize) -> anyhow::Result<Vec<u32>> {
    let end = Instant::now() + bench.plan.writing_for;
    let mut posting = JoinSet::new();
    for _ in 0..writers {
        posting.spawn(post_until(end, Arc::clone(target)));
    }
    let mut micros = Vec::new();
    while let Some(one) = posting.join_next().await {
        micros.extend(one??);
    }
    Ok(micros)
}

async fn post_until(end: Instant, target: Arc<Target>) -> anyhow::Result<Vec<u32>> {
    // Connections of its own, as a program has.
    let (client, mut micros) = (Client::new(target.process.url.clone()), Vec::new());
    while Instant::now() < end {
        let start = Instant::now();
        target.publish_by(&client, 1).await?;
        micros.push(u32::try_from(start.elapsed().as_micros())?);
    }
    Ok(micros)
}

async fn counted(client: &Client) -> anyhow::Result<Counted> {
    let answer = client.call("GET".parse()?, "/metrics", &[], Vec::new().into()).await?.ok()?;
    let text = std::str::from_utf8(&answer.body)?;
    let value = |name: &str| -> anyhow::Result<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix("boardcast_")?.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.with_context(|| format!("no metric {name}"))?.parse()?)
    };
    Ok(Counted {
        groups: value("group_commands_count")?,
        commands: value("group_commands_sum")?,
        commits: value("commit_seconds_count")?,
        commit_seconds: value("commit_seconds_sum")?,
    })
}
