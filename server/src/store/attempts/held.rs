//! What is known of the attempts that are run here: for their turns, for a restart, for tidying.

use boardcast_shared::{Attempt, AttemptId, AttemptStatus, Board, BoardId, CardId};
use rusqlite::{OptionalExtension, Row, params};

use super::here::INTERRUPTED;
use super::rows::{ATTEMPT, attempt_row};
use super::stands::not_run_here;
use crate::domain::refusal::Refusal;
use crate::store::folds::{stored, stored_maybe};
use crate::store::reads::{Read, ReadError};
use crate::store::tx::{Tx, TxError};

/// An attempt that is run here, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its board.
    pub board_id: BoardId,
    /// Its card.
    pub card_id: CardId,
    /// Itself.
    pub id: AttemptId,
    /// Where it stands.
    pub status: AttemptStatus,
    /// Where it works, once it has begun.
    pub worktree_path: Option<String>,
    /// Its agent's process group, while there may be one.
    pub process_group: Option<i32>,
}

/// What is needed to run one.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The attempt.
    pub attempt: Attempt,
    /// Its board.
    pub board: Board,
}

const RUN: &str = "board_id, card_id, id, status, worktree_path, process_group";

fn run_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        board_id: stored(row, 0)?,
        card_id: stored(row, 1)?,
        id: stored(row, 2)?,
        status: stored(row, 3)?,
        worktree_path: row.get(4)?,
        process_group: row.get(5)?,
    })
}

impl Read<'_> {
    /// All attempts that are run here, of one board or of all.
    ///
    /// # Errors
    /// The disk refused.
    pub fn runs(&self, board: Option<&BoardId>) -> Result<Vec<Run>, ReadError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {RUN} FROM attempts WHERE run_here = 1 AND (?1 IS NULL OR board_id = ?1) ORDER BY created_seq"
        ))?;
        let rows = query.query_map([board.map(BoardId::as_str)], run_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// An attempt that is run here.
    ///
    /// # Errors
    /// There is none of that id, or it was reported from outside.
    pub fn run(&self, id: &AttemptId) -> Result<Run, ReadError> {
        let row = self
            .db
            .prepare_cached(&format!("SELECT {RUN}, run_here FROM attempts WHERE id = ?1"))?
            .query_row([id.as_str()], |row| Ok((run_row(row)?, row.get::<_, bool>(6)?)))
            .optional()?;
        match row {
            Some((run, true)) => Ok(run),
            Some((_, false)) => Err(not_run_here().into()),
            None => Err(Refusal::not_found("attempt", id.as_str()).into()),
        }
    }

    /// An attempt that is run here, with its board.
    ///
    /// # Errors
    /// There is none of that id, or it was reported from outside.
    pub fn brief(&self, id: &AttemptId) -> Result<Brief, ReadError> {
        self.run(id)?;
        let attempt = self
            .db
            .prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?1"))?
            .query_row([id.as_str()], attempt_row)?;
        Ok(Brief { board: self.board(&attempt.board_id)?, attempt })
    }

    /// The first of those that wait for their turn, in order.
    ///
    /// # Errors
    /// The disk refused.
    pub fn queued_runs(&self, limit: usize) -> Result<Vec<AttemptId>, ReadError> {
        let mut query = self.db.prepare_cached(
            "SELECT id FROM attempts WHERE run_here = 1 AND status = 'queued' ORDER BY queued_seq LIMIT ?1",
        )?;
        let rows = query.query_map(params![i64::try_from(limit).unwrap_or(i64::MAX)], |row| stored(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether the attempt's conversation has a permission request of that id.
    ///
    /// # Errors
    /// The disk refused.
    pub fn has_request(&self, id: &AttemptId, request_id: &str) -> Result<bool, ReadError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM conversation_items
                     WHERE attempt_id = ?1 AND item ->> '$.request.requestId' = ?2)",
            )?
            .query_row([id.as_str(), request_id], |row| row.get(0))?)
    }

    /// The attempt of that id, wherever its board is; none when it is gone.
    ///
    /// # Errors
    /// The disk refused.
    pub fn is_there(&self, id: &AttemptId) -> Result<bool, ReadError> {
        let found: Option<AttemptId> = self
            .db
            .prepare_cached("SELECT id FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| stored_maybe(row, 0))
            .optional()?
            .flatten();
        Ok(found.is_some())
    }
}

impl Tx<'_> {
    /// The server ends while agents are at work: their turns have failed. Those that are being stopped stay so until
    /// their processes are gone.
    ///
    /// # Errors
    /// The disk refused.
    pub fn interrupt_runs(&mut self) -> Result<(), TxError> {
        let mut query = self.db.prepare_cached("SELECT id FROM attempts WHERE run_here = 1 AND status = 'running'")?;
        let ids = query.query_map([], |row| stored::<AttemptId>(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        for id in ids {
            self.interrupt(&id)?;
        }
        Ok(())
    }

    fn interrupt(&mut self, id: &AttemptId) -> Result<(), TxError> {
        let attempt = self.run(id)?;
        self.tell_dropped(&attempt)?;
        self.turn_to(&attempt, AttemptStatus::Failed, Some(INTERRUPTED.into()))
    }

    /// After a restart, once nothing of its agent is left: a turn that was going on has ended, and what it was still
    /// to be asked is asked in a turn of its own.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn recover_run(&mut self, id: &AttemptId) -> Result<(), TxError> {
        let attempt = self.run(id)?;
        match attempt.status {
            AttemptStatus::Running => self.interrupt(id)?,
            AttemptStatus::Stopping => self.turn_to(&attempt, AttemptStatus::Stopped, None)?,
            _ => {}
        }
        self.run_group(id, None)?;
        self.queue_if_asked(id)
    }

    /// One that is over but was asked for another turn waits for it.
    pub(super) fn queue_if_asked(&mut self, id: &AttemptId) -> Result<(), TxError> {
        let attempt = self.run(id)?;
        let is_asked: bool = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM attempt_messages WHERE attempt_id = ?1)")?
            .query_row([id.as_str()], |row| row.get(0))?;
        if attempt.status.is_final() && is_asked {
            self.queue_again(&attempt)?;
        }
        Ok(())
    }
}
