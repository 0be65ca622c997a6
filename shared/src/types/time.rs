use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// A moment: RFC 3339 in UTC, with milliseconds and `Z`.
///
/// Held as milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS, JsonSchema)]
#[ts(as = "String")]
#[schemars(transparent)]
pub struct Time(#[schemars(with = "String", regex(pattern = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"))] i64);

impl Time {
    /// The moment so many milliseconds after 1970-01-01T00:00:00Z; what the calendar can't name is clamped.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, 253_402_300_799_999))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Reads any RFC 3339 timestamp; its offset and what is finer than a millisecond are folded away.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // jiff takes more than RFC 3339 does (a space, a bare hour): hold the shape first [RFC 3339 5.6].
        let bytes = text.as_bytes();
        let shaped = bytes.len() >= 20
            && bytes[4] == b'-'
            && bytes[7] == b'-'
            && matches!(bytes[10], b'T' | b't')
            && bytes[13] == b':'
            && bytes[16] == b':';
        let offset = matches!(bytes.last(), Some(b'Z' | b'z'))
            || (bytes.len() >= 25 && matches!(bytes[bytes.len() - 6], b'+' | b'-') && bytes[bytes.len() - 3] == b':');
        if !shaped || !offset {
            return None;
        }
        let at = text.parse::<jiff::Timestamp>().ok()?;
        let millis = at.as_millisecond();
        (0..=253_402_300_799_999).contains(&millis).then_some(Self(millis))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = jiff::Timestamp::from_millisecond(self.0).expect("clamped to what the calendar names");
        write!(f, "{at:.3}")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time such as 2026-01-31T12:00:00.000Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_z() {
        assert_eq!(Time::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Time::from_millis(1_795_498_200_120).to_string(), "2026-11-24T05:30:00.120Z");
    }

    #[test]
    fn any_rfc_3339_time_is_read_and_nothing_else() {
        for (text, millis) in [
            ("1970-01-01T00:00:01Z", Some(1000)),
            ("1970-01-01T01:00:00.5+01:00", Some(500)),
            ("1970-01-01T00:00:00.123456Z", Some(123)),
            ("1970-01-01 00:00:01Z", None),
            ("1970-01-01T00:00:01", None),
            ("1970-01-01", None),
            ("1969-12-31T23:59:59Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(Time::parse(text).map(Time::millis), millis, "{text}");
        }
    }
}
