use std::collections::BTreeMap;

use boardcast_shared::{Series, SeriesPoint, Time, Trend};

use super::range::{HOUR, Range};

/// What happened in an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "as in the series")]
pub struct Hour {
    /// Hours since 1970.
    pub hour: i64,
    pub started: i64,
    pub succeeded: i64,
    pub failed: i64,
    /// How many more were active at its end than at its begin.
    pub active: i64,
    /// How many more cards were open.
    pub open: i64,
    pub events: i64,
}

/// How a bucket's value comes from its hours.
#[derive(Clone, Copy)]
enum Kind {
    /// What happened in it.
    Sum,
    /// What there was at its end.
    Level,
}

type Of = fn(&Hour) -> i64;

const KEYS: [(&str, &str, &str, Kind, Of); 6] = [
    ("attempts.started", "Attempts started", "attempts", Kind::Sum, |hour| hour.started),
    ("attempts.succeeded", "Attempts succeeded", "attempts", Kind::Sum, |hour| hour.succeeded),
    ("attempts.failed", "Attempts failed", "attempts", Kind::Sum, |hour| hour.failed),
    ("attempts.active", "Attempts active", "attempts", Kind::Level, |hour| hour.active),
    ("cards.open", "Cards open", "cards", Kind::Level, |hour| hour.open),
    ("events.published", "Events published", "events", Kind::Sum, |hour| hour.events),
];

/// All series of a range, from the hours of all boards.
pub(super) fn by_key<'a, I>(hours: impl Fn() -> I, range: &Range) -> BTreeMap<String, Series>
where
    I: Iterator<Item = &'a [Hour]>,
{
    let first = hours().filter_map(|hours| hours.first()).map(|hour| hour.hour).min();
    let (starts, size) = range.buckets(first);
    let mut before = Hour::default();
    let mut buckets = vec![Hour::default(); starts.len()];
    for hour in hours().flatten() {
        if range.overlaps(hour.hour) {
            let at = starts.partition_point(|start| *start <= hour.hour * HOUR).saturating_sub(1);
            add(&mut buckets[at], hour);
        } else if hour.hour * HOUR < starts[0] + size {
            add(&mut before, hour);
        }
    }
    let series = KEYS.iter().map(|(key, label, unit, kind, of)| {
        let values = values(&buckets, of(&before), *kind, *of);
        ((*key).to_owned(), one(label, unit, &starts, size, &values, *kind))
    });
    series.collect()
}

fn add(sum: &mut Hour, hour: &Hour) {
    sum.started += hour.started;
    sum.succeeded += hour.succeeded;
    sum.failed += hour.failed;
    sum.active += hour.active;
    sum.open += hour.open;
    sum.events += hour.events;
}

fn values(buckets: &[Hour], before: i64, kind: Kind, of: Of) -> Vec<i64> {
    match kind {
        Kind::Sum => buckets.iter().map(of).collect(),
        Kind::Level => buckets
            .iter()
            .scan(before, |level, bucket| {
                *level += of(bucket);
                Some((*level).max(0))
            })
            .collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn one(label: &str, unit: &str, starts: &[i64], size: i64, values: &[i64], kind: Kind) -> Series {
    let seconds = u32::try_from(size / 1000).unwrap_or(u32::MAX);
    let point = |(start, value): (&i64, &i64)| SeriesPoint {
        timestamp: Time::from_millis(*start),
        value: *value as f64,
        bucket_size_seconds: seconds,
    };
    let total = match kind {
        Kind::Sum => values.iter().sum::<i64>(),
        Kind::Level => values.last().copied().unwrap_or(0),
    };
    Series {
        label: label.to_owned(),
        unit: unit.to_owned(),
        points: starts.iter().zip(values).map(point).collect(),
        total: total as f64,
        trend: trend(values),
    }
}

/// The second half against the first; of an odd number of buckets the middle one belongs to neither.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn trend(values: &[i64]) -> Trend {
    let half = values.len() / 2;
    let first: i64 = values[..half].iter().sum();
    let second: i64 = values[values.len() - half..].iter().sum();
    let (first, difference) = (first as f64, (second - first) as f64);
    if difference.abs() <= first * 0.1 {
        Trend::Flat
    } else if difference > 0.0 {
        Trend::Up
    } else {
        Trend::Down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_flat_within_a_tenth() {
        for (values, expected) in [
            (&[10, 10, 11, 11][..], Trend::Flat),
            (&[10, 10, 11, 12], Trend::Up),
            (&[10, 10, 9, 8], Trend::Down),
            (&[10, 10, 9, 9], Trend::Flat),
            (&[0, 0, 0, 0], Trend::Flat),
            (&[0, 1], Trend::Up),
            (&[5], Trend::Flat),
            (&[], Trend::Flat),
        ] {
            assert_eq!(trend(values), expected, "{values:?}");
        }
    }

    #[test]
    fn levels_go_on_from_what_was_before_the_range() {
        let day = |n: i64| n * 24;
        let hours = [
            Hour { hour: day(10), open: 4, events: 9, ..Hour::default() },
            Hour { hour: day(20) + 5, open: -1, events: 1, ..Hour::default() },
        ];
        let time = |days: i64| Time::from_millis(days * 24 * HOUR);
        let range = Range::between(time(19), time(22)).unwrap();
        let series = by_key(|| [&hours[..]].into_iter(), &range);
        let of = |key: &str| series[key].points.iter().map(|point| point.value).collect::<Vec<_>>();
        assert_eq!(of("cards.open"), [4.0, 3.0, 3.0]);
        assert_eq!(of("events.published"), [0.0, 1.0, 0.0]);
        assert_eq!((series["cards.open"].total, series["events.published"].total), (3.0, 1.0));
    }
}
