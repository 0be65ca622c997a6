use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::figures::{Bound, Figure, Samples, Side};
use crate::plan::Plan;

/// Under which conditions it was measured.
#[derive(Debug)]
pub struct Conditions {
    cores: usize,
    kernel: String,
    processor: String,
    plan: String,
    quick: bool,
}

impl Conditions {
    /// This machine and this plan.
    pub fn now(plan: &Plan, quick: bool) -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let cpuinfo = read("/proc/cpuinfo");
        let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            processor: model.map(|(_, name)| name.trim().to_owned()).unwrap_or_default(),
            plan: format!(
                "{} rounds; {} streams; {} single events; {} bursts of 100; {} idle streams; {} stalled readers; \
                 {} cards; {} events in the log",
                plan.rounds,
                plan.streams,
                plan.singles,
                plan.bursts,
                plan.idle_streams,
                plan.stalled,
                plan.cards,
                plan.logged
            ),
            quick,
        }
    }

    fn line(&self) -> String {
        let quick = if self.quick { " (a quick look: these figures don't count)" } else { "" };
        format!("{} cores, {}, Linux {}; {}{quick}", self.cores, self.processor, self.kernel, self.plan)
    }
}

/// The table, as markdown that reads well in a terminal.
pub fn table(samples: &Samples, conditions: &Conditions) -> String {
    let head = ["figure", "Boardcast", "baseline", "ratio", "bound", ""].map(str::to_owned);
    let measured = |figure: &&Figure| Side::BOTH.iter().any(|side| samples.median(**figure, *side).is_some());
    let measured = Figure::ALL.iter().filter(measured);
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(measured.map(|figure| row(samples, *figure))).collect();
    let width = |n: usize| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut out = format!("{}\n\n", conditions.line());
    for (n, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(out, "| {cell:<width$} ");
        }
        out.push_str("|\n");
        if n == 0 {
            for width in &widths {
                let _ = write!(out, "|{}", "-".repeat(width + 2));
            }
            out.push_str("|\n");
        }
    }
    out
}

fn row(samples: &Samples, figure: Figure) -> [String; 6] {
    let shown = |side| samples.median(figure, side).map_or_else(|| "–".into(), |value| with_unit(value, figure));
    let bound = match figure.bound() {
        Bound::None => "–".to_owned(),
        Bound::AtMost(most) => format!("≤ {}", with_unit(most, figure)),
        Bound::AtLeast(least) => format!("≥ {}", with_unit(least, figure)),
        Bound::OfBaseline(part) => format!("≤ {part:.2} of baseline"),
        Bound::TimesOf(times, _) => format!("≤ {times} × alone"),
    };
    let verdict = match samples.keeps(figure) {
        None => "",
        Some(true) => "ok",
        Some(false) => "over",
    };
    let ratio = samples.ratio(figure).map_or_else(|| "–".into(), |ratio| format!("{ratio:.2}"));
    [figure.name().to_owned(), shown(Side::Boardcast), shown(Side::Baseline), ratio, bound, verdict.to_owned()]
}

fn with_unit(value: f64, figure: Figure) -> String {
    let unit = figure.unit();
    if value.abs() >= 100.0 { format!("{value:.0} {unit}") } else { format!("{value:.2} {unit}") }
}

/// Writes `bench/results/latest.json` and `latest.md` in the repository that is the working directory.
pub fn write(samples: &Samples, conditions: &Conditions) -> anyhow::Result<()> {
    let bench = Path::new("bench");
    if !bench.join("Cargo.toml").is_file() {
        bail!("--write works at the top of the repository");
    }
    let dir = bench.join("results");
    std::fs::create_dir_all(&dir)?;
    let figures: Vec<Value> = Figure::ALL.iter().map(|figure| json_of(samples, *figure)).collect();
    let json = json!({"conditions": conditions.line(), "figures": figures});
    let json = serde_json::to_string_pretty(&json)? + "\n";
    std::fs::write(dir.join("latest.json"), json).context("bench/results can't be written")?;
    std::fs::write(dir.join("latest.md"), table(samples, conditions)).context("bench/results can't be written")
}

fn json_of(samples: &Samples, figure: Figure) -> Value {
    let side = |side| json!({"median": samples.median(figure, side), "rounds": samples.all(figure, side)});
    json!({"figure": figure.name(), "unit": figure.unit(), "boardcast": side(Side::Boardcast),
        "baseline": side(Side::Baseline), "ratio": samples.ratio(figure), "keepsItsBound": samples.keeps(figure)})
}
