//! What the dashboard knows of a board.

use boardcast_shared::{BoardId, ColumnCardCounts, PullRequest};
use rusqlite::{OptionalExtension, Row};

use super::folds::{column_key, json_maybe, stored};
use super::reads::{Read, ReadError, time, time_maybe};
use crate::domain::dashboard::{AgentNames, AttemptSummary, BoardSummary, Hour};

impl Read<'_> {
    /// The ids of all boards, the oldest first.
    ///
    /// # Errors
    /// The disk refused.
    pub fn board_ids(&self) -> Result<Vec<BoardId>, ReadError> {
        let mut query = self.db.prepare_cached("SELECT id FROM boards ORDER BY created_seq")?;
        let ids = query.query_map([], |row| stored(row, 0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// A board for the dashboard; none when it isn't there.
    ///
    /// # Errors
    /// The disk refused.
    pub fn board_summary(&self, board: &BoardId) -> Result<Option<BoardSummary>, ReadError> {
        let name: Option<String> = self
            .db
            .prepare_cached("SELECT name FROM boards WHERE id = ?1")?
            .query_row([board.as_str()], |row| row.get(0))
            .optional()?;
        let Some(name) = name else { return Ok(None) };
        let (total_cards, columns) = self.card_counts(board)?;
        let attempts = self.attempt_summaries(board)?;
        let hours = self.hours(Some(board))?;
        Ok(Some(BoardSummary { id: board.clone(), name, total_cards, columns, attempts, hours }))
    }

    fn card_counts(&self, board: &BoardId) -> rusqlite::Result<(u32, ColumnCardCounts)> {
        let mut query = self.db.prepare_cached(
            "SELECT columns.key, count(*) FROM cards
                 JOIN columns ON columns.board_id = cards.board_id AND columns.id = cards.column_id
             WHERE cards.board_id = ?1 GROUP BY columns.id",
        )?;
        let rows =
            query.query_map([board.as_str()], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, u32>(1)?)))?;
        let (mut total, mut counts) = (0, ColumnCardCounts::default());
        for row in rows {
            let (key, cards) = row?;
            total += cards;
            match key.as_deref().and_then(column_key) {
                Some(boardcast_shared::ColumnKey::Backlog) => counts.backlog = cards,
                Some(boardcast_shared::ColumnKey::InProgress) => counts.in_progress = cards,
                Some(boardcast_shared::ColumnKey::Review) => counts.review = cards,
                Some(boardcast_shared::ColumnKey::Done) => counts.done = cards,
                None => {}
            }
        }
        Ok((total, counts))
    }

    fn attempt_summaries(&self, board: &BoardId) -> rusqlite::Result<Vec<AttemptSummary>> {
        let mut query = self.db.prepare_cached(
            "SELECT a.id, a.card_id, c.card ->> '$.title', c.card ->> '$.ticketKey', k.key IS 'done', a.agent, a.status,
                 a.needs_input, a.created_at, a.started_at, a.ended_at, a.updated_at, a.error, a.pr, a.created_seq
             FROM attempts a JOIN cards c ON c.board_id = a.board_id AND c.id = a.card_id
                 JOIN columns k ON k.board_id = c.board_id AND k.id = c.column_id
             WHERE a.board_id = ?1 ORDER BY a.created_seq",
        )?;
        let attempts = query.query_map([board.as_str()], attempt_summary)?;
        attempts.collect()
    }

    /// The hours of a board, or of the facts that concern none, in order.
    ///
    /// # Errors
    /// The disk refused.
    pub fn hours(&self, board: Option<&BoardId>) -> Result<Vec<Hour>, ReadError> {
        let mut query = self.db.prepare_cached(
            "SELECT hour, started, succeeded, failed, active, open, events FROM hourly_sums
             WHERE board_id = ?1 ORDER BY hour",
        )?;
        let hours = query.query_map([board.map_or("", BoardId::as_str)], |row| {
            Ok(Hour {
                hour: row.get(0)?,
                started: row.get(1)?,
                succeeded: row.get(2)?,
                failed: row.get(3)?,
                active: row.get(4)?,
                open: row.get(5)?,
                events: row.get(6)?,
            })
        })?;
        Ok(hours.collect::<rusqlite::Result<_>>()?)
    }

    /// The agents' labels.
    ///
    /// # Errors
    /// The disk refused.
    pub fn agent_names(&self) -> Result<AgentNames, ReadError> {
        let mut query = self.db.prepare_cached("SELECT agent, label FROM agents")?;
        let names = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(names.collect::<rusqlite::Result<_>>()?)
    }
}

fn attempt_summary(row: &Row<'_>) -> rusqlite::Result<AttemptSummary> {
    let pr: Option<PullRequest> = json_maybe(row, 13)?;
    Ok(AttemptSummary {
        id: stored(row, 0)?,
        card_id: stored(row, 1)?,
        card_title: row.get(2)?,
        ticket_key: row.get(3)?,
        card_done: row.get(4)?,
        agent: row.get(5)?,
        status: stored(row, 6)?,
        needs_input: row.get(7)?,
        created_at: time(row, 8)?,
        started_at: time_maybe(row, 9)?,
        ended_at: time_maybe(row, 10)?,
        updated_at: time(row, 11)?,
        error: row.get(12)?,
        pr_url: pr.map(|pr| pr.url),
        created_seq: row.get::<_, i64>(14)?.unsigned_abs(),
    })
}
