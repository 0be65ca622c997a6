use std::fmt;

/// Where a client stands in the log: `<epoch>-<seq>`, ASCII, at most 64 bytes.
///
/// Opaque to clients. `seq` is that of the last event seen, 0 before the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The log that the client was reading.
    pub epoch: String,
    /// The last event that it has seen.
    pub seq: u64,
}

impl Cursor {
    /// Reads a cursor; `None` for whatever isn't exactly one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, seq) = text.rsplit_once('-')?;
        let plain = text.len() <= 64 && !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_alphanumeric());
        let seq = parse_seq(seq)?;
        plain.then(|| Self { epoch: epoch.to_owned(), seq })
    }
}

/// A sequence number in decimal without sign or leading zeros.
#[must_use]
pub fn parse_seq(text: &str) -> Option<u64> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    // Sequence numbers live in SQLite's signed 64 bits.
    if plain { text.parse().ok().filter(|seq| i64::try_from(*seq).is_ok()) } else { None }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_does_not() {
        let cursor = Cursor { epoch: "k3v9".into(), seq: 17 };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert!(Cursor::parse("k3v9-0").is_some());
        for bad in [
            "",
            "-",
            "k3v9",
            "k3v9-",
            "-1",
            "k3v9-01",
            "k3v9-+1",
            "k3v9- 1",
            "k3v9--1",
            "k3 v9-1",
            "k3v9-99999999999999999999",
            "ü-1",
        ] {
            assert_eq!(Cursor::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Cursor::parse(&format!("{}-1", "a".repeat(63))), None);
    }
}
