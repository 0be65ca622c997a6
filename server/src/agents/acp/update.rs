//! What an agent says in its turn, as far as it is shown. Agents differ in what they leave out and in what they add:
//! all that can be missing may be, and an odd value of a side matter doesn't take the rest with it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// One `session/update`.
#[derive(Debug)]
pub enum Update {
    Message(String),
    Thought(String),
    Call(CallUpdate),
    Plan(Vec<PlanEntry>),
    Usage(UsageUpdate),
    /// Modes, commands, echoes of the prompt: nothing to show.
    Other,
}

/// A new tool call, or what changed of one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallUpdate {
    pub tool_call_id: String,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<CallStatus>,
    #[serde(default, deserialize_with = "lenient")]
    pub content: Option<Vec<CallContent>>,
    #[serde(default, deserialize_with = "lenient")]
    pub raw_input: Option<RawInput>,
    #[serde(default, deserialize_with = "lenient")]
    pub raw_output: Option<RawOutput>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    Pending,
    InProgress,
    Completed,
    Failed,
    Cancelled,
}

/// What a tool call shows.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CallContent {
    Content {
        content: Content,
    },
    Diff {
        path: String,
        #[serde(default)]
        old_text: Option<String>,
        new_text: String,
    },
    #[serde(other)]
    Other,
}

/// What a tool was given: only a command line is of interest.
#[derive(Debug, Deserialize)]
pub struct RawInput {
    #[serde(alias = "cmd")]
    pub command: CommandLine,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum CommandLine {
    Text(String),
    Words(Vec<String>),
}

/// What came out of a tool, in the words of several agents.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum RawOutput {
    Text(String),
    Fields(OutputFields),
}

#[derive(Debug, Deserialize)]
pub struct OutputFields {
    #[serde(default, alias = "exit_code", rename = "exitCode", deserialize_with = "lenient_value")]
    pub exit_code: Option<i32>,
    #[serde(
        default,
        alias = "stdout",
        alias = "formatted_output",
        alias = "aggregated_output",
        deserialize_with = "lenient_value"
    )]
    pub output: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct PlanEntry {
    #[serde(default)]
    pub content: String,
    #[serde(default)]
    pub status: String,
}

/// How full the agent's context is, and what it has cost.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct UsageUpdate {
    pub used: u64,
    pub size: u64,
    #[serde(default)]
    pub cost: Option<Cost>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Cost {
    pub amount: f64,
    pub currency: String,
}

/// A piece of content.
#[derive(Debug, Deserialize)]
pub struct Content {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    uri: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    resource: Option<Resource>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    text: Option<String>,
}

impl Content {
    /// As text; what isn't text is named.
    pub fn into_text(self) -> String {
        let kind = self.kind;
        self.text
            .or_else(|| self.resource.and_then(|resource| resource.text))
            .or(self.uri)
            .unwrap_or_else(|| format!("[{kind}]"))
    }
}

impl CommandLine {
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Words(words) => words.join(" "),
        }
    }
}

/// A value of another kind than expected counts as missing.
fn lenient<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let raw = <&RawValue>::deserialize(from)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// The same where the text is gone already.
fn lenient_value<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either<T> {
        Good(T),
        Odd(serde::de::IgnoredAny),
    }
    Ok(match Either::deserialize(from)? {
        Either::Good(value) => Some(value),
        Either::Odd(_) => None,
    })
}

/// Reads the params of `session/update`. There is one session only: whose it is needn't be asked.
pub fn read(params: &str) -> Result<Update, serde_json::Error> {
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        update: &'a RawValue,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kind {
        session_update: String,
    }
    #[derive(Deserialize)]
    struct Chunk {
        content: Content,
    }
    #[derive(Deserialize)]
    struct Plan {
        entries: Vec<PlanEntry>,
    }
    let Params { update } = serde_json::from_str(params)?;
    let text = update.get();
    Ok(match serde_json::from_str::<Kind>(text)?.session_update.as_str() {
        "agent_message_chunk" => Update::Message(serde_json::from_str::<Chunk>(text)?.content.into_text()),
        "agent_thought_chunk" => Update::Thought(serde_json::from_str::<Chunk>(text)?.content.into_text()),
        "tool_call" | "tool_call_update" => Update::Call(serde_json::from_str(text)?),
        "plan" => Update::Plan(serde_json::from_str::<Plan>(text)?.entries),
        "usage_update" => Update::Usage(serde_json::from_str(text)?),
        _ => Update::Other,
    })
}
