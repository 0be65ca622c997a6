//! Where an attempt that is run here stands, and that it comes to stand elsewhere.

use boardcast_shared::{Attempt, AttemptId, AttemptStatus, AttemptStatusChanged};
use rusqlite::OptionalExtension;

use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::secrets::redacted;
use crate::store::tx::{Tx, TxError};

impl Tx<'_> {
    /// An attempt that is run here.
    ///
    /// # Errors
    /// There is none of that id, or it was reported from outside.
    pub fn run(&self, id: &AttemptId) -> Result<Attempt, TxError> {
        let attempt = self.attempt_anywhere(id)?.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?;
        if self.is_run_here(id)? { Ok(attempt) } else { Err(not_run_here().into()) }
    }

    /// Whether an attempt is run here.
    pub(in crate::store) fn is_run_here(&self, id: &AttemptId) -> Result<bool, TxError> {
        let here = self
            .db
            .prepare_cached("SELECT run_here FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(here.unwrap_or(false))
    }

    /// The status of an attempt that comes to stand elsewhere.
    pub(super) fn stands(
        &self,
        attempt: &Attempt,
        status: AttemptStatus,
        error: Option<String>,
    ) -> Result<AttemptStatusChanged, TxError> {
        Ok(AttemptStatusChanged {
            board_id: attempt.board_id.clone(),
            attempt_id: attempt.id.clone(),
            card_id: attempt.card_id.clone(),
            agent: attempt.agent.clone(),
            status,
            previous_status: self.said_status(&attempt.id)?,
            needs_input: false,
            started_at: attempt.started_at,
            ended_at: status.is_final().then_some(self.now),
            // The words of an agent, of git or of the system.
            error: error.map(redacted),
            ts: self.now,
            replayed: None,
        })
    }

    pub(super) fn turn_to(
        &mut self,
        attempt: &Attempt,
        status: AttemptStatus,
        error: Option<String>,
    ) -> Result<(), TxError> {
        let status = self.stands(attempt, status, error)?;
        self.append_status(DomainEvent::AttemptStatusChanged(status.clone()), &status)
    }

    /// Whether it waits for an answer of yours; where it stands it stays.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn run_needs_input(&mut self, id: &AttemptId, needs_input: bool) -> Result<(), TxError> {
        let attempt = self.run(id)?;
        if attempt.status != AttemptStatus::Running || attempt.needs_input == needs_input {
            return Ok(());
        }
        let status = AttemptStatusChanged { needs_input, ..self.stands(&attempt, AttemptStatus::Running, None)? };
        self.append_status(DomainEvent::AttemptStatusChanged(status.clone()), &status)
    }
}

/// What a reported attempt can't be asked.
#[must_use]
pub fn not_run_here() -> Refusal {
    Refusal::conflict("not_run_here", "this attempt was reported from outside and is not run here")
}
