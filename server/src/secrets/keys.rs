//! A private key that comes line by line.

use super::{MARK, redacted_bytes};

/// A key has fewer lines.
const MOST_LINES: u32 = 200;

/// Follows the lines of one pipe: what stands between a key's first and last line is as secret as they are.
#[derive(Debug, Default)]
pub struct KeyLines {
    /// How many more lines the key may have.
    rest: u32,
}

impl KeyLines {
    /// The line as it may be told. Of other secrets in it the one who tells it takes care.
    pub fn line(&mut self, line: String) -> String {
        let ends = line.contains("-----END ");
        let is_inside = self.rest > 0 && is_of_key(&line);
        self.rest = if is_inside { self.rest - 1 } else { 0 };
        if line.contains("-----BEGIN ") && line.contains("PRIVATE KEY") && !ends {
            self.rest = MOST_LINES;
        } else if ends {
            self.rest = 0;
        }
        if is_inside && !ends && !line.trim().is_empty() { MARK.to_owned() } else { line }
    }
}

/// A diff without secrets: each of its lines stays a line, so that it can still be read as one.
#[must_use]
pub fn redacted_diff(diff: &[u8]) -> Vec<u8> {
    let mut keys = KeyLines::default();
    let mut plain = Vec::with_capacity(diff.len());
    for line in diff.split_inclusive(|&byte| byte == b'\n') {
        let (line, end) = line.split_at(line.len() - usize::from(line.ends_with(b"\n")));
        let (sign, text) =
            line.split_at(usize::from(line.starts_with(b"+") || line.starts_with(b"-") || line.starts_with(b" ")));
        plain.extend_from_slice(sign);
        match String::from_utf8(text.to_vec()) {
            Ok(text) => plain.extend(redacted_bytes(keys.line(text).into_bytes())),
            Err(error) => plain.extend(redacted_bytes(error.into_bytes())),
        }
        plain.extend_from_slice(end);
    }
    plain
}

/// Base64, a header such as `Proc-Type: 4,ENCRYPTED`, or the last line.
fn is_of_key(line: &str) -> bool {
    let line = line.trim();
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    line.bytes().all(base64) || line.starts_with("-----END ") || line.split_once(": ").is_some()
}
