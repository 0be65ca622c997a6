//! Boards, columns and cards.

use boardcast_shared::{AgentId, Board, BoardId, Card, CardId, Column, ColumnId, ColumnKey};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::folds::{stored, stored_maybe};
use super::hourly::Sums;
use super::reads::{Read, ReadError};
use super::tx::{Tx, TxError, sql};
use crate::domain::board::{Blocking, BoardDoc, CardChange, NewCard, ReplacedState};
use crate::domain::refusal::Refusal;

/// A board to be made.
#[derive(Debug, Clone)]
pub struct NewBoard {
    /// Its name.
    pub name: String,
    /// The top of its work tree.
    pub repository_path: Option<String>,
    /// The branch that attempts start from.
    pub base_branch: Option<String>,
    /// The letters before a ticket's number.
    pub ticket_prefix: String,
    /// `owner/name`.
    pub github_repo: Option<String>,
}

/// What changes about a board's settings; `None` leaves one as it is.
#[derive(Debug, Clone, Default)]
#[allow(clippy::option_option, missing_docs, reason = "the fields of Board; absent and null differ in a change")]
pub struct BoardChange {
    pub name: Option<String>,
    pub repository_path: Option<Option<String>>,
    pub base_branch: Option<Option<String>>,
    pub ticket_prefix: Option<String>,
    pub github_repo: Option<Option<String>>,
    pub default_agent: Option<Option<AgentId>>,
    pub remote: Option<String>,
    pub auto_commit: Option<bool>,
    pub auto_push: Option<bool>,
    pub card_follows_attempt: Option<bool>,
}

const BOARD: &str = "id, name, repository_path, base_branch, ticket_prefix, github_repo, default_agent, remote, \
                     auto_commit, auto_push, card_follows_attempt, created_at, updated_at";

fn board_row(row: &Row<'_>) -> rusqlite::Result<Board> {
    Ok(Board {
        id: stored(row, 0)?,
        name: row.get(1)?,
        repository_path: row.get(2)?,
        base_branch: row.get(3)?,
        ticket_prefix: row.get(4)?,
        github_repo: row.get(5)?,
        default_agent: stored_maybe(row, 6)?,
        remote: row.get(7)?,
        auto_commit: row.get(8)?,
        auto_push: row.get(9)?,
        card_follows_attempt: row.get(10)?,
        created_at: super::reads::time(row, 11)?,
        updated_at: super::reads::time(row, 12)?,
    })
}

pub(super) fn board(db: &Connection, id: &BoardId) -> rusqlite::Result<Option<Board>> {
    db.prepare_cached(&format!("SELECT {BOARD} FROM boards WHERE id = ?1"))?
        .query_row([id.as_str()], board_row)
        .optional()
}

impl Read<'_> {
    /// All boards, oldest first.
    ///
    /// # Errors
    /// The disk refused.
    pub fn boards(&self) -> Result<Vec<Board>, ReadError> {
        let mut query = self.db.prepare_cached(&format!("SELECT {BOARD} FROM boards ORDER BY created_seq, id"))?;
        let boards = query.query_map([], board_row)?.collect::<rusqlite::Result<_>>()?;
        Ok(boards)
    }

    /// A board's settings.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn board(&self, id: &BoardId) -> Result<Board, ReadError> {
        Ok(board(self.db, id)?.ok_or_else(|| Refusal::not_found("board", id.as_str()))?)
    }

    /// The number of a board's last change.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn board_seq(&self, id: &BoardId) -> Result<u64, ReadError> {
        let seq: Option<i64> = self
            .db
            .prepare_cached("SELECT state_seq FROM boards WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(seq.ok_or_else(|| Refusal::not_found("board", id.as_str()))?.unsigned_abs())
    }

    /// What is on a board.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn doc(&self, id: &BoardId) -> Result<BoardDoc, ReadError> {
        Ok(super::folds::load_doc(self.db, id)?.ok_or_else(|| Refusal::not_found("board", id.as_str()))?)
    }

    /// A card and the board's change that last touched it.
    ///
    /// # Errors
    /// There is none of that id on that board, or no such board.
    pub fn card(&self, board: &BoardId, id: &CardId) -> Result<(Card, u64), ReadError> {
        self.board_seq(board)?;
        let card: Option<(Card, i64)> = self
            .db
            .prepare_cached("SELECT card, rev FROM cards WHERE board_id = ?1 AND id = ?2")?
            .query_row([board.as_str(), id.as_str()], |row| Ok((super::folds::json(row, 0)?, row.get(1)?)))
            .optional()?;
        let (card, rev) = card.ok_or_else(|| Refusal::not_found("card", id.as_str()))?;
        Ok((card, rev.unsigned_abs()))
    }
}

impl Tx<'_> {
    /// Makes a board with Backlog, In Progress, Review and Done.
    ///
    /// # Errors
    /// The disk refused.
    pub fn create_board(&mut self, new: NewBoard) -> Result<Board, TxError> {
        let id = BoardId::random();
        self.db
            .prepare_cached(
                "INSERT INTO boards (id, name, repository_path, base_branch, ticket_prefix, next_ticket, github_repo,
                     default_agent, remote, auto_commit, auto_push, card_follows_attempt, created_at, updated_at,
                     created_seq, state_seq, horizon, purging)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, NULL, 'origin', 0, 0, 1, ?7, ?7, ?8, 0, 0, 0)",
            )?
            .execute(params![
                id.as_str(),
                new.name,
                new.repository_path,
                new.base_branch,
                new.ticket_prefix,
                new.github_repo,
                self.now.millis(),
                sql(self.head() + 1),
            ])?;
        self.found_board(BoardDoc::new(id.clone()))?;
        self.settings(&id)
    }

    /// A board's settings, in this transaction.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn settings(&self, id: &BoardId) -> Result<Board, TxError> {
        Ok(board(self.db, id)?.ok_or_else(|| Refusal::not_found("board", id.as_str()))?)
    }

    /// Changes a board's settings. Appends nothing.
    ///
    /// # Errors
    /// There is none of that id, or its default agent isn't known.
    pub fn change_settings(&mut self, id: &BoardId, change: BoardChange) -> Result<Board, TxError> {
        let before = self.settings(id)?;
        if let Some(Some(agent)) = &change.default_agent {
            self.require_agent("defaultAgent", agent)?;
        }
        let after = Board {
            name: change.name.unwrap_or_else(|| before.name.clone()),
            repository_path: change.repository_path.unwrap_or_else(|| before.repository_path.clone()),
            base_branch: change.base_branch.unwrap_or_else(|| before.base_branch.clone()),
            ticket_prefix: change.ticket_prefix.unwrap_or_else(|| before.ticket_prefix.clone()),
            github_repo: change.github_repo.unwrap_or_else(|| before.github_repo.clone()),
            default_agent: change.default_agent.unwrap_or_else(|| before.default_agent.clone()),
            remote: change.remote.unwrap_or_else(|| before.remote.clone()),
            auto_commit: change.auto_commit.unwrap_or(before.auto_commit),
            auto_push: change.auto_push.unwrap_or(before.auto_push),
            card_follows_attempt: change.card_follows_attempt.unwrap_or(before.card_follows_attempt),
            ..before.clone()
        };
        if after == before {
            return Ok(before);
        }
        if after.repository_path != before.repository_path {
            // What was last told of the old checkout says nothing about the new one.
            self.db.execute("DELETE FROM git_statuses WHERE board_id = ?1 AND attempt_id = ''", [id.as_str()])?;
        }
        self.db
            .prepare_cached(
                "UPDATE boards SET name = ?2, repository_path = ?3, base_branch = ?4, ticket_prefix = ?5,
                     github_repo = ?6, default_agent = ?7, remote = ?8, auto_commit = ?9, auto_push = ?10,
                     card_follows_attempt = ?11, updated_at = ?12 WHERE id = ?1",
            )?
            .execute(params![
                id.as_str(),
                after.name,
                after.repository_path,
                after.base_branch,
                after.ticket_prefix,
                after.github_repo,
                after.default_agent.as_ref().map(AgentId::as_str),
                after.remote,
                after.auto_commit,
                after.auto_push,
                after.card_follows_attempt,
                self.now.millis(),
            ])?;
        self.touch(id);
        self.settings(id)
    }

    /// Deletes a board with its events. Appends nothing; its streams are told.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn delete_board(&mut self, id: &BoardId) -> Result<(), TxError> {
        self.settings(id)?;
        let text = id.as_str();
        self.db.execute("INSERT INTO doomed_attempts SELECT id FROM attempts WHERE board_id = ?1", [text])?;
        self.runs_gone = true;
        for rows in ["attempts", "columns", "cards", "git_statuses", "reported", "idempotency", "hourly_sums"] {
            self.db.execute(&format!("DELETE FROM {rows} WHERE board_id = ?1"), [text])?;
        }
        self.db.execute("DELETE FROM boards WHERE id = ?1", [text])?;
        self.db.execute("INSERT INTO doomed_boards VALUES (?1)", [text])?;
        self.counters.unchecked = true;
        self.folds.forget(id);
        self.deleted.push(id.clone());
        Ok(())
    }

    /// Replaces what is on a board.
    ///
    /// # Errors
    /// There is no such board, or the state contradicts itself.
    pub fn replace_state(&mut self, id: &BoardId, state: ReplacedState) -> Result<(), TxError> {
        let prefix = self.settings(id)?.ticket_prefix;
        let numbers = state.cards.values().filter_map(|card| ticket_number(&prefix, &card.card.ticket_key));
        let highest = numbers.max();
        self.change_board(id, |doc, now| {
            *doc = doc.replaced(state, now)?;
            Ok(())
        })?;
        if let Some(highest) = highest {
            self.db
                .prepare_cached("UPDATE boards SET next_ticket = max(next_ticket, ?2) WHERE id = ?1")?
                .execute(params![id.as_str(), sql(highest.saturating_add(1))])?;
        }
        Ok(())
    }

    /// Adds a column.
    ///
    /// # Errors
    /// See [`BoardDoc::add_column`].
    pub fn add_column(
        &mut self,
        board: &BoardId,
        title: String,
        key: Option<ColumnKey>,
        index: Option<usize>,
    ) -> Result<Column, TxError> {
        self.change_board(board, |doc, _| {
            let id = doc.add_column(title, key, index)?;
            doc.column(&id)
        })
    }

    /// Renames or moves a column.
    ///
    /// # Errors
    /// See [`BoardDoc::change_column`].
    pub fn change_column(
        &mut self,
        board: &BoardId,
        id: &ColumnId,
        title: Option<String>,
        index: Option<usize>,
    ) -> Result<Column, TxError> {
        self.change_board(board, |doc, _| {
            doc.change_column(id, title, index)?;
            doc.column(id)
        })
    }

    /// Removes an empty column.
    ///
    /// # Errors
    /// See [`BoardDoc::remove_column`].
    pub fn remove_column(&mut self, board: &BoardId, id: &ColumnId) -> Result<(), TxError> {
        self.change_board(board, |doc, _| doc.remove_column(id))
    }

    /// Adds a card under the board's next ticket key.
    ///
    /// # Errors
    /// See [`BoardDoc::add_card`].
    pub fn add_card(&mut self, board: &BoardId, mut new: NewCard) -> Result<(Card, u64), TxError> {
        let prefix = self.settings(board)?.ticket_prefix;
        let mut number: i64 = self
            .db
            .prepare_cached("SELECT next_ticket FROM boards WHERE id = ?1")?
            .query_row([board.as_str()], |row| row.get(0))?;
        let taken = |doc: &BoardDoc, key: &str| doc.cards.values().any(|card| card.card.ticket_key == key);
        let doc = &self.fold(board)?.doc;
        // A replaced state or an older prefix may have used the number already.
        while taken(doc, &format!("{prefix}-{number}")) {
            number += 1;
        }
        new.ticket_key = format!("{prefix}-{number}");
        let id = new.id.clone();
        self.change_board(board, |doc, now| doc.add_card(new, now))?;
        self.db
            .prepare_cached("UPDATE boards SET next_ticket = ?2 WHERE id = ?1")?
            .execute(params![board.as_str(), number + 1])?;
        self.card(board, &id)
    }

    /// A card and the board's change that last touched it.
    ///
    /// # Errors
    /// There is none of that id, or no such board.
    pub fn card(&mut self, board: &BoardId, id: &CardId) -> Result<(Card, u64), TxError> {
        let doc = self.fold(board)?.doc.card(id)?;
        Ok((doc.card.clone(), doc.rev))
    }

    /// Changes a card's own fields.
    ///
    /// # Errors
    /// See [`BoardDoc::change_card`].
    pub fn change_card(&mut self, board: &BoardId, id: &CardId, change: CardChange) -> Result<(Card, u64), TxError> {
        self.change_board(board, |doc, now| doc.change_card(id, change, now))?;
        self.card(board, id)
    }

    /// Moves a card.
    ///
    /// # Errors
    /// See [`BoardDoc::move_card`].
    pub fn move_card(
        &mut self,
        board: &BoardId,
        id: &CardId,
        column: &ColumnId,
        index: usize,
    ) -> Result<(Card, u64), TxError> {
        self.change_board(board, |doc, now| doc.move_card(id, column, index, Blocking::Respected, now))?;
        self.card(board, id)
    }

    /// Deletes a card with its attempts and, soon, all text of it.
    ///
    /// # Errors
    /// There is none of that id, or no such board.
    pub fn remove_card(&mut self, board: &BoardId, id: &CardId) -> Result<(), TxError> {
        self.change_board(board, |doc, now| doc.remove_card(id, now))
    }

    /// The card goes where its attempt has come to, if the board wants that and has such a column.
    pub(super) fn card_follows(&mut self, board: &BoardId, card: &CardId, key: ColumnKey) -> Result<(), TxError> {
        if !self.settings(board)?.card_follows_attempt {
            return Ok(());
        }
        self.change_board(board, |doc, now| {
            let target = doc.column_of(key).cloned();
            match target {
                Some(column) if doc.cards.get(card).is_some_and(|doc| doc.column != column) => {
                    doc.move_card(card, &column, usize::MAX, Blocking::Ignored, now)
                }
                _ => Ok(()),
            }
        })
    }

    /// After cards were removed: their attempts go, and what the log says of them will go; the horizon moves to the
    /// removal's own event, which stays.
    pub(super) fn forget_cards(&mut self, board: &BoardId, cards: &[CardId]) -> Result<(), TxError> {
        let removal = self.head();
        let id = board.as_str();
        // Not up to the removal: who has seen the last event before it misses nothing, whatever other boards did since.
        self.db.execute(
            "UPDATE boards SET purging = 1, horizon = max(horizon, coalesce(
                 (SELECT max(seq) FROM events WHERE board_id = ?1 AND seq < ?2), 0)) WHERE id = ?1",
            params![id, sql(removal)],
        )?;
        let mut fold = self.fold(board)?.clone();
        for card in cards {
            let of_card = params![id, card.as_str()];
            self.db.execute(
                "INSERT INTO doomed_attempts SELECT id FROM attempts WHERE board_id = ?1 AND card_id = ?2",
                of_card,
            )?;
            self.db.execute(
                "DELETE FROM git_statuses WHERE board_id = ?1
                     AND attempt_id IN (SELECT id FROM attempts WHERE board_id = ?1 AND card_id = ?2)",
                of_card,
            )?;
            let active: i64 = self.db.query_row(
                "SELECT count(*) FROM attempts WHERE board_id = ?1 AND card_id = ?2
                     AND status IN ('queued', 'running', 'stopping')",
                of_card,
                |row| row.get(0),
            )?;
            self.count(Some(board), Sums { active: -active, ..Sums::default() });
            let gone = self.db.execute("DELETE FROM attempts WHERE board_id = ?1 AND card_id = ?2", of_card)?;
            self.runs_gone |= gone > 0;
            // Its answers, and those that told of the whole board.
            self.db.execute(
                "UPDATE idempotency SET body = NULL WHERE board_id = ?1 AND (card_id = ?2 OR card_id IS NULL)",
                of_card,
            )?;
            fold.latest.remove(card);
        }
        self.put_fold(fold);
        self.counters.unchecked = true;
        Ok(())
    }
}

fn ticket_number(prefix: &str, key: &str) -> Option<u64> {
    let number = key.strip_prefix(prefix)?.strip_prefix('-')?;
    number.parse().ok().filter(|number: &u64| *number < 1 << 53)
}
