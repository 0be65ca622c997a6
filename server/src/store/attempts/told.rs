//! What an agent that is run here says, without secrets; and the bounds of what is kept of any attempt.

use boardcast_shared::{
    Attempt, AttemptId, AttemptLog, AttemptSession, AttemptTodos, ConversationAppended, ConversationItem, LogLevel,
    Todos,
};
use rusqlite::params;

use crate::secrets::{redact, redact_item, redacted};
use crate::store::folds::to_json;
use crate::store::tx::{Tx, TxError};

/// How many log events of one attempt are kept, the line that counts the dropped ones included.
const MAX_LOG_EVENTS: u64 = 50_000;
/// How many bytes of messages and newest items of one attempt are kept.
const MAX_BYTES: u64 = 64 << 20;

/// What is kept of an attempt so far.
struct Kept {
    log_events: u64,
    bytes: u64,
}

impl Tx<'_> {
    /// Its agent wrote a line; one beyond the bounds is only counted.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_line(&mut self, id: &AttemptId, level: LogLevel, message: &str) -> Result<(), TxError> {
        let board_id = self.run(id)?.board_id;
        let message = redact(message).into_owned();
        self.line_within(AttemptLog { board_id, attempt_id: id.clone(), level, message, ts: self.now })
    }

    /// A line of an attempt, wherever it is run; one beyond the bounds is only counted.
    pub(in crate::store) fn line_within(&mut self, line: AttemptLog) -> Result<(), TxError> {
        self.attempt(&line.board_id, &line.attempt_id)?;
        let kept = self.kept(&line.attempt_id)?;
        // One place is kept for the line that counts.
        if kept.log_events + 1 >= MAX_LOG_EVENTS || kept.bytes + line.message.len() as u64 > MAX_BYTES {
            return self.drop_one(&line.attempt_id);
        }
        self.append_line(line)
    }

    /// A line of our own, which is never dropped.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_note(&mut self, id: &AttemptId, level: LogLevel, message: String) -> Result<(), TxError> {
        let board_id = self.run(id)?.board_id;
        let message = redacted(message);
        self.append_line(AttemptLog { board_id, attempt_id: id.clone(), level, message, ts: self.now })
    }

    /// A part of its conversation is new or has a newer version; one beyond the bounds is only counted.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_item(&mut self, id: &AttemptId, mut item: ConversationItem) -> Result<(), TxError> {
        let board_id = self.run(id)?.board_id;
        redact_item(&mut item);
        self.item_within(ConversationAppended { board_id, attempt_id: id.clone(), item })
    }

    /// A part of an attempt's conversation, wherever it is run; one beyond the bounds is only counted.
    pub(in crate::store) fn item_within(&mut self, fact: ConversationAppended) -> Result<(), TxError> {
        self.attempt(&fact.board_id, &fact.attempt_id)?;
        let kept = self.kept(&fact.attempt_id)?;
        let before: u64 = self
            .db
            .prepare_cached(
                "SELECT coalesce((SELECT length(CAST(item AS BLOB)) FROM conversation_items
                     WHERE attempt_id = ?1 AND item_id = ?2), 0)",
            )?
            .query_row([fact.attempt_id.as_str(), fact.item.id()], |row| row.get::<_, i64>(0))?
            .unsigned_abs();
        if (kept.bytes + to_json(&fact.item).len() as u64).saturating_sub(before) > MAX_BYTES {
            return self.drop_one(&fact.attempt_id);
        }
        self.append_conversation(fact)
    }

    /// Its agent named its session.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_session(&mut self, id: &AttemptId, session_id: String) -> Result<(), TxError> {
        let board_id = self.run(id)?.board_id;
        self.append_session(AttemptSession { board_id, attempt_id: id.clone(), session_id })
    }

    /// Its agent's list changed.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn run_todos(&mut self, id: &AttemptId, mut todos: Todos) -> Result<(), TxError> {
        let board_id = self.run(id)?.board_id;
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
        let number = |row: &rusqlite::Row<'_>, at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok(self
            .db
            .prepare_cached("SELECT log_events, kept_bytes FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| Ok(Kept { log_events: number(row, 0)?, bytes: number(row, 1)? }))?)
    }

    fn drop_one(&mut self, id: &AttemptId) -> Result<(), TxError> {
        self.db.prepare_cached("UPDATE attempts SET dropped = dropped + 1 WHERE id = ?1")?.execute([id.as_str()])?;
        Ok(())
    }

    /// One line says how much was dropped since the last that said so.
    pub(in crate::store) fn tell_dropped(&mut self, attempt: &Attempt) -> Result<(), TxError> {
        let dropped: i64 = self
            .db
            .prepare_cached("SELECT dropped FROM attempts WHERE id = ?1")?
            .query_row([attempt.id.as_str()], |row| row.get(0))?;
        if dropped == 0 {
            return Ok(());
        }
        self.db.execute("UPDATE attempts SET dropped = 0 WHERE id = ?1", [attempt.id.as_str()])?;
        let what = if dropped == 1 { "line or item was" } else { "lines and items were" };
        let message = format!("{dropped} {what} dropped: of one attempt 50,000 lines and 64 MiB are kept");
        let (board_id, attempt_id) = (attempt.board_id.clone(), attempt.id.clone());
        self.append_line(AttemptLog { board_id, attempt_id, level: LogLevel::Warn, message, ts: self.now })
    }
}
