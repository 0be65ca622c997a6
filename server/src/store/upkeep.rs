//! Trimming and purging, in steps so small that no write waits long for one.

use rusqlite::params;

use super::idempotency;
use super::tx::{Tx, TxError, sql};

/// How many rows one step deletes at the most.
const STEP: u32 = 500;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// How long a reported event is remembered at the least.
const REPORTED_MILLIS: i64 = 7 * DAY_MILLIS;

/// How much of the log is kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// At least the newest so many events ...
    pub events: u64,
    /// ... and at least so many days of them ...
    pub days: u32,
    /// ... but never more than so many bytes of data; 0 for no such cap.
    pub bytes: u64,
}

impl Tx<'_> {
    /// One step; says whether more is to do.
    pub(super) fn upkeep(&mut self) -> Result<bool, TxError> {
        let kept = self.counters.kept_events;
        let more =
            self.purge_boards()? || self.purge_attempts()? || self.purge_cards()? || self.trim()? || self.expire()?;
        if self.counters.kept_events != kept {
            let oldest: Option<i64> = self.db.query_row("SELECT min(seq) FROM events", [], |row| row.get(0))?;
            self.counters.oldest = oldest.map_or(0, i64::unsigned_abs);
        }
        Ok(more)
    }

    /// The events of deleted boards.
    fn purge_boards(&mut self) -> Result<bool, TxError> {
        let Some(board) = self.first("SELECT board_id FROM doomed_boards LIMIT 1")? else { return Ok(false) };
        if self.delete_events(&board, u64::MAX)? == 0 {
            self.db.execute("DELETE FROM doomed_boards WHERE board_id = ?1", [&board])?;
        }
        Ok(true)
    }

    /// The lines, conversation and messages of deleted attempts.
    fn purge_attempts(&mut self) -> Result<bool, TxError> {
        let Some(attempt) = self.first("SELECT attempt_id FROM doomed_attempts LIMIT 1")? else { return Ok(false) };
        let mut gone = 0;
        for (rows, order) in [("attempt_logs", "seq"), ("conversation_items", "first_seq"), ("attempt_messages", "n")] {
            gone += self.db.execute(
                &format!(
                    "DELETE FROM {rows} WHERE attempt_id = ?1
                         AND {order} IN (SELECT {order} FROM {rows} WHERE attempt_id = ?1 LIMIT {STEP})"
                ),
                [&attempt],
            )?;
        }
        if gone == 0 {
            self.db.execute("DELETE FROM doomed_attempts WHERE attempt_id = ?1", [&attempt])?;
        }
        Ok(true)
    }

    /// The events of a board up to its horizon, after cards were deleted.
    fn purge_cards(&mut self) -> Result<bool, TxError> {
        let Some(board) = self.first("SELECT id FROM boards WHERE purging = 1 LIMIT 1")? else { return Ok(false) };
        let horizon: i64 = self.db.query_row("SELECT horizon FROM boards WHERE id = ?1", [&board], |row| row.get(0))?;
        if self.delete_events(&board, horizon.unsigned_abs())? == 0 {
            self.db.execute("UPDATE boards SET purging = 0 WHERE id = ?1", [&board])?;
        }
        Ok(true)
    }

    fn first(&self, query: &str) -> Result<Option<String>, TxError> {
        let mut query = self.db.prepare_cached(query)?;
        let mut rows = query.query([])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    fn delete_events(&mut self, board: &str, to: u64) -> Result<usize, TxError> {
        let mut query = self.db.prepare_cached(
            "DELETE FROM events WHERE seq IN
                 (SELECT seq FROM events WHERE board_id = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3)
             RETURNING length(data)",
        )?;
        let sizes = query.query_map(params![board, sql(to), STEP], |row| row.get::<_, i64>(0))?;
        let sizes = sizes.collect::<rusqlite::Result<Vec<_>>>()?;
        self.counters.kept_events -= sizes.len() as u64;
        self.counters.kept_bytes -= sizes.iter().map(|size| size.unsigned_abs()).sum::<u64>();
        Ok(sizes.len())
    }

    /// The oldest events, when they are beyond both number and age, or when all together are too large.
    fn trim(&mut self) -> Result<bool, TxError> {
        let Retention { events, days, bytes } = self.options.retention;
        let over_number = self.counters.kept_events.saturating_sub(events);
        let over_bytes = bytes > 0 && self.counters.kept_bytes > bytes;
        if over_number == 0 && !over_bytes {
            return Ok(false);
        }
        let old = self.now.millis() - i64::from(days) * DAY_MILLIS;
        let mut excess = self.counters.kept_bytes.saturating_sub(if bytes > 0 { bytes } else { u64::MAX });
        let mut query =
            self.db.prepare_cached("SELECT seq, board_id, time, length(data) FROM events ORDER BY seq LIMIT ?1")?;
        let mut rows = query.query([STEP])?;
        let mut trimmed: Vec<(i64, String, u64)> = Vec::new();
        while let Some(row) = rows.next()? {
            let (seq, board, at, size): (i64, String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            let beyond = at <= old && (trimmed.len() as u64) < over_number;
            if !beyond && excess == 0 {
                break;
            }
            excess = excess.saturating_sub(size.unsigned_abs());
            trimmed.push((seq, board, size.unsigned_abs()));
        }
        drop(rows);
        drop(query);
        for (seq, board, size) in &trimmed {
            self.db.prepare_cached("DELETE FROM events WHERE seq = ?1")?.execute([seq])?;
            self.counters.kept_events -= 1;
            self.counters.kept_bytes -= size;
            if board.is_empty() {
                self.counters.agent_horizon = seq.unsigned_abs();
            } else {
                self.db
                    .prepare_cached("UPDATE boards SET horizon = max(horizon, ?2) WHERE id = ?1")?
                    .execute(params![board, seq])?;
            }
        }
        Ok(trimmed.len() == STEP as usize)
    }

    /// Kept answers and remembered reports whose time is over. A report is remembered as long as its event is kept.
    fn expire(&mut self) -> Result<bool, TxError> {
        let now = self.now.millis();
        let answers = self.db.execute(
            &format!(
                "DELETE FROM idempotency WHERE (scope, key) IN
                     (SELECT scope, key FROM idempotency WHERE time <= ?1 LIMIT {STEP})"
            ),
            [now - idempotency::KEPT_MILLIS],
        )?;
        let oldest: Option<i64> = self.db.query_row("SELECT min(seq) FROM events", [], |row| row.get(0))?;
        let reports = self.db.execute(
            &format!(
                "DELETE FROM reported WHERE (board_id, source, id) IN
                     (SELECT board_id, source, id FROM reported
                      WHERE time <= ?1 AND coalesce(seq, 0) < ?2 ORDER BY time LIMIT {STEP})"
            ),
            params![now - REPORTED_MILLIS, oldest.unwrap_or(i64::MAX)],
        )?;
        Ok(answers + reports >= STEP as usize)
    }
}
