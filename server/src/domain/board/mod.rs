//! A board as a value: what is on it, and the rules of changing it.
//!
//! Copies are cheap (the maps share what they have in common), so a command works on a copy, a refused command throws
//! the copy away, and a reader keeps the version it is being sent.

mod cards;
mod columns;
mod dependencies;
mod replaced;
mod view;

use std::ops::Deref;
use std::sync::Arc;

use boardcast_shared::{BoardId, Card, CardId, Column, ColumnId, ColumnKey};
use imbl::{OrdMap, Vector};

pub use cards::{Blocking, CardChange, NewCard};
pub use replaced::{ReplacedCard, ReplacedState};

use super::refusal::Refusal;
use view::column_view;

/// The most columns of a board.
pub const MAX_COLUMNS: usize = 50;
/// The most cards of a board.
pub const MAX_CARDS: usize = 10_000;
/// The most dependencies of a card.
pub const MAX_DEPENDENCIES: usize = 100;

/// A part that versions of a board have in common. Equal at once when it is the very same.
#[derive(Debug, Clone)]
pub struct Shared<T>(Arc<T>);

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || *self.0 == *other.0
    }
}

/// A column and its cards in order.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDoc {
    /// What it stands for.
    pub key: Option<ColumnKey>,
    /// Its title.
    pub title: String,
    /// Its cards from top to bottom.
    pub cards: Vector<CardId>,
}

/// A card with what its place in the store needs.
#[derive(Debug, Clone, PartialEq)]
pub struct CardDoc {
    /// The card.
    pub card: Card,
    /// The column it is in.
    pub column: ColumnId,
    /// Grows from top to bottom of its column.
    pub rank: i64,
    /// The board's change that last touched it.
    pub rev: u64,
}

/// One version of a board.
#[derive(Debug, Clone)]
pub struct BoardDoc {
    /// The board.
    pub id: BoardId,
    /// The log's number of its last change; 0 before the first.
    pub seq: u64,
    /// All columns.
    pub columns: OrdMap<ColumnId, Shared<ColumnDoc>>,
    /// The columns from left to right.
    pub order: Vector<ColumnId>,
    /// All cards.
    pub cards: OrdMap<CardId, Shared<CardDoc>>,
}

impl BoardDoc {
    /// A board without anything on it.
    #[must_use]
    pub fn empty(id: BoardId) -> Self {
        Self { id, seq: 0, columns: OrdMap::new(), order: Vector::new(), cards: OrdMap::new() }
    }

    /// A new board: Backlog, In Progress, Review, Done.
    #[must_use]
    pub fn new(id: BoardId) -> Self {
        let mut doc = Self::empty(id);
        for (key, title) in [
            (ColumnKey::Backlog, "Backlog"),
            (ColumnKey::InProgress, "In Progress"),
            (ColumnKey::Review, "Review"),
            (ColumnKey::Done, "Done"),
        ] {
            let column = ColumnDoc { key: Some(key), title: title.into(), cards: Vector::new() };
            let id = ColumnId::random();
            doc.order.push_back(id.clone());
            doc.columns.insert(id, column.into());
        }
        doc
    }

    /// The column that stands for `key`.
    #[must_use]
    pub fn column_of(&self, key: ColumnKey) -> Option<&ColumnId> {
        self.order.iter().find(|id| self.columns.get(*id).is_some_and(|column| column.key == Some(key)))
    }

    /// How many cards are not done.
    #[must_use]
    pub fn open_cards(&self) -> usize {
        let done = self.column_of(ColumnKey::Done).and_then(|id| self.columns.get(id));
        self.cards.len() - done.map_or(0, |column| column.cards.len())
    }

    /// A card.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn card(&self, id: &CardId) -> Result<&Shared<CardDoc>, Refusal> {
        self.cards.get(id).ok_or_else(|| Refusal::not_found("card", id.as_str()))
    }

    /// A column as the outside sees it.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn column(&self, id: &ColumnId) -> Result<Column, Refusal> {
        let column = self.columns.get(id).ok_or_else(|| Refusal::not_found("column", id.as_str()))?;
        Ok(column_view(id, column))
    }

    /// The board's change `seq` touched the card.
    pub fn touch(&mut self, id: &CardId, seq: u64) {
        if let Some(doc) = self.cards.get(id) {
            let touched = CardDoc { rev: seq, ..CardDoc::clone(doc) };
            self.cards.insert(id.clone(), touched.into());
        }
    }
}
