//! Text from outside, parsed once into types that can't be wrong.

use schemars::JsonSchema;
use serde::Deserialize;

/// The most characters of a board's name.
pub const MAX_NAME_CHARS: usize = 200;
/// The most characters of a title.
pub const MAX_TITLE_CHARS: usize = 500;
/// The most bytes of a description and of a log message.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// The most bytes of what an agent is asked.
pub const MAX_PROMPT_BYTES: usize = 256 * 1024;

/// White space as Unicode has it, inside of a class: `\s` of schemas is another set.
macro_rules! white_space {
    () => {
        r"\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    };
}
pub(crate) use white_space;

/// The forbidden control characters, inside of a class.
macro_rules! controls {
    () => {
        r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
    };
}

/// What [`check_words`] says of characters, for schemas.
const WORDS: &str = concat!("^[^", controls!(), "]*[^", controls!(), white_space!(), "][^", controls!(), "]*$");
/// What [`check_one_line`] says of characters, for schemas.
const ONE_LINE: &str =
    concat!("^[^\\n", controls!(), "]*[^", controls!(), white_space!(), "][^\\n", controls!(), "]*$");
/// What [`check_subject`] says, for schemas.
pub(super) const ONE_LINE_OR_NONE: &str = concat!("^[^\\n", controls!(), "]*$");
/// What [`check_prompt`] says, but for the length.
const NOT_BLANK: &str = concat!("[^", white_space!(), "]");
/// What [`check_http_url`] says, but for the length.
const URL: &str = concat!("^https?://[^/", controls!(), white_space!(), "][^", controls!(), white_space!(), "]*$");

/// A schema of texts like this, to say what others aren't.
fn pattern(pattern: &str) -> schemars::Schema {
    schemars::json_schema!({ "pattern": pattern })
}

/// A control character that no name, title, label or subject may hold: all of C0 but tab and line feed, DEL and C1.
fn is_forbidden_control(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

fn check_words(text: &str, max_chars: usize) -> Result<(), String> {
    let chars = text.chars().count();
    if chars == 0 || chars > max_chars {
        return Err(format!("must have 1 to {max_chars} characters, has {chars}"));
    }
    if text.chars().any(is_forbidden_control) {
        return Err("must not hold control characters".into());
    }
    if text.chars().all(char::is_whitespace) {
        return Err("must not be only white space".into());
    }
    Ok(())
}

fn check_one_line(text: &str, max_chars: usize) -> Result<(), String> {
    check_words(text, max_chars)?;
    if text.contains('\n') { Err("must be one line".into()) } else { Ok(()) }
}

/// A commit's or pull request's subject from outside: one line, maybe empty.
///
/// # Errors
/// What is wrong with it.
pub fn check_subject(text: &str) -> Result<(), String> {
    if text.contains('\n') {
        return Err("must be one line".into());
    }
    if text.chars().any(is_forbidden_control) { Err("must not hold control characters".into()) } else { Ok(()) }
}

fn check_bytes(text: &str) -> Result<(), String> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!("must have at most {MAX_TEXT_BYTES} bytes, has {}", text.len()));
    }
    Ok(())
}

fn check_prompt(text: &str) -> Result<(), String> {
    if text.len() > MAX_PROMPT_BYTES {
        return Err(format!("must have at most {MAX_PROMPT_BYTES} bytes, has {}", text.len()));
    }
    if text.trim().is_empty() { Err("must not be empty".into()) } else { Ok(()) }
}

fn check_commit_body(text: &str) -> Result<(), String> {
    check_bytes(text)?;
    if text.contains('\0') { Err("must not hold NUL".into()) } else { Ok(()) }
}

fn check_prefix(text: &str) -> Result<(), String> {
    let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    if letters && first && text.len() <= 16 {
        Ok(())
    } else {
        Err("must be 1 to 16 of A-Z, a-z, 0-9 and _, beginning with a letter".into())
    }
}

fn check_remote(text: &str) -> Result<(), String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    let name = plain && first && text.len() <= 100 && !text.contains("..");
    let name = name && !text.ends_with('.') && !text.to_ascii_lowercase().ends_with(".lock");
    if name { Ok(()) } else { Err("must be the name of a remote, such as origin; not a URL or a path".into()) }
}

fn check_github_repo(text: &str) -> Result<(), String> {
    let part = |part: &str| {
        (1..=100).contains(&part.len())
            && part != "."
            && part != ".."
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    match text.split_once('/') {
        Some((owner, name)) if part(owner) && part(name) => Ok(()),
        _ => Err("must be owner/name".into()),
    }
}

fn check_http_url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if host && text.len() <= 2048 && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Ok(())
    } else {
        Err("must be an http or https URL".into())
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(try_from = "String")]
        $(#[$doc])*
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text!(
    /// A board's name: 1 to 200 characters, not only white space, no control characters.
    #[schemars(extend("minLength" = 1, "maxLength" = MAX_NAME_CHARS, "pattern" = WORDS))]
    BoardName,
    |text| check_words(text, MAX_NAME_CHARS)
);
text!(
    /// A card's or column's title: 1 to 500 characters on one line.
    #[schemars(extend("minLength" = 1, "maxLength" = MAX_TITLE_CHARS, "pattern" = ONE_LINE))]
    Title,
    |text| check_one_line(text, MAX_TITLE_CHARS)
);
text!(
    /// A label of an agent or a profile: 1 to 200 characters.
    #[schemars(extend("minLength" = 1, "maxLength" = MAX_NAME_CHARS, "pattern" = WORDS))]
    Label,
    |text| check_words(text, MAX_NAME_CHARS)
);
text!(
    /// An agent's own name for one of its models or modes: 1 to 200 characters on one line.
    #[schemars(extend("minLength" = 1, "maxLength" = MAX_NAME_CHARS, "pattern" = ONE_LINE))]
    AgentChoice,
    |text| check_one_line(text, MAX_NAME_CHARS)
);
text!(
    /// Any Unicode text of at most 64 KiB: a description, a log message.
    #[schemars(extend("maxLength" = MAX_TEXT_BYTES))]
    LongText,
    check_bytes
);
text!(
    /// What an agent is asked: any text of at most 256 KiB, not only white space.
    #[schemars(extend("maxLength" = MAX_PROMPT_BYTES, "pattern" = NOT_BLANK))]
    Prompt,
    check_prompt
);
text!(
    /// What a commit's message says below its subject: any text of at most 64 KiB without NUL, which git takes none of.
    #[schemars(extend("maxLength" = MAX_TEXT_BYTES, "pattern" = "^[^\\x00]*$"))]
    CommitBody,
    check_commit_body
);
text!(
    /// The letters before the number of a ticket key.
    #[schemars(extend("pattern" = "^[A-Za-z][0-9A-Za-z_]{0,15}$"))]
    TicketPrefix,
    check_prefix
);
text!(
    /// The name of a git remote; never a URL or a path.
    #[schemars(extend("maxLength" = 100, "pattern" = r"^[0-9A-Za-z_][0-9A-Za-z_-]*(\.[0-9A-Za-z_-]+)*$", "not" = pattern(r"\.[Ll][Oo][Cc][Kk]$")))]
    RemoteName,
    check_remote
);
text!(
    /// `owner/name` on GitHub.
    #[schemars(extend("pattern" = r"^[0-9A-Za-z_.-]{1,100}/[0-9A-Za-z_.-]{1,100}$", "not" = pattern(r"(^|/)\.\.?(/|$)")))]
    GithubRepo,
    check_github_repo
);
text!(
    /// The address of a page; nothing that runs when it is clicked.
    #[schemars(extend("maxLength" = 2048, "pattern" = URL))]
    HttpUrl,
    check_http_url
);

/// The ticket prefix of a board that was given none: the name's initials, or its first letters when it is one word.
#[must_use]
pub fn prefix_from_name(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(str::to_ascii_uppercase)
        .collect();
    match words.as_slice() {
        [] => "CARD".into(),
        [word] => word.chars().take(4).collect(),
        words => words.iter().take(4).filter_map(|word| word.chars().next()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: TryFrom<String>>(text: &str, ok: bool) {
        assert_eq!(T::try_from(text.to_owned()).is_ok(), ok, "{text:?}");
    }

    #[test]
    fn names_hold_tabs_and_lines_but_no_other_control_characters() {
        check::<BoardName>("a\tb\nc", true);
        check::<BoardName>(&"ß".repeat(200), true);
        for bad in ["", "   ", "\u{3000}", "a\0", "a\r", "\u{7f}a", "a\u{9b}", &"ß".repeat(201)] {
            check::<BoardName>(bad, false);
        }
    }

    #[test]
    fn titles_are_one_line() {
        check::<Title>("Fix <b>login</b> \u{2028} 🦀", true);
        check::<Title>("a\nb", false);
        check::<Title>(&"x".repeat(501), false);
    }

    #[test]
    fn a_remote_is_a_name() {
        check::<RemoteName>("origin", true);
        for bad in ["", "-u", "../x", "https://x", "ext::sh", "a b", "git@host:x", "x.lock", "a/b"] {
            check::<RemoteName>(bad, false);
        }
    }

    #[test]
    fn a_link_runs_nothing() {
        check::<HttpUrl>("https://example.org/pull/1", true);
        for bad in ["javascript:alert(1)", "https://", "https:///x", "http://a b", "file:///etc/passwd"] {
            check::<HttpUrl>(bad, false);
        }
    }

    #[test]
    fn a_prefix_comes_from_the_name() {
        for (name, prefix) in [("Boardcast", "BOAR"), ("my new board", "MNB"), ("日本", "CARD"), ("web 2", "WEB")] {
            assert_eq!(prefix_from_name(name), prefix);
            check::<TicketPrefix>(prefix, true);
        }
    }
}
