//! Pages of attempts, lines and conversation.

use boardcast_shared::{Attempt, AttemptId, BoardId, ConversationItem, LogLine, Todos};
use rusqlite::{OptionalExtension, params};

use super::rows::{ATTEMPT, attempt_row};
use crate::domain::refusal::Refusal;
use crate::store::folds::{json, json_maybe, stored};
use crate::store::reads::{Read, ReadError, time};
use crate::store::tx::sql;

impl Read<'_> {
    /// An attempt.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn attempt(&self, id: &AttemptId) -> Result<Attempt, ReadError> {
        let attempt = self
            .db
            .prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?1"))?
            .query_row([id.as_str()], attempt_row)
            .optional()?;
        Ok(attempt.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?)
    }

    /// The board that an attempt's id belongs to, also when both are gone.
    ///
    /// # Errors
    /// The disk refused.
    pub fn attempt_board(&self, id: &AttemptId) -> Result<Option<BoardId>, ReadError> {
        let mut query = self.db.prepare_cached("SELECT board_id FROM attempt_owners WHERE attempt_id = ?1")?;
        Ok(query.query_row([id.as_str()], |row| stored(row, 0)).optional()?)
    }

    /// A board's attempts before `before`, newest first, and where the next page begins.
    ///
    /// # Errors
    /// There is no such board.
    pub fn attempts(
        &self,
        board: &BoardId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Attempt>, Option<u64>), ReadError> {
        self.board_seq(board)?;
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {ATTEMPT}, created_seq FROM attempts WHERE board_id = ?1 AND created_seq < ?2
             ORDER BY created_seq DESC LIMIT ?3"
        ))?;
        let rows = query
            .query_map(params![board.as_str(), sql(before.unwrap_or(u64::MAX)), sql(limit as u64 + 1)], |row| {
                Ok((attempt_row(row)?, row.get::<_, i64>(20)?.unsigned_abs()))
            })?;
        let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map(|(_, seq)| *seq).filter(|_| more);
        Ok((rows.into_iter().map(|(attempt, _)| attempt).collect(), next))
    }

    /// The newest lines before `before`, oldest first, and where the next page begins.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn logs(
        &self,
        id: &AttemptId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<LogLine>, Option<u64>), ReadError> {
        self.attempt(id)?;
        let mut query = self.db.prepare_cached(
            "SELECT seq, ts, level, message FROM attempt_logs WHERE attempt_id = ?1 AND seq < ?2
             ORDER BY seq DESC LIMIT ?3",
        )?;
        let rows =
            query.query_map(params![id.as_str(), sql(before.unwrap_or(u64::MAX)), sql(limit as u64 + 1)], |row| {
                let seq = row.get::<_, i64>(0)?.unsigned_abs();
                Ok((LogLine { seq, ts: time(row, 1)?, level: stored(row, 2)?, message: row.get(3)? }, seq))
            })?;
        Ok(newest_page(rows.collect::<rusqlite::Result<Vec<_>>>()?, limit))
    }

    /// The newest items before `before`, oldest first, and where the next page begins. An item keeps the place of its
    /// first version.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn conversation(
        &self,
        id: &AttemptId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<ConversationItem>, Option<u64>), ReadError> {
        self.attempt(id)?;
        let mut query = self.db.prepare_cached(
            "SELECT item, first_seq FROM conversation_items WHERE attempt_id = ?1 AND first_seq < ?2
             ORDER BY first_seq DESC LIMIT ?3",
        )?;
        let rows = query
            .query_map(params![id.as_str(), sql(before.unwrap_or(u64::MAX)), sql(limit as u64 + 1)], |row| {
                Ok((json(row, 0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?;
        Ok(newest_page(rows.collect::<rusqlite::Result<Vec<_>>>()?, limit))
    }

    /// An attempt's list as last told; an empty one when none was.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn todos(&self, id: &AttemptId) -> Result<Todos, ReadError> {
        self.attempt(id)?;
        let todos: Option<Todos> = self
            .db
            .prepare_cached("SELECT todos FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| json_maybe(row, 0))?;
        Ok(todos.unwrap_or(Todos { total: 0, completed: 0, items: Vec::new() }))
    }
}

/// From newest first and one too many: oldest first, and where the page before begins.
fn newest_page<T>(mut rows: Vec<(T, u64)>, limit: usize) -> (Vec<T>, Option<u64>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|(_, seq)| *seq).filter(|_| more);
    rows.reverse();
    (rows.into_iter().map(|(item, _)| item).collect(), next)
}
