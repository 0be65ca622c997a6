//! An attempt is first heard of, heard of again, and gone.

use boardcast_shared::{Attempt, AttemptId, AttemptStatus, BoardId, CardId, ProfileId};
use rusqlite::{OptionalExtension, params};

use super::NewAttempt;
use super::rows::{ATTEMPT, attempt_row, latest_row, load_latest};
use crate::domain::refusal::Refusal;
use crate::store::folds::{stored, stored_maybe};
use crate::store::hourly::Sums;
use crate::store::tx::{Tx, TxError, sql};

impl Tx<'_> {
    /// An attempt of a board.
    ///
    /// # Errors
    /// The board has none of that id.
    pub(in crate::store) fn attempt(&mut self, board: &BoardId, id: &AttemptId) -> Result<Attempt, TxError> {
        let attempt = self.attempt_anywhere(id)?.filter(|attempt| attempt.board_id == *board);
        Ok(attempt.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?)
    }

    pub(super) fn attempt_anywhere(&self, id: &AttemptId) -> Result<Option<Attempt>, TxError> {
        Ok(self
            .db
            .prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?1"))?
            .query_row([id.as_str()], attempt_row)
            .optional()?)
    }

    /// The attempt of that id, made when it isn't there yet; its id belongs to one board for ever.
    pub(in crate::store) fn announce(&mut self, new: &NewAttempt) -> Result<Attempt, TxError> {
        let card_known = self.fold(&new.board_id)?.doc.cards.contains_key(&new.card_id);
        if !card_known {
            return Err(Refusal::not_found("card", new.card_id.as_str()).into());
        }
        let owner: Option<BoardId> = self
            .db
            .prepare_cached("SELECT board_id FROM attempt_owners WHERE attempt_id = ?1")?
            .query_row([new.attempt_id.as_str()], |row| stored(row, 0))
            .optional()?;
        if owner.is_some_and(|owner| owner != new.board_id) {
            let detail = "this attempt belongs to another board";
            return Err(Refusal::invalid("unknown_attempt", "attemptId", detail).into());
        }
        if let Some(known) = self.attempt_anywhere(&new.attempt_id)? {
            if known.card_id != new.card_id {
                let detail = format!("the attempt is one of card {}", known.card_id);
                return Err(Refusal::invalid("unknown_card", "cardId", detail).into());
            }
            return Ok(known);
        }
        self.insert_attempt(new)?;
        self.attempt(&new.board_id, &new.attempt_id)
    }

    fn insert_attempt(&mut self, new: &NewAttempt) -> Result<(), TxError> {
        let active = i64::from(!new.status.is_final());
        self.count(Some(&new.board_id), Sums { started: 1, active, ..Sums::default() });
        self.db
            .prepare_cached("INSERT OR IGNORE INTO attempt_owners VALUES (?1, ?2)")?
            .execute([new.attempt_id.as_str(), new.board_id.as_str()])?;
        // An id that was deleted and comes again: what is left of the old one must not be taken for the new one's.
        self.db.execute("DELETE FROM doomed_attempts WHERE attempt_id = ?1", [new.attempt_id.as_str()])?;
        for rows in ["attempt_logs", "conversation_items", "attempt_messages"] {
            self.db.execute(&format!("DELETE FROM {rows} WHERE attempt_id = ?1"), [new.attempt_id.as_str()])?;
        }
        self.db
            .prepare_cached(
                "INSERT INTO attempts (id, board_id, card_id, agent, profile_id, status, needs_input, branch_name,
                     base_branch, created_at, updated_at, status_ts, created_seq, updated_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?9, ?9, ?10, ?10)",
            )?
            .execute(params![
                new.attempt_id.as_str(),
                new.board_id.as_str(),
                new.card_id.as_str(),
                new.agent,
                new.profile_id.as_ref().map(ProfileId::as_str),
                new.status.as_str(),
                new.branch_name,
                new.base_branch,
                self.now.millis(),
                sql(self.head() + 1),
            ])?;
        Ok(())
    }

    /// The status that a status fact last told of the attempt.
    pub(in crate::store) fn said_status(&self, id: &AttemptId) -> Result<Option<AttemptStatus>, TxError> {
        Ok(self
            .db
            .prepare_cached("SELECT said_status FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| stored_maybe(row, 0))?)
    }

    /// Something was heard of an attempt, by the event `seq`.
    pub(in crate::store) fn heard(&mut self, board: &BoardId, attempt: &AttemptId, seq: u64) -> Result<(), TxError> {
        let card: CardId = self
            .db
            .prepare_cached("UPDATE attempts SET updated_at = ?2, updated_seq = ?3 WHERE id = ?1 RETURNING card_id")?
            .query_row(params![attempt.as_str(), self.now.millis(), sql(seq)], |row| stored(row, 0))?;
        let mut fold = self.fold(board)?.clone();
        fold.heard(&card, attempt, seq);
        self.put_fold(fold);
        Ok(())
    }

    /// The fold learns where an attempt stands now.
    pub(super) fn note_latest(&mut self, board: &BoardId, attempt: &AttemptId) -> Result<(), TxError> {
        let latest = self
            .db
            .prepare_cached(
                "SELECT id, card_id, agent, status, needs_input, started_at, ended_at, error, status_ts, created_seq,
                     updated_seq FROM attempts WHERE id = ?1",
            )?
            .query_row([attempt.as_str()], |row| latest_row(board, row))?;
        let mut fold = self.fold(board)?.clone();
        fold.note(latest);
        self.put_fold(fold);
        Ok(())
    }

    /// An attempt that is over.
    ///
    /// # Errors
    /// There is none of that id, or it is at work.
    pub fn require_over(&self, id: &AttemptId) -> Result<Attempt, TxError> {
        let attempt = self.attempt_anywhere(id)?.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?;
        if attempt.status.is_final() {
            return Ok(attempt);
        }
        Err(Refusal::conflict("attempt_active", "stop it first").into())
    }

    /// Deletes an attempt that is over, with its lines and conversation. Appends nothing.
    ///
    /// # Errors
    /// There is none of that id, or it is at work.
    pub fn remove_attempt(&mut self, id: &AttemptId) -> Result<(), TxError> {
        let attempt = self.require_over(id)?;
        self.db.execute("INSERT OR IGNORE INTO doomed_attempts VALUES (?1)", [id.as_str()])?;
        self.db.execute("DELETE FROM git_statuses WHERE attempt_id = ?1", [id.as_str()])?;
        self.db.execute("DELETE FROM attempts WHERE id = ?1", [id.as_str()])?;
        self.runs_gone = true;
        let mut fold = self.fold(&attempt.board_id)?.clone();
        fold.latest = load_latest(self.db, &attempt.board_id)?;
        self.put_fold(fold);
        Ok(())
    }
}
