//! The secrets that this process was given. They are the process's, as its log is: nobody can forget to hand them on.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use regex::Regex;

use super::shapes::overlap;

/// A shorter value is no secret, and would be found in every other word.
const SHORTEST: usize = 8;
/// Of one whose name says that it is secret.
const SHORTEST_NAMED: usize = 7;
/// Parts of names that say so.
const TELLING: [&str; 7] = ["KEY", "TOKEN", "SECRET", "PASS", "PWD", "CREDENTIAL", "AUTH"];

static KNOWN: RwLock<Known> = RwLock::new(Known { values: BTreeSet::new(), any: None });

struct Known {
    values: BTreeSet<String>,
    /// One pattern of all; none when there are none.
    any: Option<Regex>,
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
    let json = serde_json::to_string(value).unwrap_or_default();
    let url: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let forms = [value, json.trim_matches('"'), &url, &url.replace('+', "%20")];
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let before = known.values.len();
    known.values.extend(forms.into_iter().map(str::to_owned));
    if known.values.len() > before {
        // Of two that begin alike the longer is looked for first.
        let longest_first: Vec<String> = known.values.iter().rev().map(|value| regex::escape(value)).collect();
        known.any = Regex::new(&longest_first.join("|")).ok();
    }
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
    if let Some(any) = &known.any {
        found.extend(any.find_iter(text).map(|secret| secret.range()));
    }
}

/// How many bytes at the text's end are the first of a known one.
pub(super) fn begun(text: &str) -> usize {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.values.iter().map(|value| overlap(text.as_bytes(), value.as_bytes())).max().unwrap_or(0)
}
