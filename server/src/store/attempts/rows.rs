//! How an attempt is read from its row.

use boardcast_shared::{Attempt, AttemptStatusChanged, BoardId, CardId, TodoCount, Todos};
use imbl::OrdMap;
use rusqlite::{Connection, Row};

use crate::domain::board::Shared;
use crate::domain::fold::LatestAttempt;
use crate::store::folds::{json_maybe, stored, stored_maybe};
use crate::store::reads::{time, time_maybe};

/// The columns of [`attempt_row`].
pub(super) const ATTEMPT: &str = "id, board_id, card_id, agent, profile_id, status, needs_input, branch_name, base_branch, \
                       worktree_path, session_id, created_at, started_at, ended_at, updated_at, error, todos, \
                       last_line, pr, profile";

pub(super) fn attempt_row(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let todos: Option<Todos> = json_maybe(row, 16)?;
    Ok(Attempt {
        id: stored(row, 0)?,
        board_id: stored(row, 1)?,
        card_id: stored(row, 2)?,
        agent: row.get(3)?,
        profile_id: stored_maybe(row, 4)?,
        profile: json_maybe(row, 19)?,
        status: stored(row, 5)?,
        needs_input: row.get(6)?,
        branch_name: row.get(7)?,
        base_branch: row.get(8)?,
        worktree_path: row.get(9)?,
        session_id: row.get(10)?,
        created_at: time(row, 11)?,
        started_at: time_maybe(row, 12)?,
        ended_at: time_maybe(row, 13)?,
        updated_at: time(row, 14)?,
        error: row.get(15)?,
        todos: todos.map(|todos| TodoCount { total: todos.total, completed: todos.completed }),
        last_line: row.get(17)?,
        pr: json_maybe(row, 18)?,
    })
}

/// For each card of a board that has one: its latest attempt.
pub(in crate::store) fn load_latest(
    db: &Connection,
    board: &BoardId,
) -> rusqlite::Result<OrdMap<CardId, Shared<LatestAttempt>>> {
    let mut query = db.prepare_cached(
        "SELECT id, card_id, agent, status, needs_input, started_at, ended_at, error, status_ts, created_seq, updated_seq
         FROM attempts WHERE board_id = ?1 ORDER BY created_seq",
    )?;
    let rows = query.query_map([board.as_str()], |row| latest_row(board, row))?;
    let mut latest = OrdMap::new();
    for attempt in rows {
        let attempt = attempt?;
        latest.insert(attempt.status.card_id.clone(), attempt.into());
    }
    Ok(latest)
}

pub(super) fn latest_row(board: &BoardId, row: &Row<'_>) -> rusqlite::Result<LatestAttempt> {
    let status = AttemptStatusChanged {
        board_id: board.clone(),
        attempt_id: stored(row, 0)?,
        card_id: stored(row, 1)?,
        agent: row.get(2)?,
        status: stored(row, 3)?,
        previous_status: None,
        needs_input: row.get(4)?,
        started_at: time_maybe(row, 5)?,
        ended_at: time_maybe(row, 6)?,
        error: row.get(7)?,
        ts: time(row, 8)?,
        replayed: None,
    };
    let seq = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
    Ok(LatestAttempt { status, created_seq: seq(9)?, updated_seq: seq(10)? })
}
