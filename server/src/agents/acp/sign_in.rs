//! How one signs in to an agent [ACP, authentication]. That is up to its user, in a terminal or a browser; here it is
//! only told.

use serde::Deserialize;
use serde_json::Value;

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
    /// `terminal`: the agent's own program, with these arguments.
    #[serde(default)]
    args: Vec<String>,
    /// `env_var`: variables of its environment.
    #[serde(default)]
    vars: Vec<Variable>,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Variable {
    name: String,
}

impl Method {
    fn told(&self, command: &str) -> String {
        let how = match self.kind.as_str() {
            "terminal" => Some(format!("run `{}`", [&[command.to_owned()], self.args.as_slice()].concat().join(" "))),
            "env_var" => {
                let names: Vec<&str> = self.vars.iter().map(|variable| variable.name.as_str()).collect();
                Some(format!("put {} into its environment", names.join(", ")))
            }
            _ => None,
        };
        let about = self.description.as_deref().map(str::trim).filter(|text| !text.is_empty() && *text != self.name);
        let more: Vec<&str> = how.as_deref().into_iter().chain(about).collect();
        if more.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, more.join("; ")) }
    }
}

/// What somebody can do about an agent that knows no user; `offered` are its ways, of which those of another make are
/// left out.
pub fn advice(command: &str, offered: &Value) -> String {
    let ways = offered.as_array().into_iter().flatten().filter_map(|way| Method::deserialize(way).ok());
    let ways: Vec<String> = ways.take(MOST).map(|way| way.told(command)).collect();
    let offers = if ways.is_empty() { String::new() } else { format!(" It offers: {}.", ways.join("; ")) };
    format!(
        "Sign in to the agent first, in a terminal of the user that Boardcast runs as, or register it with its key in \
         its environment.{offers}"
    )
}
