//! Who caused a fact. Known to the server from how it came, never taken from what is said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kinds of those who cause facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A program on this machine, while no token is asked for.
    Local,
    /// A person at the page.
    Page,
    /// A program with the operator's token.
    Operator,
    /// A program with another token.
    Token,
    /// An agent at work here, and what follows from that.
    Agent,
    /// What was seen in a repository.
    Git,
    /// What was seen at GitHub.
    Github,
    /// A report from outside.
    Source,
    /// The server itself.
    Server,
}

/// Who caused a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// What kind of somebody.
    pub kind: ActorKind,
    /// Of a token its label, of a report its source.
    pub name: Option<String>,
    /// Whose word a report is: the label of the token that it came with.
    pub via: Option<String>,
}

impl Actor {
    /// One without a name.
    #[must_use]
    pub fn of(kind: ActorKind) -> Self {
        Self { kind, name: None, via: None }
    }

    /// The source of a report that this one has sent.
    #[must_use]
    pub fn source(&self, source: &str) -> Self {
        Self { kind: ActorKind::Source, name: Some(source.to_owned()), via: self.name.clone() }
    }
}
