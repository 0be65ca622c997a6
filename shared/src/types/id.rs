use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// The longest id, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// Whether `text` can be an id: 1 to 64 bytes of `[0-9A-Za-z_-]`.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// 16 characters of `[0-9a-z]` without look-alikes, from 80 random bits.
///
/// # Panics
/// When the operating system has no randomness to give.
#[must_use]
pub fn random_token() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect()
}

/// The text isn't an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is 1 to 64 characters of 0-9, A-Z, a-z, _ and -")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Opaque: 1 to 64 bytes of `[0-9A-Za-z_-]`. Cheap to clone.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, TS, JsonSchema)]
        #[ts(as = "String")]
        #[schemars(transparent)]
        pub struct $name(#[schemars(with = "String", regex(pattern = "^[0-9A-Za-z_-]{1,64}$"))] Arc<str>);

        impl $name {
            /// An id from outside.
            ///
            /// # Errors
            /// [`NotAnId`] for anything but 1 to 64 bytes of `[0-9A-Za-z_-]`.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                if is_id(text) { Ok(Self(text.into())) } else { Err(NotAnId) }
            }

            /// A fresh id that nobody can guess.
            #[must_use]
            pub fn random() -> Self {
                Self(random_token().into())
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A board (a project, in the dashboard's words).
    BoardId
);
id!(
    /// A column of a board; unique on its board.
    ColumnId
);
id!(
    /// A card of a board; unique on its board.
    CardId
);
id!(
    /// One attempt of one agent at one card; belongs to one board for ever.
    AttemptId
);
id!(
    /// An agent's registered name.
    AgentId
);
id!(
    /// A profile: an agent with a way to work.
    ProfileId
);
id!(
    /// A token's public name; tells nothing of the token.
    TokenId
);

/// The attempt that a git fact belongs to; `""` on the wire when it happened in the board's own checkout.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, TS, JsonSchema)]
#[ts(as = "String")]
#[schemars(transparent)]
pub struct GitOwner(#[schemars(with = "String", regex(pattern = "^[0-9A-Za-z_-]{0,64}$"))] pub Option<AttemptId>);

impl GitOwner {
    /// The wire form: the attempt's id or `""`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", AttemptId::as_str)
    }
}

impl Serialize for GitOwner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for GitOwner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        AttemptId::parse(&text).map(|id| Self(Some(id))).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_text_is_an_id() {
        assert!(BoardId::parse("aZ_-09").is_ok());
        assert!(BoardId::parse(&"a".repeat(64)).is_ok());
        for bad in ["", "*", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert_eq!(BoardId::parse(bad), Err(NotAnId), "{bad:?}");
        }
    }

    #[test]
    fn random_ids_are_ids_and_differ() {
        let (one, other) = (CardId::random(), CardId::random());
        assert!(is_id(one.as_str()));
        assert_ne!(one, other);
    }
}
