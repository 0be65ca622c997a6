use super::lines::Line;
use crate::secrets::settled;

/// The most that a log line holds, in bytes.
pub const LINE_LIMIT: usize = 64 << 10;
/// The most that an item's text or output holds, in bytes.
pub const TEXT_LIMIT: usize = 256 << 10;
/// The most that a name or a title holds, in bytes.
pub const NAME_LIMIT: usize = 4 << 10;
/// Room for the mark of a cut.
const MARK: usize = 40;

/// `text` in at most `limit` bytes; what is cut off, with the bytes that were `dropped` before, is counted at its end.
/// A secret that the cut goes through is cut off whole.
pub fn cut(mut text: String, limit: usize, dropped: u64) -> String {
    if text.len() <= limit && dropped == 0 {
        return text;
    }
    let most = text.len().min(limit - MARK);
    let keep = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let cut = (text.len() - keep) as u64 + dropped;
    text.truncate(keep);
    format!("{} … [{cut} bytes cut]", settled(&text))
}

/// A line as a log message: what isn't UTF-8 is replaced, what is too long is cut and marked.
pub fn message(line: &Line) -> String {
    // Beyond the limit nothing is kept, so it needn't be decoded.
    let seen = &line.bytes[..line.bytes.len().min(LINE_LIMIT + 1)];
    let unseen = (line.bytes.len() - seen.len()) as u64;
    cut(String::from_utf8_lossy(seen).into_owned(), LINE_LIMIT, line.dropped + unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_characters_and_says_by_how_much() {
        assert_eq!(cut("short".into(), 64, 0), "short");
        let text = cut("ä".repeat(50), 64, 7);
        assert_eq!(text, format!("{} … [83 bytes cut]", "ä".repeat(12)));
        assert!(cut("x".repeat(1 << 20), LINE_LIMIT, u64::MAX - (1 << 20)).len() <= LINE_LIMIT);
    }

    #[test]
    fn a_line_that_is_not_utf_8_is_still_a_message_within_the_limit() {
        assert_eq!(message(&Line { bytes: b"a\xffb".into(), dropped: 0 }), "a\u{fffd}b");
        // Each replaced byte takes three.
        assert!(message(&Line { bytes: vec![0xff; 8 << 20], dropped: 9 }).len() <= LINE_LIMIT);
    }
}
