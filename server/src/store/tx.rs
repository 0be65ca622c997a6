//! What a command works with.

use boardcast_shared::{AttemptId, BoardId, CardId, PatchOp, StatePatch, Time};
use bytes::Bytes;
use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::Options;
use super::folds::{Folds, column_key_text, to_json};
use super::hourly::Sums;
use crate::domain::actor::Actor;
use crate::domain::board::BoardDoc;
use crate::domain::diff::BoardDiff;
use crate::domain::event::DomainEvent;
use crate::domain::fold::BoardFold;
use crate::domain::refusal::Refusal;
use crate::events::{Commit, Fact};

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum TxError {
    /// It was refused; the savepoint is rolled back.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The transaction is broken; the whole group is rolled back.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
}

/// The `log` row, in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counters {
    pub head: u64,
    pub kept_events: u64,
    pub kept_bytes: u64,
    pub agent_horizon: u64,
    pub unchecked: bool,
    /// The oldest event that is kept; 0 in an empty log. Not stored: the index tells.
    pub oldest: u64,
}

impl Counters {
    pub fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let query = "SELECT head, kept_events, kept_bytes, agent_horizon, unchecked,
                         coalesce((SELECT min(seq) FROM events), 0) FROM log";
        connection.prepare_cached(query)?.query_row([], |row| {
            let number = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
            Ok(Self {
                head: number(0)?,
                kept_events: number(1)?,
                kept_bytes: number(2)?,
                agent_horizon: number(3)?,
                unchecked: row.get(4)?,
                oldest: number(5)?,
            })
        })
    }

    fn store(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "UPDATE log SET head = ?1, kept_events = ?2, kept_bytes = ?3, agent_horizon = ?4, unchecked = ?5",
            )?
            .execute(params![
                sql(self.head),
                sql(self.kept_events),
                sql(self.kept_bytes),
                sql(self.agent_horizon),
                self.unchecked
            ])?;
        Ok(())
    }
}

/// SQLite's integers are signed; none of ours comes near the sign.
pub(super) fn sql(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// One transaction, as commands see it.
pub struct Tx<'a> {
    pub(super) db: &'a Connection,
    pub(super) folds: &'a mut Folds,
    pub(super) counters: &'a mut Counters,
    pub(super) options: &'a Options,
    pub(super) now: Time,
    stored: Counters,
    facts: Vec<Fact>,
    touched: Vec<BoardId>,
    sums: BTreeMap<Option<BoardId>, Sums>,
    pub(super) deleted: Vec<BoardId>,
    pub(super) runs_gone: bool,
    // Who causes what is appended, as it is stored.
    actor: String,
}

impl<'a> Tx<'a> {
    pub(super) fn begin(
        db: &'a Connection,
        folds: &'a mut Folds,
        counters: &'a mut Counters,
        options: &'a Options,
    ) -> Self {
        let now = (options.now)();
        let stored = *counters;
        Self {
            db,
            folds,
            counters,
            options,
            now,
            stored,
            facts: Vec::new(),
            touched: Vec::new(),
            sums: BTreeMap::new(),
            deleted: Vec::new(),
            runs_gone: false,
            actor: String::new(),
        }
    }

    /// What is appended from now on, that one causes.
    pub(super) fn act_for(&mut self, actor: &Actor) {
        self.actor = to_json(actor);
    }

    /// The commit's time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// The newest seq so far, this transaction's own included.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.counters.head
    }

    pub(super) fn facts(&self) -> usize {
        self.facts.len()
    }

    /// Runs one command so that a refusal leaves no trace.
    pub(super) fn savepoint<T>(&mut self, command: impl FnOnce(&mut Self) -> Result<T, TxError>) -> Result<T, TxError> {
        let folds = self.folds.clone();
        let counters = *self.counters;
        let lengths = (self.facts.len(), self.touched.len(), self.deleted.len());
        let sums = self.sums.clone();
        self.db.execute_batch("SAVEPOINT command")?;
        let outcome = command(self);
        match &outcome {
            Err(TxError::Refused(_)) => {
                self.db.execute_batch("ROLLBACK TO command; RELEASE command")?;
                *self.folds = folds;
                *self.counters = counters;
                self.facts.truncate(lengths.0);
                self.touched.truncate(lengths.1);
                self.deleted.truncate(lengths.2);
                self.sums = sums;
            }
            Ok(_) => self.db.execute_batch("RELEASE command")?,
            Err(TxError::Store(_)) => {}
        }
        outcome
    }

    /// What this transaction made true, once it is committed.
    pub(super) fn finish(self) -> rusqlite::Result<Commit> {
        // A transaction that changed nothing costs the disk nothing.
        if *self.counters != self.stored {
            self.counters.store(self.db)?;
        }
        for (board, sums) in &self.sums {
            // One that is deleted leaves nothing behind.
            if board.as_ref().is_none_or(|board| !self.deleted.contains(board)) {
                sums.store(self.db, board.as_ref(), self.now)?;
            }
        }
        let mut touched = self.touched;
        touched.sort_unstable();
        touched.dedup();
        let folds = touched.iter().filter_map(|board| self.folds.get(board).cloned()).collect();
        Ok(Commit {
            head: self.counters.head,
            oldest: self.counters.oldest,
            facts: self.facts,
            folds,
            touched,
            deleted: self.deleted,
            runs_gone: self.runs_gone,
            time: Some(self.now),
            commands: 0,
            took: None,
        })
    }

    /// The board as it is now.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn fold(&mut self, board: &BoardId) -> Result<&BoardFold, TxError> {
        let fold = self.folds.load(self.db, board)?;
        Ok(fold.ok_or_else(|| Refusal::not_found("board", board.as_str()))?)
    }

    /// The board's fold is another from now on.
    pub(super) fn put_fold(&mut self, fold: BoardFold) {
        self.touched.push(fold.doc.id.clone());
        self.folds.put(fold);
    }

    /// Counts for the dashboard's series.
    pub(super) fn count(&mut self, board: Option<&BoardId>, add: Sums) {
        *self.sums.entry(board.cloned()).or_default() += add;
    }

    /// Something about the board is different that is no fact.
    pub(super) fn touch(&mut self, board: &BoardId) {
        self.touched.push(board.clone());
    }

    /// Appends a fact to the log; gives its seq.
    pub(super) fn append(&mut self, event: &DomainEvent, card: Option<&CardId>) -> Result<u64, TxError> {
        self.append_with(event, card, None)
    }

    fn append_with(
        &mut self,
        event: &DomainEvent,
        card: Option<&CardId>,
        state: Option<BoardDoc>,
    ) -> Result<u64, TxError> {
        let seq = self.counters.head + 1;
        let (name, data) = (self.options.encode)(event);
        self.db
            .prepare_cached(
                "INSERT INTO events (seq, board_id, card_id, attempt_id, type, event, time, data, actor)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                sql(seq),
                event.board().map_or("", BoardId::as_str),
                card.map(CardId::as_str),
                event.attempt().map(AttemptId::as_str),
                event.name(),
                name,
                self.now.millis(),
                data,
                self.actor
            ])?;
        self.counters.head = seq;
        if self.counters.kept_events == 0 {
            self.counters.oldest = seq;
        }
        self.counters.kept_events += 1;
        self.counters.kept_bytes += data.len() as u64;
        self.count(event.board(), Sums { events: 1, ..Sums::default() });
        self.facts.push(Fact { seq, board: event.board().cloned(), event: name, data: Bytes::from(data), state });
        if let Some(board) = event.board() {
            self.touched.push(board.clone());
        }
        Ok(seq)
    }

    /// Changes what is on a board: rows, patch and fact come from what is different afterwards. Nothing different,
    /// nothing appended.
    ///
    /// # Errors
    /// There is no such board, or `change` refuses.
    pub(super) fn change_board<R>(
        &mut self,
        board: &BoardId,
        change: impl FnOnce(&mut BoardDoc, Time) -> Result<R, Refusal>,
    ) -> Result<R, TxError> {
        let now = self.now;
        let old = self.fold(board)?.doc.clone();
        let mut new = old.clone();
        let result = change(&mut new, now)?;
        let diff = BoardDiff::between(&old, &new);
        if !diff.is_empty() {
            let card = match (diff.cards.as_slice(), diff.removed_cards.as_slice()) {
                ([card], []) => Some(card.clone()),
                _ => None,
            };
            self.append_board(new, diff.ops.clone(), old.seq, card.as_ref(), &diff)?;
            if !diff.removed_cards.is_empty() {
                self.forget_cards(board, &diff.removed_cards)?;
            }
        }
        Ok(result)
    }

    /// A board's first fact: the whole of it.
    pub(super) fn found_board(&mut self, mut doc: BoardDoc) -> Result<(), TxError> {
        let diff = BoardDiff::between(&BoardDoc::empty(doc.id.clone()), &doc);
        doc.seq = self.counters.head + 1;
        let value = serde_json::to_value(&doc).expect("plain data serializes");
        let ops = vec![PatchOp::Add { path: String::new(), value }];
        self.folds.put(BoardFold { doc: doc.clone(), latest: imbl::OrdMap::new() });
        self.append_board(doc, ops, 0, None, &diff)
    }

    fn append_board(
        &mut self,
        mut doc: BoardDoc,
        mut patch: Vec<PatchOp>,
        base_seq: u64,
        card: Option<&CardId>,
        diff: &BoardDiff,
    ) -> Result<(), TxError> {
        let seq = self.counters.head + 1;
        let open_before = self.folds.get(&doc.id).map_or(0, |fold| fold.doc.open_cards());
        let open = Sums::difference(open_before, doc.open_cards());
        self.count(Some(&doc.id), Sums { open, ..Sums::default() });
        doc.seq = seq;
        if base_seq > 0 {
            patch.push(PatchOp::Replace { path: "/seq".into(), value: seq.into() });
        }
        for id in &diff.cards {
            doc.touch(id, seq);
        }
        self.write_rows(&doc, diff)?;
        let board_id = doc.id.clone();
        let latest = self.fold(&board_id)?.latest.clone();
        let fact = DomainEvent::BoardStateChanged(StatePatch { board_id, seq, base_seq, patch });
        self.append_with(&fact, card, Some(doc.clone()))?;
        self.put_fold(BoardFold { doc, latest });
        Ok(())
    }

    /// Writes the rows that differ: the cost is that of the change, not of the board.
    fn write_rows(&mut self, doc: &BoardDoc, diff: &BoardDiff) -> rusqlite::Result<()> {
        let board = doc.id.as_str();
        self.db
            .prepare_cached("UPDATE boards SET state_seq = ?2 WHERE id = ?1")?
            .execute(params![board, sql(doc.seq)])?;
        for id in &diff.removed_columns {
            self.db
                .prepare_cached("DELETE FROM columns WHERE board_id = ?1 AND id = ?2")?
                .execute([board, id.as_str()])?;
        }
        if diff.reordered || !diff.columns.is_empty() {
            for (position, id) in (0_i64..).zip(doc.order.iter()) {
                let column = &doc.columns[id];
                self.db
                    .prepare_cached("INSERT OR REPLACE INTO columns VALUES (?1, ?2, ?3, ?4, ?5)")?
                    .execute(params![board, id.as_str(), column.key.map(column_key_text), column.title, position])?;
            }
        }
        for id in &diff.removed_cards {
            self.db
                .prepare_cached("DELETE FROM cards WHERE board_id = ?1 AND id = ?2")?
                .execute([board, id.as_str()])?;
        }
        for id in &diff.cards {
            let card = &doc.cards[id];
            self.db.prepare_cached("INSERT OR REPLACE INTO cards VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
                params![board, id.as_str(), card.column.as_str(), card.rank, sql(card.rev), to_json(&card.card)],
            )?;
        }
        for id in &diff.moved_ranks {
            self.db.prepare_cached("UPDATE cards SET rank = ?3 WHERE board_id = ?1 AND id = ?2")?.execute(params![
                board,
                id.as_str(),
                doc.cards[id].rank
            ])?;
        }
        Ok(())
    }
}
