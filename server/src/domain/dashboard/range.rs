use boardcast_shared::{Time, TimeRange, TimeRangePreset};

/// Milliseconds of an hour.
pub(super) const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Beyond so many days the buckets are weeks.
const DAYS_IN_DAYS: i64 = 400;

/// A range of time: from its begin, to just before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    preset: Option<TimeRangePreset>,
    /// None: from the first event on.
    from: Option<Time>,
    to: Time,
}

impl Range {
    /// The time before `now` that a preset stands for.
    #[must_use]
    pub fn preset(preset: TimeRangePreset, now: Time) -> Self {
        let days = match preset {
            TimeRangePreset::Last24h => Some(1),
            TimeRangePreset::Last7d => Some(7),
            TimeRangePreset::Last30d => Some(30),
            TimeRangePreset::Last90d => Some(90),
            TimeRangePreset::AllTime => None,
        };
        // What happens in this very millisecond belongs to it.
        let to = Time::from_millis(now.millis() + 1);
        Self { preset: Some(preset), from: days.map(|days| Time::from_millis(now.millis() - days * DAY)), to }
    }

    /// A range of its own; none when it ends before it begins.
    #[must_use]
    pub fn between(from: Time, to: Time) -> Option<Self> {
        (from < to).then_some(Self { preset: None, from: Some(from), to })
    }

    pub(super) fn shown(&self) -> TimeRange {
        let beyond = i64::from(self.preset.is_some());
        TimeRange { preset: self.preset, from: self.from, to: Time::from_millis(self.to.millis() - beyond) }
    }

    /// Whether a moment lies in it.
    #[must_use]
    pub fn contains(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at) && at < self.to
    }

    /// Whether any of an hour lies in it.
    pub(super) fn overlaps(&self, hour: i64) -> bool {
        hour * HOUR < self.to.millis() && self.from.is_none_or(|from| (hour + 1) * HOUR > from.millis())
    }

    /// The buckets that cover it: where each begins and how long they are, in milliseconds. `first` is the hour of the
    /// first event.
    pub(super) fn buckets(&self, first: Option<i64>) -> (Vec<i64>, i64) {
        let to = self.to.millis();
        let begin = self.from.map_or_else(|| first.map_or(to - 1, |hour| (hour * HOUR).min(to - 1)), Time::millis);
        let size = match to - begin {
            _ if self.preset == Some(TimeRangePreset::Last24h) => HOUR,
            length if length > DAYS_IN_DAYS * DAY => 7 * DAY,
            _ => DAY,
        };
        // Weeks begin on Monday; 1970 began on a Thursday.
        let shift = if size == 7 * DAY { 4 * DAY } else { 0 };
        let start = (begin - shift).div_euclid(size) * size + shift;
        let step = usize::try_from(size).unwrap_or(usize::MAX);
        ((start..to).step_by(step).collect(), size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    #[test]
    fn buckets_are_hours_for_a_day_days_for_most_and_weeks_beyond_400_days() {
        let now = time("2026-03-04T05:06:07.000Z");
        let count = |preset| Range::preset(preset, now).buckets(None).0.len();
        assert_eq!(count(TimeRangePreset::Last24h), 25);
        assert_eq!(count(TimeRangePreset::Last7d), 8);
        assert_eq!(count(TimeRangePreset::Last90d), 91);
        assert_eq!(count(TimeRangePreset::AllTime), 1);
        let long = Range::between(time("2024-01-01T00:00:00.000Z"), now).unwrap();
        let (starts, size) = long.buckets(None);
        assert_eq!((starts[0], size), (time("2024-01-01T00:00:00.000Z").millis(), 7 * DAY));
    }

    #[test]
    fn a_range_of_all_time_begins_with_the_first_event() {
        let now = time("2026-03-04T05:06:07.000Z");
        let first = time("2026-03-01T10:00:00.000Z").millis() / HOUR;
        let (starts, _) = Range::preset(TimeRangePreset::AllTime, now).buckets(Some(first));
        assert_eq!((starts.len(), starts[0]), (4, time("2026-03-01T00:00:00.000Z").millis()));
    }
}
