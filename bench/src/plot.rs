//! Plots as SVG: both axes logarithmic, so that what is proportional is a diagonal and what is constant is flat. By hand,
//! because they have to read well in light and in dark, which the libraries' fixed colours don't.

use std::fmt::Write;

use crate::curves::{Curve, Line};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 340.0;
/// Where the lines are: the rest is for words.
const LEFT: f64 = 88.0;
const RIGHT: f64 = WIDTH - 110.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = HEIGHT - 52.0;

/// Colours that are told apart also by who sees few, each on its own ground; the dashes say the same.
const STYLE: &str = "\
svg{--ground:#fff;--ink:#1f2328;--grid:#d8dee4;--c0:#0550ae;--c1:#bc4c00;--c2:#1a7f37;font:13px system-ui,sans-serif}\
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--ink:#e6edf3;--grid:#30363d;--c0:#79c0ff;--c1:#ffa657;--c2:#7ee787}}\
.ground{fill:var(--ground)}text{fill:var(--ink)}.title{font-size:15px;font-weight:600}.grid{stroke:var(--grid)}\
path{fill:none;stroke-width:2}.c0{stroke:var(--c0)}.c1{stroke:var(--c1);stroke-dasharray:7 4}\
.c2{stroke:var(--c2);stroke-dasharray:2 3}circle{stroke:none!important}\
circle.c0,.n0{fill:var(--c0)}circle.c1,.n1{fill:var(--c1)}circle.c2,.n2{fill:var(--c2)}";

/// The plot, or none when nothing was measured for it. At most three lines.
pub fn svg(curve: Curve, lines: &[Line]) -> Option<String> {
    let across = Axis::over(lines.iter().flat_map(|line| line.points.iter().map(|point| point.0)), LEFT, RIGHT)?;
    let up = Axis::over(lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)), BOTTOM, TOP)?;
    let (title, unit) = (curve.title(), curve.up());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
         <style>{STYLE}</style>\n<rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\n"
    );
    word(&mut out, "title", (LEFT, 26.0), "start", title);
    word(&mut out, "", (f64::midpoint(LEFT, RIGHT), HEIGHT - 12.0), "middle", curve.across());
    word(&mut out, "", (LEFT - 10.0, TOP - 14.0), "end", unit);
    for tick in across.ticks() {
        let x = across.place(tick);
        let _ = writeln!(out, "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>");
        word(&mut out, "", (x, BOTTOM + 20.0), "middle", &label(tick));
    }
    for tick in up.ticks() {
        let y = up.place(tick);
        let _ = writeln!(out, "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
        word(&mut out, "", (LEFT - 10.0, y + 4.0), "end", &label(tick));
    }
    for (n, line) in lines.iter().enumerate() {
        let places = line.points.iter().map(|(x, y)| (across.place(*x), up.place(*y)));
        let places: Vec<(f64, f64)> = places.collect();
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        let _ = writeln!(out, "<path class=\"c{n}\" d=\"M{}\"/>", path.join("L"));
        for ((x, y), (at, value)) in places.iter().zip(&line.points) {
            let told = format!("{}, {}: {} {unit}", line.name, label(*at), label(*value));
            let _ = writeln!(
                out,
                "<circle class=\"c{n}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{told}</title></circle>"
            );
        }
    }
    for (n, (name, y)) in names(lines, &up).into_iter().enumerate() {
        word(&mut out, &format!("n{n}"), (RIGHT + 10.0, y + 4.0), "start", name);
    }
    out.push_str("</svg>\n");
    Some(out)
}

/// The lines' names beside their ends, moved apart where they would lie on each other.
fn names<'a>(lines: &'a [Line], up: &Axis) -> Vec<(&'a str, f64)> {
    const APART: f64 = 17.0;
    let mut names: Vec<(usize, &str, f64)> = lines
        .iter()
        .enumerate()
        .filter_map(|(n, line)| Some((n, line.name, up.place(line.points.last()?.1))))
        .collect();
    names.sort_by(|a, b| a.2.total_cmp(&b.2));
    for n in 1..names.len() {
        names[n].2 = names[n].2.max(names[n - 1].2 + APART);
    }
    names.sort_by_key(|(n, ..)| *n);
    names.into_iter().map(|(_, name, y)| (name, y)).collect()
}

fn word(out: &mut String, class: &str, (x, y): (f64, f64), anchor: &str, text: &str) {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let _ = writeln!(out, "<text{class} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

/// From the power of ten below the smallest value to the one above the largest, or closer where that is enough.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let positive = values.filter(|value| *value > 0.0).map(f64::log10);
        let (low, high) = positive.fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
        if low > high {
            return None;
        }
        let steps = Self::STEPS.map(f64::log10);
        let below = |at: f64| steps.iter().rev().map(|step| at.floor() + step).find(|step| *step <= at + 1e-9);
        let above = |at: f64| steps.iter().map(|step| at.floor() + step).find(|step| *step >= at - 1e-9);
        let low = below(low).unwrap_or(low);
        let high = above(high).unwrap_or(high.ceil());
        Some(Self { low, high: if high > low { high } else { low + 1.0 }, from, to })
    }

    const STEPS: [f64; 3] = [1.0, 2.0, 5.0];

    fn place(&self, value: f64) -> f64 {
        let part = (value.log10().max(self.low) - self.low) / (self.high - self.low);
        self.from + part * (self.to - self.from)
    }

    /// 1, 2 and 5 of each power of ten, or only the powers where there are many.
    fn ticks(&self) -> Vec<f64> {
        let steps: &[f64] = if self.high - self.low > 2.5 { &Self::STEPS[..1] } else { &Self::STEPS };
        #[expect(clippy::cast_possible_truncation, reason = "a power of ten")]
        let powers = self.low.floor() as i32..=self.high.ceil() as i32;
        let ticks = powers.flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        ticks.filter(|tick| (self.low - 1e-9..=self.high + 1e-9).contains(&tick.log10())).collect()
    }
}

/// A number as people write it: two digits that say something, thousands apart.
fn label(value: f64) -> String {
    if value < 10.0 {
        let text = format!("{value:.2}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_decade_is_as_wide_as_the_next() {
        let axis = Axis::over([10.0, 10_000.0].into_iter(), 0.0, 300.0).unwrap();
        for (value, place) in [(10.0, 0.0), (100.0, 100.0), (1000.0, 200.0), (10_000.0, 300.0)] {
            assert!((axis.place(value) - place).abs() < 1e-6, "{value}");
        }
        assert_eq!(axis.ticks(), [10.0, 100.0, 1000.0, 10_000.0]);
        let close = Axis::over([0.3, 3.0].into_iter(), 0.0, 1.0).unwrap();
        assert_eq!(close.ticks().iter().map(|tick| label(*tick)).collect::<Vec<_>>(), ["0.2", "0.5", "1", "2", "5"]);
        assert!(Axis::over([7.0].into_iter(), 0.0, 1.0).is_some_and(|axis| axis.place(7.0) < 1.0));
        assert!(Axis::over([].into_iter(), 0.0, 1.0).is_none());
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let labels = [0.05, 0.2, 1.0, 2.5, 10.0, 999.6, 10_000.0, 1_234_567.0].map(label);
        assert_eq!(labels, ["0.05", "0.2", "1", "2.5", "10", "1,000", "10,000", "1,234,567"]);
    }

    #[test]
    fn names_of_lines_that_end_together_dont_lie_on_each_other() {
        let line = |name, y| Line { name, points: vec![(1.0, 1.0), (10.0, y)] };
        let lines = [line("one", 5.0), line("two", 5.0), line("three", 1.0)];
        let up = Axis::over([1.0, 10.0].into_iter(), BOTTOM, TOP).unwrap();
        let mut places: Vec<f64> = names(&lines, &up).into_iter().map(|(_, y)| y).collect();
        places.sort_by(f64::total_cmp);
        assert!(places.windows(2).all(|two| two[1] - two[0] >= 16.0), "{places:?}");
    }

    #[test]
    fn a_plot_has_every_line_and_point_inside_its_frame() {
        let lines = [
            Line { name: "whole", points: vec![(10.0, 1.0), (10_000.0, 900.0)] },
            Line { name: "patch", points: vec![(10.0, 0.9), (10_000.0, 1.1)] },
        ];
        let svg = svg(Curve::ChangeBytes, &lines).unwrap();
        assert_eq!((svg.matches("<path").count(), svg.matches("<circle").count()), (2, 4));
        assert!(svg.contains("<title>whole, 10,000: 900 B</title>"), "{svg}");
        let numbers = |name: &str| -> Vec<f64> {
            let mark = format!(" {name}=\"");
            svg.split(&mark).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
        };
        assert!(numbers("cx").iter().all(|x| (LEFT..=RIGHT).contains(x)));
        assert!(numbers("cy").iter().all(|y| (TOP..=BOTTOM).contains(y)));
        assert!(super::svg(Curve::Start, &[]).is_none());
    }
}
