//! How one signs in to an agent [ACP, authentication]. That is up to its user, in a terminal or a browser; here it is
//! only told.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::agents::Program;

/// [ACP, errors] The agent wants to know who its user is.
pub const AUTH_REQUIRED: i64 = -32000;
/// So many ways are told at most.
const MOST: usize = 8;

/// A way to sign in, as an agent tells it in its answer to `initialize`.
#[derive(Deserialize)]
struct Method {
    name: String,
    #[serde(default)]
    description: Option<String>,
    /// `terminal`: the agent as it is started here, with these arguments and variables besides.
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

impl Method {
    fn told(&self, program: &Program) -> String {
        let about = self.description.as_deref().map(str::trim).filter(|text| !text.is_empty() && *text != self.name);
        let run = (self.kind == "terminal").then(|| format!("run `{}`", self.command(program)));
        let more: Vec<&str> = about.into_iter().chain(run.as_deref()).collect();
        if more.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, more.join("; ")) }
    }

    /// A line for a shell.
    fn command(&self, program: &Program) -> String {
        let variables = self.env.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
        let words = [&program.command].into_iter().chain(&program.args).chain(&self.args);
        variables.chain(words.map(|word| quoted(word))).collect::<Vec<_>>().join(" ")
    }
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What somebody can do about an agent that doesn't know its user; `offered` are its ways, of which those of another
/// make are left out.
pub fn advice(program: &Program, offered: &Value) -> String {
    let ways = offered.as_array().into_iter().flatten().filter_map(|way| Method::deserialize(way).ok());
    let ways: Vec<String> = ways.take(MOST).map(|way| way.told(program)).collect();
    let offers = if ways.is_empty() { String::new() } else { format!(" It offers: {}.", ways.join("; ")) };
    format!(
        "Sign in to the agent first, in a terminal of the user that Boardcast runs as, or put a key into the environment \
         of the agent or of a profile.{offers}"
    )
}
