use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AgentId, ProfileId, Time};

/// A program that can take up a card. The values of its environment never come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agent {
    /// Its name.
    pub agent: AgentId,
    /// Its name for people.
    pub label: Option<String>,
    /// How it is spoken to.
    pub protocol: AgentProtocol,
    /// Its program; `""` for one that is only known from reports.
    pub command: String,
    /// The program's arguments.
    pub args: Vec<String>,
    /// When it was first known.
    pub created_at: Time,
}

/// How an agent is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentProtocol {
    /// The Agent Client Protocol over standard input and output.
    Acp,
    /// The prompt on standard input, lines on standard output.
    Command,
}

/// An agent with a way to work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentProfile {
    /// Its id.
    pub profile_id: ProfileId,
    /// The agent.
    pub agent: AgentId,
    /// Its name for people.
    pub label: Option<String>,
    /// How to work; `env` comes back as names only.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Map<String, serde_json::Value>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// What is done when an agent asks for a permission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionPolicy {
    /// Somebody is asked.
    #[default]
    Ask,
    /// What only reads or searches is allowed, for the rest somebody is asked.
    AllowReads,
    /// Everything is allowed.
    AllowAll,
}

impl PermissionPolicy {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::AllowReads => "allow-reads",
            Self::AllowAll => "allow-all",
        }
    }
}

/// A profile as it was when an attempt was queued under it: the attempt keeps to that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedProfile {
    /// Its name for people.
    pub label: Option<String>,
    /// How to work; of `env` the names only.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Map<String, serde_json::Value>,
}

/// `agent_registered`: an agent is known from now on, or has a new label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Agent")]
pub struct AgentRegistered {
    pub agent: AgentId,
    /// Its name for people.
    pub label: Option<String>,
}

/// `agent_profile`: a profile was made, changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in AgentProfile")]
pub struct AgentProfileChanged {
    pub kind: ChangeKind,
    pub profile_id: ProfileId,
    pub agent: AgentId,
    /// Its name for people.
    pub label: Option<String>,
}

/// What happened to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}
