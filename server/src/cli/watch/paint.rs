use std::fmt::Write;

use boardcast_shared::Time;

use super::ColorChoice;
use crate::client::Frame;

/// The longest piece of text that an event puts into its line, in characters.
const MAX_CHARS: usize = 160;

/// Whether a terminal would obey this character instead of showing it, or let it disorder what stands beside it.
fn is_unruly(c: char) -> bool {
    // Controls (C0, DEL, C1), line and paragraph separators, and the marks that turn the direction of writing.
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` on one line, with nothing in it that a terminal would obey.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_unruly(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// [`harmless`], without its outer white space, and cut where it would be long.
pub fn shortened(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let kept: String = chars.by_ref().take(MAX_CHARS).collect();
    let kept = harmless(&kept);
    if chars.next().is_none() { kept } else { format!("{}…", kept.trim_end()) }
}

/// [`shortened`] between quotation marks.
pub fn quoted(text: &str) -> String {
    format!("'{}'", shortened(text))
}

/// A frame as one line of JSON that means exactly what came, with nothing in it that a terminal would obey.
pub fn harmless_json(frame: &Frame) -> String {
    let data = if serde_json::from_str::<serde::de::IgnoredAny>(&frame.data).is_ok() && !frame.data.contains('\n') {
        frame.data.clone()
    } else {
        serde_json::Value::from(frame.data.as_str()).to_string()
    };
    let (id, event) = (serde_json::Value::from(frame.id.as_deref()), serde_json::Value::from(frame.event.as_str()));
    let mut out = String::with_capacity(data.len() + 64);
    for c in format!(r#"{{"id":{id},"event":{event},"data":{data}}}"#).chars() {
        // Outside of strings JSON has neither these nor anything beyond ASCII, so the escape is always inside one.
        if is_unruly(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Puts lines together, in colour or without.
#[derive(Debug, Clone, Copy)]
pub enum Paint {
    Coloured,
    Plain,
}

impl Paint {
    /// `auto` colours a terminal unless `NO_COLOR` is set to something [no-color.org].
    pub fn chosen(choice: ColorChoice, terminal: bool) -> Self {
        let unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match choice {
            ColorChoice::Always => Self::Coloured,
            ColorChoice::Auto if terminal && !unwanted() => Self::Coloured,
            ColorChoice::Auto | ColorChoice::Never => Self::Plain,
        }
    }

    /// `HH:MM:SS  word     text`, the time in UTC. `text` is harmless already.
    pub fn line(self, time: Time, word: &str, text: &str) -> String {
        let stamp = time.to_string();
        let clock = stamp.get(11..19).unwrap_or("--:--:--");
        match self {
            Self::Plain => format!("{clock}  {word:<8}  {text}"),
            Self::Coloured => format!("\x1b[2m{clock}\x1b[0m  \x1b[{}m{word:<8}\x1b[0m  {text}", colour(word)),
        }
    }
}

/// The terminal's own colours: people have set them to be readable.
fn colour(word: &str) -> &'static str {
    match word {
        "card" | "column" | "board" => "36",
        "attempt" | "started" => "35",
        "commit" | "push" | "git" | "pr" => "33",
        "error" | "bye" => "31",
        "asks" => "1;33",
        "says" | "todos" => "32",
        _ => "2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_finds_nothing_to_obey() {
        let nasty = "a\u{1b}[2Jb\u{9b}31mc\u{7f}\u{7}\r\nd\u{202e}e\u{2028}\0é😀";
        assert_eq!(harmless(nasty), "a\\u{1b}[2Jb\\u{9b}31mc\\u{7f}\\u{7}  d\\u{202e}e\\u{2028}\\u{0}é😀");
        assert!(!harmless(nasty).chars().any(is_unruly));
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shortened("  short\n"), "short");
        let cut = shortened(&"é".repeat(200));
        assert_eq!(cut.chars().count(), 161);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn json_keeps_its_meaning_and_loses_its_teeth() {
        let data = serde_json::json!({"message": "a\u{1b}[2J\u{9b}m\u{7f}\u{202e}\u{2028}é"});
        let frame = Frame { id: Some("k3-\u{9b}1".into()), event: "attempt_log".into(), data: data.to_string() };
        let line = harmless_json(&frame);
        assert!(!line.chars().any(is_unruly), "{line}");
        let back: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(back, serde_json::json!({"id": "k3-\u{9b}1", "event": "attempt_log", "data": data}));
    }

    #[test]
    fn what_is_no_json_is_given_as_text() {
        let frame = Frame { id: None, event: "message".into(), data: "a\n\"b".into() };
        assert_eq!(harmless_json(&frame), r#"{"id":null,"event":"message","data":"a\n\"b"}"#);
    }

    #[test]
    fn a_line_has_the_time_of_day_in_utc() {
        let time = Time::parse("2026-01-31T12:34:56.789Z").unwrap();
        assert_eq!(
            Paint::Plain.line(time, "push", "origin/main → abc1234"),
            "12:34:56  push      origin/main → abc1234"
        );
        assert_eq!(Paint::Coloured.line(time, "push", "x"), "\x1b[2m12:34:56\x1b[0m  \x1b[33mpush    \x1b[0m  x");
    }
}
