//! Reading the log: pages after a cursor, and how far back it goes.

use boardcast_shared::{AttemptId, BoardId, CardId, Time};
use rusqlite::{OptionalExtension, Row, params};

use super::folds::json_maybe;
use super::reads::{Read, ReadError, time};
use super::tx::sql;
use crate::domain::actor::Actor;
use crate::domain::refusal::{Refusal, RefusalKind};

/// One event as a stream sends it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedFrame {
    /// Its place in the log.
    pub seq: u64,
    /// The frame's name.
    pub event: String,
    /// The frame's data.
    pub data: Vec<u8>,
}

/// Some events in order, and how far they reach.
#[derive(Debug, Clone, Default)]
pub struct LogPage {
    /// In order.
    pub frames: Vec<LoggedFrame>,
    /// Nothing up to this seq is missing.
    pub complete_to: u64,
}

/// How far back the log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizons {
    /// The newest trimmed agent fact.
    pub agents: u64,
    /// The newest trimmed event of each board asked for; none for a board that isn't there.
    pub boards: Vec<Option<u64>>,
    /// The newest seq.
    pub head: u64,
}

/// What to list of a board's log.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// After this one; from the oldest kept when none.
    pub after: Option<u64>,
    /// Before this one.
    pub before: Option<u64>,
    /// Only of this card.
    pub card: Option<CardId>,
    /// Only of this attempt.
    pub attempt: Option<AttemptId>,
    /// At most so many.
    pub limit: usize,
}

/// One event as the log tells of it.
#[derive(Debug)]
pub struct LoggedEvent {
    /// Its place in the log.
    pub seq: u64,
    /// Its name in the domain.
    pub kind: String,
    /// When it was committed.
    pub time: Time,
    /// The frame's data, a JSON text.
    pub data: Vec<u8>,
    /// Who caused it; none for what an earlier version wrote.
    pub actor: Option<Actor>,
}

/// A part of a board's log.
#[derive(Debug)]
pub struct EventPage {
    /// In order.
    pub events: Vec<LoggedEvent>,
    /// Whether more follow.
    pub more: bool,
}

impl Read<'_> {
    /// How far back the log goes for these boards.
    ///
    /// # Errors
    /// The disk refused.
    pub fn horizons(&self, boards: &[BoardId]) -> Result<Horizons, ReadError> {
        let mut query = self.db.prepare_cached("SELECT horizon FROM boards WHERE id = ?1")?;
        let boards = boards
            .iter()
            .map(|id| query.query_row([id.as_str()], |row| row.get::<_, i64>(0).map(i64::unsigned_abs)).optional())
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Horizons { agents: self.counters.agent_horizon, boards, head: self.head() })
    }

    /// The events of a board (of the agent facts, when none) after `after` and up to `to`, as many as `limit` and
    /// about `bytes` allow. `None` when some of them were trimmed.
    ///
    /// # Errors
    /// The disk refused.
    pub fn page(
        &self,
        board: Option<&BoardId>,
        after: u64,
        to: u64,
        limit: usize,
        bytes: usize,
    ) -> Result<Option<LogPage>, ReadError> {
        let horizon = match board {
            None => Some(self.counters.agent_horizon),
            Some(id) => self.horizons(std::slice::from_ref(id))?.boards[0],
        };
        if horizon.is_none_or(|horizon| horizon > after) {
            return Ok(None);
        }
        let mut query = self.db.prepare_cached(
            "SELECT seq, event, data FROM events WHERE board_id = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
        )?;
        let mut rows = query.query(params![board.map_or("", BoardId::as_str), sql(after), sql(to)])?;
        let mut page = LogPage { frames: Vec::new(), complete_to: to };
        let mut size = 0;
        while let Some(row) = rows.next()? {
            let frame =
                LoggedFrame { seq: row.get::<_, i64>(0)?.unsigned_abs(), event: row.get(1)?, data: row.get(2)? };
            if page.frames.len() >= limit || (size > 0 && size + frame.data.len() > bytes) {
                page.complete_to = page.frames.last().map_or(after, |last| last.seq);
                break;
            }
            size += frame.data.len();
            page.frames.push(frame);
        }
        Ok(Some(page))
    }

    /// A part of a board's log with the agent events.
    ///
    /// # Errors
    /// There is no such board, or what comes after `after` was trimmed.
    pub fn events(&self, board: &BoardId, query: &EventQuery) -> Result<EventPage, ReadError> {
        let horizons = self.horizons(std::slice::from_ref(board))?;
        let horizon = horizons.boards[0].ok_or_else(|| Refusal::not_found("board", board.as_str()))?;
        if query.after.is_some_and(|after| after < horizon.max(horizons.agents)) {
            return Err(trimmed().into());
        }
        // Rows up to the horizon may still wait to be purged: they are gone already.
        let after = query.after.unwrap_or(0);
        let mut select = self.db.prepare_cached(
            "SELECT seq, type, time, data, actor FROM (
                 SELECT seq, type, time, data, actor, card_id, attempt_id FROM events
                     WHERE board_id = ?1 AND seq > ?2 AND seq < ?4
                 UNION ALL
                 SELECT seq, type, time, data, actor, card_id, attempt_id FROM events
                     WHERE board_id = '' AND seq > ?3 AND seq < ?4)
             WHERE (?5 IS NULL OR card_id = ?5) AND (?6 IS NULL OR attempt_id = ?6) ORDER BY seq LIMIT ?7",
        )?;
        let rows = select.query_map(
            params![
                board.as_str(),
                sql(after.max(horizon)),
                sql(after.max(horizons.agents)),
                sql(query.before.unwrap_or(u64::MAX)),
                query.card.as_ref().map(CardId::as_str),
                query.attempt.as_ref().map(AttemptId::as_str),
                sql(query.limit as u64 + 1)
            ],
            logged_event,
        )?;
        let mut events = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let more = events.len() > query.limit;
        events.truncate(query.limit);
        Ok(EventPage { events, more })
    }
}

fn logged_event(row: &Row<'_>) -> rusqlite::Result<LoggedEvent> {
    Ok(LoggedEvent {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        kind: row.get(1)?,
        time: time(row, 2)?,
        data: row.get(3)?,
        actor: json_maybe(row, 4)?,
    })
}

/// What was asked for is older than what is kept.
#[must_use]
pub fn trimmed() -> Refusal {
    Refusal {
        kind: RefusalKind::Gone,
        code: "trimmed",
        field: Some("after".into()),
        detail: "the log no longer holds what came after that: read the present state instead".into(),
    }
}
