//! Fields that several bodies share.

use std::collections::BTreeMap;

use boardcast_shared::{Card, CardId, Column, ColumnId, ColumnKey, TicketType, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::domain::board::{ReplacedCard, ReplacedState};
use crate::domain::text::{HttpUrl, LongText, TicketPrefix, Title};

/// A position: 0 is the first; larger than the list means the end.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "serde_json::Number")]
#[schemars(extend("type" = "integer", "minimum" = 0))]
pub struct Index(usize);

impl TryFrom<serde_json::Number> for Index {
    type Error = &'static str;

    fn try_from(number: serde_json::Number) -> Result<Self, Self::Error> {
        let index = number.as_u64().ok_or("must be a whole number from 0")?;
        Ok(Self(usize::try_from(index).unwrap_or(usize::MAX)))
    }
}

impl From<Index> for usize {
    fn from(index: Index) -> Self {
        index.0
    }
}

/// A field that may be left out but isn't null.
///
/// # Errors
/// The value isn't a `T`.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// `<PREFIX>-<n>`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("pattern" = "^[A-Za-z][0-9A-Za-z_]{0,15}-[0-9]{1,15}$"))]
struct TicketKey(String);

impl TryFrom<String> for TicketKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.rsplit_once('-').filter(|(prefix, number)| {
            let digits = (1..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
            digits && TicketPrefix::try_from((*prefix).to_owned()).is_ok()
        });
        parts.ok_or("must be letters, a hyphen and a number, such as ABC-1")?;
        Ok(Self(text))
    }
}

/// A whole board from outside: the body of PUT state, and the `state` of a reported one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WholeBoard {
    /// All columns, by their ids.
    columns: BTreeMap<ColumnId, WholeColumn>,
    /// The columns from left to right: exactly those.
    column_order: Vec<ColumnId>,
    /// All cards, by their ids; each is in exactly one column.
    cards: BTreeMap<CardId, WholeCard>,
    // What GET gave may come back as it is.
    /// Not looked at.
    #[serde(rename = "boardId")]
    #[schemars(with = "Option<serde_json::Value>")]
    _board_id: Option<serde::de::IgnoredAny>,
    /// Not looked at.
    #[serde(rename = "seq")]
    #[schemars(with = "Option<serde_json::Value>")]
    _seq: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WholeColumn {
    id: ColumnId,
    key: Option<ColumnKey>,
    title: Title,
    /// Its cards from top to bottom.
    card_ids: Vec<CardId>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WholeCard {
    id: CardId,
    /// `<PREFIX>-<n>`, unique on the board.
    ticket_key: TicketKey,
    title: Title,
    description: Option<LongText>,
    ticket_type: Option<TicketType>,
    /// An agent or a person has refined it.
    #[serde(default)]
    is_enhanced: bool,
    #[serde(default)]
    depends_on: Vec<CardId>,
    pr_url: Option<HttpUrl>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Time")]
    created_at: Option<Time>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Time")]
    updated_at: Option<Time>,
}

impl From<WholeBoard> for ReplacedState {
    fn from(board: WholeBoard) -> Self {
        let column = |column: WholeColumn| Column {
            id: column.id,
            key: column.key,
            title: column.title.into(),
            card_ids: column.card_ids,
        };
        Self {
            columns: board.columns.into_iter().map(|(id, whole)| (id, column(whole))).collect(),
            column_order: board.column_order,
            cards: board.cards.into_iter().map(|(id, card)| (id, card.into())).collect(),
        }
    }
}

impl From<WholeCard> for ReplacedCard {
    fn from(whole: WholeCard) -> Self {
        let unknown = Time::from_millis(0);
        let card = Card {
            id: whole.id,
            ticket_key: whole.ticket_key.0,
            title: whole.title.into(),
            description: whole.description.map(Into::into),
            ticket_type: whole.ticket_type,
            is_enhanced: whole.is_enhanced,
            depends_on: whole.depends_on,
            pr_url: whole.pr_url.map(Into::into),
            created_at: whole.created_at.unwrap_or(unknown),
            updated_at: whole.updated_at.unwrap_or(unknown),
        };
        Self { card, created_at: whole.created_at, updated_at: whole.updated_at }
    }
}
