//! Load on Boardcast and on a plain server beside it: `cargo run --release --package boardcast-bench`.
//!
//! ```text
//! plan.rs      how much of everything, in full and for a quick look
//! baseline.rs  the plain server, as most people would write it
//! process.rs   a server in its own process: its CPU and memory, read from outside
//! target.rs    either server with something to publish to
//! streams.rs   a thousand readers that cost as little as they can
//! reader.rs    one that knows exactly what it read
//! measure/     the measurements
//! figures.rs   what is reported, and within which bounds
//! curves.rs    what is plotted
//! plot.rs      a plot as SVG
//! report.rs    the table, and bench/results/
//! ```
//!
//! Both servers run one after the other in each round, on the same machine in the same minute; what is reported is the
//! median of the rounds.

mod baseline;
mod curves;
mod figures;
mod measure;
mod plan;
mod plot;
mod process;
mod reader;
mod report;
mod streams;
mod target;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::bail;
use clap::{Parser, Subcommand};

use figures::{Samples, Side};
use measure::Measure;
use plan::Plan;

/// Measures Boardcast beside a plain server.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// A short look: small sizes, one round; the figures don't count
    #[arg(long)]
    quick: bool,
    /// Rounds of each measurement; the median counts
    #[arg(long)]
    rounds: Option<usize>,
    /// Only these measurements, or all
    #[arg(long, value_enum)]
    only: Vec<Measure>,
    /// Only this server
    #[arg(long, value_enum)]
    side: Option<Side>,
    /// Where the servers' data goes; on a disk, because syncing is part of what is measured
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Write the results to bench/results/
    #[arg(long)]
    write: bool,
    /// End with an error when a figure is over its bound
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// The plain server; started by the benchmark itself
    #[command(hide = true)]
    Baseline {
        #[arg(long)]
        addr: SocketAddr,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(Part::Baseline { addr }) = args.part {
        return baseline::serve(addr).await;
    }
    let mut plan = if args.quick { Plan::quick() } else { Plan::full() };
    plan.rounds = args.rounds.unwrap_or(plan.rounds).max(1);
    process::check_open_files(plan.most_streams() + 200)?;
    let bench = measure::Bench::new(plan, args.dir)?;

    let mut samples = Samples::default();
    let chosen = |measure: &&Measure| args.only.is_empty() || args.only.contains(measure);
    for measure in Measure::ALL.iter().filter(chosen) {
        for round in 1..=bench.plan.rounds {
            for side in measure.sides().iter().filter(|side| args.side.is_none_or(|only| only == **side)) {
                eprintln!("{measure:?}, round {round} of {}: {side:?}", bench.plan.rounds);
                measure.run(&bench, *side, &mut samples).await?;
            }
        }
    }
    let conditions = report::Conditions::now(&bench.plan, args.quick);
    println!("{}", report::table(&samples, &conditions));
    if args.write {
        report::write(&samples, &conditions)?;
    }
    if args.check && samples.any_over() {
        bail!("a figure is over its bound");
    }
    Ok(())
}
