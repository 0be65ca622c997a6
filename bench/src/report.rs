use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use boardcast::clock::Clock;
use serde_json::{Value, json};

use crate::curves::{Curve, Line};
use crate::figures::{Bound, Figure, Samples, Side};
use crate::plan::Plan;
use crate::plot;

/// Under which conditions it was measured.
#[derive(Debug)]
pub struct Conditions {
    /// The day, in UTC.
    date: String,
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
        let now = Clock::system().now().to_string();
        Self {
            date: now.get(..10).unwrap_or(&now).to_owned(),
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
        let Self { date, cores, processor, kernel, plan, .. } = self;
        format!("{date}; {cores} cores, {processor}, Linux {kernel}; {plan}{quick}")
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

/// Writes `latest.json`, `latest.md` and the plots to `bench/results/` of the repository that is the working directory.
/// A plot for which nothing was measured stays as it was.
pub fn write(samples: &Samples, conditions: &Conditions) -> anyhow::Result<()> {
    let bench = Path::new("bench");
    if !bench.join("Cargo.toml").is_file() {
        bail!("--write works at the top of the repository");
    }
    let dir = bench.join("results");
    std::fs::create_dir_all(&dir)?;
    let write = |name: &str, text: &str| {
        std::fs::write(dir.join(name), text).with_context(|| format!("bench/results/{name} can't be written"))
    };
    let figures: Vec<Value> = Figure::ALL.iter().map(|figure| figure_json(samples, *figure)).collect();
    let curves: Vec<Value> = Curve::ALL.iter().map(|curve| curve_json(samples, *curve)).collect();
    let json = json!({"conditions": conditions.line(), "figures": figures, "curves": curves});
    write("latest.json", &(serde_json::to_string_pretty(&json)? + "\n"))?;
    let mut page = format!("# Measured\n\n{}", table(samples, conditions));
    for curve in Curve::ALL {
        if let Some(svg) = plot::svg(*curve, &samples.points.lines(*curve)) {
            let name = format!("{}.svg", curve.file());
            write(&name, &svg)?;
            let _ = write!(page, "\n![{}]({name})\n", curve.title());
        }
    }
    write("latest.md", &page)
}

fn figure_json(samples: &Samples, figure: Figure) -> Value {
    let side = |side| json!({"median": samples.median(figure, side), "rounds": samples.all(figure, side)});
    json!({"figure": figure.name(), "unit": figure.unit(), "boardcast": side(Side::Boardcast),
        "baseline": side(Side::Baseline), "ratio": samples.ratio(figure), "keepsItsBound": samples.keeps(figure)})
}

fn curve_json(samples: &Samples, curve: Curve) -> Value {
    let line = |line: Line| json!({"name": line.name, "points": line.points});
    let lines: Vec<Value> = samples.points.lines(curve).into_iter().map(line).collect();
    json!({"curve": curve.title(), "across": curve.across(), "up": curve.up(), "lines": lines})
}
