//! The secrets that this process was given. They are the process's, as its log is: nobody can forget to hand them on.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::shapes::overlap;

/// A shorter value is no secret, and would be found in every other word.
const SHORTEST: usize = 8;
/// Of one whose name says that it is secret.
const SHORTEST_NAMED: usize = 7;
/// So much of a value is looked for, in bytes; what follows it is then compared. It keeps what finds them small.
const HEAD: usize = 64;
/// A line of a value that has several is looked for by itself from this length on, in bytes: what prints the value may
/// print line by line.
const SHORTEST_LINE: usize = 16;
/// Parts of names that say so.
const TELLING: [&str; 7] = ["KEY", "TOKEN", "SECRET", "PASS", "PWD", "CREDENTIAL", "AUTH"];

static KNOWN: RwLock<Known> = RwLock::new(Known { values: BTreeSet::new(), any: None });

struct Known {
    values: BTreeSet<String>,
    /// Finds any of them; none when there are none.
    any: Option<AhoCorasick>,
}

/// This must not be seen from now on, nor as JSON or URLs write it. What is too short to be told from other text isn't
/// learnt.
pub fn learn(value: &str) {
    learn_from(value, SHORTEST);
}

fn learn_from(value: &str, shortest: usize) {
    let value = value.trim();
    if value.len() < shortest {
        return;
    }
    let lines = value.lines().map(str::trim).filter(|line| line.len() < value.len() && line.len() >= SHORTEST_LINE);
    let forms = lines.chain([value]).flat_map(forms);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let before = known.values.len();
    known.values.extend(forms);
    if known.values.len() > before {
        // Of two that begin alike the longer is found.
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest);
        known.any = Some(builder.build(known.values.iter().map(|value| head(value))).expect("few bytes of each value"));
    }
}

fn head(value: &str) -> &str {
    let most = value.len().min(HEAD);
    &value[..(0..=most).rev().find(|&at| value.is_char_boundary(at)).unwrap_or(0)]
}

/// How a value is written in JSON and in URLs.
fn forms(value: &str) -> [String; 4] {
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or(value).to_owned();
    let url: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let spaced = url.replace('+', "%20");
    [value.to_owned(), json, url, spaced]
}

/// The value of a variable: secret, unless it is a path or so short that it can't be.
pub fn learn_env(name: &str, value: &str) {
    let name = name.to_ascii_uppercase();
    if TELLING.iter().any(|telling| name.contains(telling)) {
        learn_from(value, SHORTEST_NAMED);
    } else if !value.trim_start().starts_with(['/', '~', '.']) {
        learn(value);
    }
}

/// The secrets in the environment of this process: its tokens, and the passwords of proxies.
pub fn learn_own() {
    for (name, value) in std::env::vars() {
        let name = name.to_ascii_uppercase();
        if name.starts_with("BOARDCAST_") && name.ends_with("_TOKEN") {
            learn_env(&name, &value);
        } else if name.ends_with("_PROXY") {
            learn_url(&value);
        }
    }
}

/// The password in a URL, and the name before it where that may be a token.
pub fn learn_url(url: &str) {
    let Some((_, rest)) = url.split_once("://") else { return };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return };
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    learn_from(password, SHORTEST_NAMED);
    if name.len() >= 20 {
        learn(name);
    }
}

/// Adds where known ones are.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let Some(any) = &known.any else { return };
    for head in any.find_iter(text) {
        let seen = &text.as_bytes()[head.start()..];
        let values = known.values.range(text[head.range()].to_owned()..);
        let same = values.map(|value| common(seen, value.as_bytes())).take_while(|same| *same >= head.len());
        let end = head.start() + same.max().unwrap_or(head.len());
        found.push(head.start()..(end..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len()));
    }
}

fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// How many bytes at the text's end are the first of a known one.
pub(super) fn begun(text: &str) -> usize {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.values.iter().map(|value| overlap(text.as_bytes(), value.as_bytes())).max().unwrap_or(0)
}
