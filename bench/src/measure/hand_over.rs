use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{bail, ensure};
use boardcast::client::Client;
use boardcast_shared::Replay;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Bench, number};
use crate::figures::{Figure, Samples, Side};
use crate::reader::{Reader, seq};
use crate::target::{Cursor, Target};

/// 1,000 events a second, ten at a time.
const AT_ONCE: usize = 10;
const PACE: Duration = Duration::from_millis(10);

/// Readers join from far back in the log while events are published: how long each takes to be live, and whether it has
/// every event once.
pub async fn under_load(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let (plan, (target, _dir)) = (&bench.plan, bench.target(side).await?);
    let from = target.cursor().await?;
    target.publish_many(plan.backlog).await?;
    let all_came = AtomicBool::new(false);
    // Where the log ends, once that is known.
    let (end, ending) = watch::channel(u64::MAX);
    let come = async {
        let (mut joining, start) = (JoinSet::new(), Instant::now());
        for n in 1..=plan.joiners {
            let path = format!("{}&lastEventId={from}", target.stream_path);
            joining.spawn(join(target.client.clone(), path, from.clone(), ending.clone()));
            sleep_until(start + plan.joining_for / u32::try_from(plan.joiners)? * u32::try_from(n)?).await;
        }
        all_came.store(true, Ordering::Relaxed);
        Ok(joining)
    };
    let (mut joining, ()) = tokio::try_join!(come, publish_until(&target, &all_came))?;
    // One more, so that whoever has read everything by now reads on once.
    end.send_replace(target.cursor().await?.seq + 1);
    target.publish(1).await?;

    let (mut slowest, mut faults) = (Duration::ZERO, 0);
    while let Some(joiner) = joining.join_next().await {
        let its = joiner??;
        slowest = slowest.max(its.live_after);
        faults += its.faults;
    }
    samples.add(Figure::HandOver, side, slowest.as_secs_f64() * 1000.0);
    samples.add(Figure::HandOverFaults, side, number(faults));
    if faults > 0 {
        bail!("{faults} events were missed or came twice");
    }
    Ok(())
}

async fn publish_until(target: &Target, all_came: &AtomicBool) -> anyhow::Result<()> {
    while !all_came.load(Ordering::Relaxed) {
        let start = Instant::now();
        target.publish(AT_ONCE).await?;
        sleep(PACE.saturating_sub(start.elapsed())).await;
    }
    Ok(())
}

struct Joined {
    /// From before it connected until it had what the log held then.
    live_after: Duration,
    /// How many events were missing, double or out of order.
    faults: usize,
}

/// All events of this log are on this stream: each id is one more than the one before.
async fn join(client: Client, path: String, from: Cursor, ending: watch::Receiver<u64>) -> anyhow::Result<Joined> {
    let start = Instant::now();
    let (mut reader, hello) = Reader::open(&client, &path).await?;
    ensure!(hello.replay == Replay::Tail, "the cursor isn't served");
    let (mut last, mut faults, mut live_after) = (from.seq, 0, None);
    while last < *ending.borrow() {
        let Some(at) = seq(&reader.next().await?) else { continue };
        if at != last + 1 {
            faults += usize::try_from(at.abs_diff(last + 1))?;
        }
        last = last.max(at);
        if last >= hello.head_seq {
            live_after = live_after.or(Some(start.elapsed()));
        }
    }
    Ok(Joined { live_after: live_after.unwrap_or_default(), faults })
}
