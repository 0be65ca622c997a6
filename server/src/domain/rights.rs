//! What a token allows, and on which boards.

use std::collections::BTreeSet;

use boardcast_shared::BoardId;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One thing that a token may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// See what is on boards.
    Read,
    /// Change it, and let agents work.
    Write,
    /// Report facts from outside.
    Ingest,
    /// Agents, profiles, tokens and metrics: things of all boards, so it counts only together with all of them.
    Admin,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Ingest, Self::Admin];

    /// Its word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Ingest => "ingest",
            Self::Admin => "admin",
        }
    }
}

/// The boards of a token; `["*"]` on the wire for all that there are and will be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Boards {
    /// Every board.
    All,
    /// These.
    Only(BTreeSet<BoardId>),
}

impl Boards {
    /// Whether the board is one of them.
    #[must_use]
    pub fn hold(&self, board: &BoardId) -> bool {
        match self {
            Self::All => true,
            Self::Only(boards) => boards.contains(board),
        }
    }

    /// Whether all of the other's are among them.
    #[must_use]
    pub fn include(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(mine), Self::Only(theirs)) => theirs.is_subset(mine),
        }
    }
}

impl Serialize for Boards {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => ["*"].serialize(serializer),
            Self::Only(boards) => boards.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Boards {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        if names.is_empty() || names.len() > MAX_BOARDS {
            return Err(serde::de::Error::custom(format!("must be [\"*\"] or 1 to {MAX_BOARDS} ids of boards")));
        }
        let ids = names.iter().filter(|name| *name != "*").map(|name| BoardId::parse(name));
        let ids = ids.collect::<Result<BTreeSet<_>, _>>().map_err(serde::de::Error::custom)?;
        Ok(if names.iter().any(|name| name == "*") { Self::All } else { Self::Only(ids) })
    }
}

/// The most boards that a token names.
const MAX_BOARDS: usize = 1000;

impl JsonSchema for Boards {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TokenBoards".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "`*` for all boards, or the ids of some",
            "type": "array",
            "items": { "type": "string", "pattern": r"^(\*|[0-9A-Za-z_-]{1,64})$" },
            "minItems": 1,
            "maxItems": MAX_BOARDS,
        })
    }
}

/// Rights on boards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// What.
    pub rights: BTreeSet<Right>,
    /// Where.
    pub boards: Boards,
}

impl Scope {
    /// All rights on all boards.
    #[must_use]
    pub fn all() -> Self {
        Self { rights: Right::ALL.into(), boards: Boards::All }
    }

    /// Has the right, on whichever boards.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Has the right on all boards.
    #[must_use]
    pub fn has_everywhere(&self, right: Right) -> bool {
        self.has(right) && self.boards == Boards::All
    }

    /// Whether the other allows nothing that this one doesn't.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.rights.is_subset(&self.rights) && self.boards.include(&other.boards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(rights: &[Right], boards: &str) -> Scope {
        Scope { rights: rights.iter().copied().collect(), boards: serde_json::from_str(boards).unwrap() }
    }

    #[test]
    fn a_scope_includes_what_allows_no_more() {
        use Right::{Read, Write};
        let mine = scope(&[Read, Write], r#"["a","b"]"#);
        for (rights, boards, included) in [
            (&[Read][..], r#"["a"]"#, true),
            (&[Read, Write], r#"["b","a"]"#, true),
            (&[Read], r#"["c"]"#, false),
            (&[Read], r#"["*"]"#, false),
            (&[Right::Admin], r#"["a"]"#, false),
        ] {
            assert_eq!(mine.includes(&scope(rights, boards)), included, "{rights:?} {boards}");
            assert!(Scope::all().includes(&scope(rights, boards)));
        }
    }

    #[test]
    fn boards_are_a_star_or_ids() {
        for (wire, boards) in [
            (r#"["*"]"#, Some(Boards::All)),
            (r#"["a","*"]"#, Some(Boards::All)),
            (r#"["a"]"#, Some(Boards::Only([BoardId::parse("a").unwrap()].into()))),
            ("[]", None),
            (r#"["a b"]"#, None),
            (r#""*""#, None),
        ] {
            assert_eq!(serde_json::from_str(wire).ok(), boards, "{wire}");
        }
        assert_eq!(serde_json::to_string(&Boards::All).unwrap(), r#"["*"]"#);
    }
}
