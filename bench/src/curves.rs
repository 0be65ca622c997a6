use std::collections::BTreeMap;

use crate::figures::median;

/// How a cost grows: one plot each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Curve {
    Commits,
    ChangeTime,
    ChangeBytes,
    Start,
}

/// A line of a plot, from left to right.
#[derive(Debug, PartialEq)]
pub struct Line {
    pub name: &'static str,
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// All of them, in the order in which they are shown.
    pub const ALL: &[Self] = &[Self::Commits, Self::ChangeTime, Self::ChangeBytes, Self::Start];

    /// The name of its file, without the ending.
    pub fn file(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::ChangeTime => "change-cpu",
            Self::ChangeBytes => "change-bytes",
            Self::Start => "start",
        }
    }

    /// What it shows, in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Commits => "Commit latency by group size",
            Self::ChangeTime => "CPU of moving a card, one reader",
            Self::ChangeBytes => "Bytes of moving a card, each reader",
            Self::Start => "Start to listening",
        }
    }

    /// What goes to the right.
    pub fn across(self) -> &'static str {
        match self {
            Self::Commits => "commands in one transaction",
            Self::ChangeTime | Self::ChangeBytes => "cards on the board",
            Self::Start => "events in the log",
        }
    }

    /// What goes up.
    pub fn up(self) -> &'static str {
        match self {
            Self::Commits | Self::ChangeTime | Self::Start => "ms",
            Self::ChangeBytes => "B",
        }
    }
}

/// Where the rounds' points are: x and y.
type Rounds = (Vec<f64>, Vec<f64>);

/// What was measured for the plots, all rounds.
#[derive(Debug, Default)]
pub struct Points {
    values: BTreeMap<(Curve, &'static str, usize), Rounds>,
}

impl Points {
    /// Adds one round's point: the `step`th of its line, whose place across may have been measured, too.
    pub fn add(&mut self, curve: Curve, line: &'static str, step: usize, point: (f64, f64)) {
        let (x, y) = self.values.entry((curve, line, step)).or_default();
        x.push(point.0);
        y.push(point.1);
    }

    /// The lines of a plot; each point is the median of the rounds.
    pub fn lines(&self, curve: Curve) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for ((_, name, _), (x, y)) in self.values.iter().filter(|((of, ..), _)| *of == curve) {
            let Some(point) = median(x).zip(median(y)) else { continue };
            match lines.last_mut().filter(|line| line.name == *name) {
                Some(line) => line.points.push(point),
                None => lines.push(Line { name, points: vec![point] }),
            }
        }
        for line in &mut lines {
            line.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_the_medians_from_left_to_right() {
        let mut points = Points::default();
        for (step, x, y) in [(1, 100.0, 7.0), (0, 10.0, 1.0), (0, 12.0, 9.0), (0, 11.0, 2.0)] {
            points.add(Curve::Commits, "one", step, (x, y));
        }
        points.add(Curve::Commits, "two", 0, (1.0, 1.0));
        points.add(Curve::Start, "one", 0, (1.0, 1.0));
        let one = Line { name: "one", points: vec![(11.0, 2.0), (100.0, 7.0)] };
        let two = Line { name: "two", points: vec![(1.0, 1.0)] };
        assert_eq!(points.lines(Curve::Commits), [one, two]);
    }
}
