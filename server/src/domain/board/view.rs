//! A board as the outside sees it.

use boardcast_shared::{BoardState, Column, ColumnId};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{BoardDoc, ColumnDoc};

pub(super) fn column_view(id: &ColumnId, column: &ColumnDoc) -> Column {
    let card_ids = column.cards.iter().cloned().collect();
    Column { id: id.clone(), key: column.key, title: column.title.clone(), card_ids }
}

impl From<&BoardDoc> for BoardState {
    fn from(doc: &BoardDoc) -> Self {
        Self {
            board_id: doc.id.clone(),
            seq: doc.seq,
            columns: doc.columns.iter().map(|(id, column)| (id.clone(), column_view(id, column))).collect(),
            column_order: doc.order.iter().cloned().collect(),
            cards: doc.cards.iter().map(|(id, card)| (id.clone(), card.card.clone())).collect(),
        }
    }
}

/// Exactly what [`BoardState`] serializes to, without copying the board first.
impl Serialize for BoardDoc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("boardId", &self.id)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("columns", &Columns(self))?;
        map.serialize_entry("columnOrder", &Order(self))?;
        map.serialize_entry("cards", &Cards(self))?;
        map.end()
    }
}

struct Columns<'a>(&'a BoardDoc);
struct Order<'a>(&'a BoardDoc);
struct Cards<'a>(&'a BoardDoc);

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.columns.iter().map(|(id, column)| (id, column_view(id, column))))
    }
}

impl Serialize for Order<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.order.iter())
    }
}

impl Serialize for Cards<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.cards.iter().map(|(id, doc)| (id, &doc.card)))
    }
}
