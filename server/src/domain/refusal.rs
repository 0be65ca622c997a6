//! Why a command was refused.

/// A command that changes nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// What kind of "no" it is.
    pub kind: RefusalKind,
    /// For programs: a word that stays.
    pub code: &'static str,
    /// The field at fault, where one is.
    pub field: Option<String>,
    /// For people.
    pub detail: String,
}

/// The kinds of "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// What the command names isn't there: a board, a card, ...
    NotFound(&'static str),
    /// The command can't be carried out as things stand.
    Conflict,
    /// The command itself is wrong.
    Invalid,
    /// The thing has changed since the caller looked.
    Precondition,
    /// What is asked for was there once.
    Gone,
}

impl Refusal {
    /// What the command names isn't there.
    #[must_use]
    pub fn not_found(what: &'static str, id: &str) -> Self {
        Self {
            kind: RefusalKind::NotFound(what),
            code: "not_found",
            field: None,
            detail: format!("there is no {what} {id}"),
        }
    }

    /// The command can't be carried out as things stand.
    #[must_use]
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Conflict, code, field: None, detail: detail.into() }
    }

    /// A field of the command is wrong.
    #[must_use]
    pub fn invalid(code: &'static str, field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Invalid, code, field: Some(field.into()), detail: detail.into() }
    }

    /// The thing has changed since the caller looked.
    #[must_use]
    pub fn precondition(what: &str) -> Self {
        Self {
            kind: RefusalKind::Precondition,
            code: "precondition_failed",
            field: None,
            detail: format!("the {what} has changed since: read it again"),
        }
    }

    /// The same refusal, about a field further in.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = self.field.map(|inner| format!("{outer}.{inner}"));
        self
    }
}
