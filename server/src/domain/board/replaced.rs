//! A whole board as the outside gives it.

use std::collections::{BTreeMap, HashMap, HashSet};

use boardcast_shared::{Card, CardId, Column, ColumnId, Time};

use super::cards::ranks;
use super::dependencies::check_dependencies;
use super::{BoardDoc, CardDoc, ColumnDoc, MAX_CARDS, MAX_COLUMNS};
use crate::domain::refusal::Refusal;

/// A whole board from outside, its texts checked already.
#[derive(Debug, Clone)]
pub struct ReplacedState {
    /// All columns.
    pub columns: BTreeMap<ColumnId, Column>,
    /// From left to right.
    pub column_order: Vec<ColumnId>,
    /// All cards.
    pub cards: BTreeMap<CardId, ReplacedCard>,
}

/// A card from outside. The times it doesn't give stay what they were.
#[derive(Debug, Clone)]
pub struct ReplacedCard {
    /// The card; its times count only where they are given.
    pub card: Card,
    /// When it was made, if given.
    pub created_at: Option<Time>,
    /// When it last changed, if given.
    pub updated_at: Option<Time>,
}

impl ReplacedCard {
    fn resolve(self, before: Option<&Card>, now: Time) -> Card {
        let mut card = self.card;
        card.created_at = self.created_at.or(before.map(|before| before.created_at)).unwrap_or(now);
        card.updated_at = self.updated_at.unwrap_or_else(|| {
            let same = |before: &&Card| Card { updated_at: before.updated_at, ..card.clone() } == **before;
            before.filter(same).map_or(now, |before| before.updated_at)
        });
        card
    }
}

impl BoardDoc {
    /// The whole board as the outside gives it.
    ///
    /// # Errors
    /// A card in no or two columns, an order that isn't the columns, a key that isn't its id, a ticket key twice,
    /// wrong dependencies, too much of anything.
    pub fn replaced(&self, state: ReplacedState, now: Time) -> Result<Self, Refusal> {
        let wrong = |field: String, detail: &str| Refusal::invalid("invalid_state", field, detail);
        if state.columns.len() > MAX_COLUMNS {
            return Err(Refusal::invalid(
                "too_many_columns",
                "columns",
                format!("a board has at most {MAX_COLUMNS} columns"),
            ));
        }
        if state.cards.len() > MAX_CARDS {
            return Err(Refusal::invalid("too_many_cards", "cards", format!("a board has at most {MAX_CARDS} cards")));
        }
        let ordered: HashSet<&ColumnId> = state.column_order.iter().collect();
        if ordered.len() != state.column_order.len()
            || ordered.len() != state.columns.len()
            || !state.columns.keys().all(|id| ordered.contains(id))
        {
            return Err(wrong("columnOrder".into(), "must name each column exactly once"));
        }
        let mut doc = Self::empty(self.id.clone());
        doc.order = state.column_order.into_iter().collect();
        let mut places: HashMap<CardId, (ColumnId, i64)> = HashMap::new();
        let mut keys = HashSet::new();
        for (id, column) in state.columns {
            let at = |field: &str| format!("columns.{id}.{field}");
            if column.id != id {
                return Err(wrong(at("id"), "must equal its key in columns"));
            }
            if column.key.is_some_and(|key| !keys.insert(key)) {
                return Err(wrong(at("key"), "another column has that key"));
            }
            for (card_id, rank) in column.card_ids.iter().zip(ranks()) {
                if !state.cards.contains_key(card_id) {
                    return Err(wrong(at("cardIds"), &format!("there is no card {card_id}")));
                }
                if places.insert(card_id.clone(), (id.clone(), rank)).is_some() {
                    return Err(wrong(at("cardIds"), &format!("the card {card_id} is in a column already")));
                }
            }
            let cards = column.card_ids.into_iter().collect();
            doc.columns.insert(id, ColumnDoc { key: column.key, title: column.title, cards }.into());
        }
        let mut ticket_keys = HashSet::new();
        for (id, card) in &state.cards {
            if card.card.id != *id {
                return Err(wrong(format!("cards.{id}.id"), "must equal its key in cards"));
            }
            if !ticket_keys.insert(&card.card.ticket_key) {
                return Err(wrong(format!("cards.{id}.ticketKey"), "another card has that ticket key"));
            }
            if !places.contains_key(id) {
                return Err(wrong(format!("cards.{id}"), "is in no column"));
            }
        }
        check_dependencies(&state.cards)?;
        for (id, card) in state.cards {
            let (column, rank) = places.remove(&id).expect("checked above");
            let card = card.resolve(self.cards.get(&id).map(|before| &before.card), now);
            // What didn't change keeps its place in memory, and its rank when that still sorts.
            let kept =
                self.cards.get(&id).filter(|kept| kept.card == card && kept.column == column && kept.rank == rank);
            let card = kept.cloned().unwrap_or_else(|| {
                let rev = self.cards.get(&id).map_or(0, |old| old.rev);
                CardDoc { card, column, rank, rev }.into()
            });
            doc.cards.insert(id, card);
        }
        doc.seq = self.seq;
        Ok(doc)
    }
}
