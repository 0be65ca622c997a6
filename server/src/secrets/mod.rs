//! What must not be seen: found in any text, and replaced, before it becomes a fact, an answer or a line of the log.
//!
//! ```text
//! shapes.rs   what a secret looks like
//! known.rs    the secrets that this process was given
//! document.rs JSON documents and the parts of a conversation
//! keys.rs     a private key that comes line by line
//! log.rs      the server's own log
//! ```
//!
//! A text is looked at whole. One that still grows is told without its end, as long as that could be the beginning of a
//! secret ([`settled`]): so a token that comes in two pieces is never seen, and neither is a piece of it.

mod document;
mod keys;
mod known;
mod log;
mod shapes;

use std::borrow::Cow;
use std::ops::Range;

pub use document::{redact_all, redact_item, redact_status};
pub use keys::{KeyLines, redacted_diff};
pub use known::{learn, learn_env, learn_own, learn_url};
pub use log::Redacted;

/// Stands in the place of a secret.
pub const MARK: &str = "[redacted]";
/// How far back from its end a text is searched for a secret that is still being written, in bytes.
const WINDOW: usize = 4 << 10;

/// The text without secrets. What was redacted once stays as it is.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let secrets = secrets_in(text);
    if secrets.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(replaced(text, &secrets)) }
}

/// The same of a text that is owned.
#[must_use]
pub fn redacted(text: String) -> String {
    match redact(&text) {
        Cow::Owned(text) => text,
        Cow::Borrowed(_) => text,
    }
}

/// The same of bytes, which needn't be text.
#[must_use]
pub fn redacted_bytes(bytes: Vec<u8>) -> Vec<u8> {
    if let Ok(text) = std::str::from_utf8(&bytes) {
        return match redact(text) {
            Cow::Owned(text) => text.into_bytes(),
            Cow::Borrowed(_) => bytes,
        };
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        plain.extend_from_slice(redact(chunk.valid()).as_bytes());
        plain.extend_from_slice(chunk.invalid());
    }
    plain
}

/// Whether there is a secret in it.
#[must_use]
pub fn has_secret(text: &str) -> bool {
    !secrets_in(text).is_empty()
}

/// The text without secrets and without an end that may yet turn out to be the beginning of one: what can be told of a
/// text that still grows, or that was cut off.
#[must_use]
pub fn settled(text: &str) -> Cow<'_, str> {
    redact(&text[..settled_len(text)])
}

/// How many bytes of a text that still grows can be told, redacted: up to an end that may be the beginning of a secret.
#[must_use]
pub fn settled_len(text: &str) -> usize {
    let far = text.len().saturating_sub(WINDOW);
    let from = (far..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let end = &text[from..];
    let begun = shapes::BEGUN.captures(end).map_or(0, |found| end.len() - secret_of(&found).start);
    let most = begun.max(known::begun(end));
    // A known secret may be cut within a character.
    let most = text.len() - most;
    (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// What is secret of a match: its group, or all of it.
fn secret_of(found: &regex::Captures<'_>) -> Range<usize> {
    found.iter().flatten().last().map_or(0..0, |group| group.range())
}

/// Where secrets are, in order, none overlapping another.
fn secrets_in(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = shapes::WHOLE.captures_iter(text).map(|found| secret_of(&found)).collect();
    known::find(text, &mut found);
    // Redacting what was redacted before changes nothing.
    found.retain(|secret| &text[secret.clone()] != MARK);
    found.sort_unstable_by_key(|secret| secret.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for secret in found {
        match apart.last_mut() {
            Some(last) if secret.start < last.end => last.end = last.end.max(secret.end),
            _ => apart.push(secret),
        }
    }
    apart
}

/// The text with marks, which are never longer than what they stand for: a text within its bounds stays there.
fn replaced(text: &str, secrets: &[Range<usize>]) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    for secret in secrets {
        plain.push_str(&text[from..secret.start]);
        let room = secret.len().min(MARK.len());
        plain.push_str(if room == MARK.len() { MARK } else { &"**********"[..room] });
        from = secret.end;
    }
    plain.push_str(&text[from..]);
    plain
}

#[cfg(test)]
mod tests;
