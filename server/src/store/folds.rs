//! The boards that were touched lately, in memory. A copy is made in constant time, so that a refused command or a
//! failed commit is undone by taking the copy back.

use boardcast_shared::{BoardId, CardId, ColumnId, ColumnKey};
use rusqlite::{Connection, OptionalExtension, params};

use super::attempts;
use crate::domain::board::{BoardDoc, CardDoc, ColumnDoc};
use crate::domain::fold::BoardFold;

/// How many boards are kept in memory between two commits.
const KEPT: usize = 512;

#[derive(Clone, Default)]
pub(super) struct Folds {
    boards: imbl::OrdMap<BoardId, BoardFold>,
}

impl Folds {
    /// The board's fold, read once.
    pub fn load(&mut self, connection: &Connection, board: &BoardId) -> rusqlite::Result<Option<&BoardFold>> {
        if !self.boards.contains_key(board) {
            let Some(doc) = load_doc(connection, board)? else { return Ok(None) };
            let latest = attempts::load_latest(connection, board)?;
            self.boards.insert(board.clone(), BoardFold { doc, latest });
        }
        Ok(self.boards.get(board))
    }

    pub fn get(&self, board: &BoardId) -> Option<&BoardFold> {
        self.boards.get(board)
    }

    pub fn put(&mut self, fold: BoardFold) {
        self.boards.insert(fold.doc.id.clone(), fold);
    }

    pub fn forget(&mut self, board: &BoardId) {
        self.boards.remove(board);
    }

    /// Drops boards when too many are in memory; they are read again when they are touched.
    pub fn bound(&mut self) {
        while self.boards.len() > KEPT {
            let middle = self.boards.keys().nth(self.boards.len() / 2).cloned();
            if let Some(board) = middle {
                self.boards.remove(&board);
            }
        }
    }
}

/// A board from its rows; none when it isn't there.
pub(super) fn load_doc(connection: &Connection, board: &BoardId) -> rusqlite::Result<Option<BoardDoc>> {
    let id = board.as_str();
    let seq: Option<i64> = connection
        .prepare_cached("SELECT state_seq FROM boards WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(seq) = seq else { return Ok(None) };
    let mut doc = BoardDoc::empty(board.clone());
    doc.seq = seq.unsigned_abs();
    let mut columns =
        connection.prepare_cached("SELECT id, key, title FROM columns WHERE board_id = ?1 ORDER BY position")?;
    let columns = columns.query_map([id], |row| {
        Ok((stored::<ColumnId>(row, 0)?, row.get::<_, Option<String>>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut lists = std::collections::HashMap::new();
    for column in columns {
        let (id, key, title) = column?;
        doc.order.push_back(id.clone());
        lists.insert(id, (key.as_deref().and_then(column_key), title, Vec::new()));
    }
    let mut cards = connection
        .prepare_cached("SELECT id, column_id, rank, rev, card FROM cards WHERE board_id = ?1 ORDER BY rank, id")?;
    let mut rows = cards.query(params![id])?;
    while let Some(row) = rows.next()? {
        let id: CardId = stored(row, 0)?;
        let column: ColumnId = stored(row, 1)?;
        if let Some((_, _, list)) = lists.get_mut(&column) {
            list.push(id.clone());
        }
        let card = json(row, 4)?;
        let rev: i64 = row.get(3)?;
        doc.cards.insert(id, CardDoc { card, column, rank: row.get(2)?, rev: rev.unsigned_abs() }.into());
    }
    for (id, (key, title, cards)) in lists {
        doc.columns.insert(id, ColumnDoc { key, title, cards: cards.into() }.into());
    }
    Ok(Some(doc))
}

pub(super) fn column_key_text(key: ColumnKey) -> &'static str {
    match key {
        ColumnKey::Backlog => "backlog",
        ColumnKey::InProgress => "inProgress",
        ColumnKey::Review => "review",
        ColumnKey::Done => "done",
    }
}

pub(super) fn column_key(text: &str) -> Option<ColumnKey> {
    [ColumnKey::Backlog, ColumnKey::InProgress, ColumnKey::Review, ColumnKey::Done]
        .into_iter()
        .find(|key| column_key_text(*key) == text)
}

/// A value that was written in its wire form: an id, a word, a document.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<T> {
    let text: String = row.get(at)?;
    serde_json::from_str(&text).map_err(|error| unreadable(at, error))
}

/// A word or an id that was written as plain text.
pub(super) fn stored<T: serde::de::DeserializeOwned>(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<T> {
    let text: String = row.get(at)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|error| unreadable(at, error))
}

/// The same, where there may be none.
pub(super) fn stored_maybe<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    at: usize,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(at)?;
    text.map(|text| serde_json::from_value(serde_json::Value::String(text)).map_err(|error| unreadable(at, error)))
        .transpose()
}

/// A document that may be missing.
pub(super) fn json_maybe<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    at: usize,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(at)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| unreadable(at, error))).transpose()
}

fn unreadable(at: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, Box::new(error))
}

/// The wire form, to be stored.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data serializes")
}
