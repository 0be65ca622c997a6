//! What an agent that is run here says: without secrets, and within the bounds of what is kept of one attempt.

use boardcast_shared::{
    Attempt, AttemptId, AttemptLog, AttemptSession, AttemptTodos, BoardId, ConversationAppended, ConversationItem,
    LogLevel, Todos,
};
use rusqlite::params;

use crate::secrets::{redact, redact_item, redacted};
use crate::store::folds::{stored, to_json};
use crate::store::tx::{Tx, TxError};

/// How many log events of one attempt are kept, the line that counts the dropped ones included.
const MAX_LOG_EVENTS: u64 = 50_000;
/// How many bytes of messages and newest items of one attempt are kept.
const MAX_BYTES: u64 = 64 << 20;

/// What is kept of an attempt so far.
struct Kept {
    board_id: BoardId,
    log_events: u64,
    bytes: u64,
}

impl Tx<'_> {
    /// Its agent wrote a line; one beyond the bounds is only counted.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_line(&mut self, id: &AttemptId, level: LogLevel, message: &str) -> Result<(), TxError> {
        let kept = self.kept(id)?;
        let message = redact(message);
        // One place is kept for the line that counts.
        if kept.log_events + 1 >= MAX_LOG_EVENTS || kept.bytes + message.len() as u64 > MAX_BYTES {
            return self.drop_one(id);
        }
        self.note(kept.board_id, id, level, message.into_owned())
    }

    /// A line of our own, which is never dropped.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_note(&mut self, id: &AttemptId, level: LogLevel, message: String) -> Result<(), TxError> {
        let board = self.kept(id)?.board_id;
        self.note(board, id, level, redacted(message))
    }

    fn note(&mut self, board: BoardId, id: &AttemptId, level: LogLevel, message: String) -> Result<(), TxError> {
        self.append_line(AttemptLog { board_id: board, attempt_id: id.clone(), level, message, ts: self.now })
    }

    /// A part of its conversation is new or has a newer version; one beyond the bounds is only counted.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_item(&mut self, id: &AttemptId, mut item: ConversationItem) -> Result<(), TxError> {
        let kept = self.kept(id)?;
        redact_item(&mut item);
        let before: u64 = self
            .db
            .prepare_cached(
                "SELECT coalesce((SELECT length(CAST(item AS BLOB)) FROM conversation_items
                     WHERE attempt_id = ?1 AND item_id = ?2), 0)",
            )?
            .query_row([id.as_str(), item.id()], |row| row.get::<_, i64>(0))?
            .unsigned_abs();
        if (kept.bytes + to_json(&item).len() as u64).saturating_sub(before) > MAX_BYTES {
            return self.drop_one(id);
        }
        self.append_conversation(ConversationAppended { board_id: kept.board_id, attempt_id: id.clone(), item })
    }

    /// Its agent named its session.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_session(&mut self, id: &AttemptId, session_id: String) -> Result<(), TxError> {
        let board_id = self.kept(id)?.board_id;
        self.append_session(AttemptSession { board_id, attempt_id: id.clone(), session_id })
    }

    /// Its agent's list changed.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_todos(&mut self, id: &AttemptId, mut todos: Todos) -> Result<(), TxError> {
        let board_id = self.kept(id)?.board_id;
        for item in &mut todos.items {
            item.text = redacted(std::mem::take(&mut item.text));
        }
        self.append_todos(AttemptTodos { board_id, attempt_id: id.clone(), todos })
    }

    /// Its agent's process group, so that a restart can end it; none once it is gone.
    ///
    /// # Errors
    /// The disk refused.
    pub fn run_group(&mut self, id: &AttemptId, group: Option<i32>) -> Result<(), TxError> {
        self.db
            .prepare_cached("UPDATE attempts SET process_group = ?2 WHERE id = ?1")?
            .execute(params![id.as_str(), group])?;
        Ok(())
    }

    fn kept(&self, id: &AttemptId) -> Result<Kept, TxError> {
        self.run(id)?;
        let number = |row: &rusqlite::Row<'_>, at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok(self
            .db
            .prepare_cached("SELECT board_id, log_events, kept_bytes FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| {
                Ok(Kept { board_id: stored(row, 0)?, log_events: number(row, 1)?, bytes: number(row, 2)? })
            })?)
    }

    fn drop_one(&mut self, id: &AttemptId) -> Result<(), TxError> {
        self.db.prepare_cached("UPDATE attempts SET dropped = dropped + 1 WHERE id = ?1")?.execute([id.as_str()])?;
        Ok(())
    }

    /// One line says how much was dropped since the last that said so.
    pub(super) fn tell_dropped(&mut self, attempt: &Attempt) -> Result<(), TxError> {
        let dropped: i64 = self
            .db
            .prepare_cached("SELECT dropped FROM attempts WHERE id = ?1")?
            .query_row([attempt.id.as_str()], |row| row.get(0))?;
        if dropped == 0 {
            return Ok(());
        }
        self.db.execute("UPDATE attempts SET dropped = 0 WHERE id = ?1", [attempt.id.as_str()])?;
        let message =
            format!("{dropped} lines and items were dropped: of one attempt 50,000 lines and 64 MiB are kept");
        self.run_note(&attempt.id, LogLevel::Warn, message)
    }
}
