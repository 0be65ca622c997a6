//! The life of an attempt that is run here: queued, begun, stopped, ended.

use boardcast_shared::{AgentId, AgentProfile, Attempt, AttemptId, AttemptStarted, AttemptStatus, BoardId, CardId};
use rusqlite::params;

use super::NewAttempt;
use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::store::chosen::require_runnable;
use crate::store::tx::{Tx, TxError, sql};

/// The error of an attempt whose server ended.
pub const INTERRUPTED: &str = "interrupted by a restart";

/// An attempt to be run here.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of Attempt")]
pub struct NewRun {
    pub board_id: BoardId,
    pub card_id: CardId,
    pub agent: AgentId,
    /// As it is now, with the values of its environment.
    pub profile: Option<AgentProfile>,
    pub branch_name: String,
    pub base_branch: String,
    /// What its agent is asked first.
    pub prompt: String,
}

/// What a run whose turn has come is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Ask its agent this.
    Turn(String),
    /// Nothing more: it was stopped meanwhile, and is to be ended as such.
    Stop,
    /// Nothing: it is over, or has nothing to ask.
    Nothing,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words of AttemptStatus")]
pub enum TurnOutcome {
    Succeeded,
    Failed(String),
    Stopped,
}

/// What comes after a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterTurn {
    /// The next turn has begun: ask this.
    Turn(String),
    /// It was asked to stop: its processes are to be ended, then it is told by [`Tx::stopped_run`].
    Stop,
    /// It is over.
    Over,
}

impl Tx<'_> {
    /// Queues an attempt to be run here.
    ///
    /// # Errors
    /// There is no such board, card or agent, or another attempt that isn't over has the branch.
    pub fn queue_run(&mut self, new: NewRun) -> Result<Attempt, TxError> {
        let board = self.settings(&new.board_id)?;
        require_runnable::<TxError>(self.db, "agent", &new.agent)?;
        let is_taken: bool = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM attempts JOIN boards ON boards.id = attempts.board_id
                     WHERE run_here = 1 AND branch_name = ?1 AND boards.repository_path = ?2
                         AND status IN ('queued', 'running', 'stopping'))",
            )?
            .query_row(params![new.branch_name, board.repository_path], |row| row.get(0))?;
        if is_taken {
            return Err(branch_exists(&new.branch_name).into());
        }
        let id = AttemptId::random();
        let attempt = self.announce(&NewAttempt {
            board_id: new.board_id,
            attempt_id: id.clone(),
            card_id: new.card_id,
            agent: new.agent.as_str().to_owned(),
            profile_id: new.profile.as_ref().map(|profile| profile.profile_id.clone()),
            branch_name: new.branch_name,
            base_branch: new.base_branch,
            status: AttemptStatus::Queued,
        })?;
        self.db.execute("UPDATE attempts SET run_here = 1 WHERE id = ?1", [id.as_str()])?;
        if let Some(profile) = new.profile {
            self.record_profile(&id, profile)?;
        }
        self.keep_message(&id, &new.prompt)?;
        self.queue_again(&attempt)?;
        self.run(&id)
    }

    /// It waits for its turn.
    pub(super) fn queue_again(&mut self, attempt: &Attempt) -> Result<(), TxError> {
        let status = self.stands(attempt, AttemptStatus::Queued, None)?;
        self.append_status(DomainEvent::AttemptQueued(status.clone()), &status)?;
        self.db
            .prepare_cached("UPDATE attempts SET queued_seq = ?2 WHERE id = ?1")?
            .execute(params![attempt.id.as_str(), sql(self.head())])?;
        Ok(())
    }

    /// Its turn has come, and its worktree is there. Says what its agent is to be asked.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn begin_run(&mut self, id: &AttemptId, worktree: &str) -> Result<Begun, TxError> {
        let attempt = self.run(id)?;
        self.db.execute("UPDATE attempts SET worktree_path = ?2 WHERE id = ?1", [id.as_str(), worktree])?;
        let is_first = match attempt.status {
            AttemptStatus::Queued => attempt.started_at.is_none(),
            AttemptStatus::Running => false,
            AttemptStatus::Stopping => return Ok(Begun::Stop),
            AttemptStatus::Succeeded | AttemptStatus::Failed | AttemptStatus::Stopped => return Ok(Begun::Nothing),
        };
        if is_first {
            self.append_started(AttemptStarted {
                board_id: attempt.board_id.clone(),
                attempt_id: id.clone(),
                card_id: attempt.card_id.clone(),
                agent: attempt.agent.clone(),
                profile_id: attempt.profile_id.clone(),
                branch_name: attempt.branch_name.clone(),
                base_branch: attempt.base_branch.clone(),
                ts: self.now,
            })?;
        }
        if attempt.status == AttemptStatus::Queued {
            let attempt = self.run(id)?;
            self.turn_to(&attempt, AttemptStatus::Running, None)?;
        }
        let prompt = self.next_message(id)?;
        if is_first && let Some(prompt) = &prompt {
            self.append_user_message(&attempt, prompt)?;
        }
        Ok(prompt.map_or(Begun::Nothing, Begun::Turn))
    }

    /// A turn is over; with `Slot::Free` the next one begins, if somebody asked for one.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn end_turn(&mut self, id: &AttemptId, outcome: TurnOutcome, next: super::Slot) -> Result<AfterTurn, TxError> {
        let attempt = self.run(id)?;
        if attempt.status.is_final() {
            return Ok(AfterTurn::Over);
        }
        if attempt.status == AttemptStatus::Stopping {
            return Ok(AfterTurn::Stop);
        }
        self.tell_dropped(&attempt)?;
        match outcome {
            TurnOutcome::Succeeded => self.turn_to(&attempt, AttemptStatus::Succeeded, None)?,
            TurnOutcome::Failed(error) => self.turn_to(&attempt, AttemptStatus::Failed, Some(error))?,
            TurnOutcome::Stopped => self.turn_to(&attempt, AttemptStatus::Stopped, None)?,
        }
        if next == super::Slot::Taken {
            return Ok(AfterTurn::Over);
        }
        let Some(prompt) = self.next_message(id)? else { return Ok(AfterTurn::Over) };
        let attempt = self.run(id)?;
        self.turn_to(&attempt, AttemptStatus::Running, None)?;
        Ok(AfterTurn::Turn(prompt))
    }

    /// Nothing is left of an agent that was to be stopped. What it was asked since waits for its turn.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn stopped_run(&mut self, id: &AttemptId) -> Result<(), TxError> {
        let attempt = self.run(id)?;
        if attempt.status != AttemptStatus::Stopping {
            return Ok(());
        }
        self.tell_dropped(&attempt)?;
        self.turn_to(&attempt, AttemptStatus::Stopped, None)?;
        self.queue_if_asked(id)
    }

    /// Somebody stops it. One whose turn hasn't come is stopped at once, when nothing is `held` for it.
    ///
    /// # Errors
    /// There is none of that id, it is reported from outside, or it is over.
    pub fn stop_run(&mut self, id: &AttemptId, is_held: bool) -> Result<Attempt, TxError> {
        let attempt = self.run(id)?;
        if attempt.status.is_final() {
            return Err(Refusal::conflict("attempt_ended", "the attempt has ended").into());
        }
        if attempt.status == AttemptStatus::Stopping {
            return Ok(attempt);
        }
        self.turn_to(&attempt, AttemptStatus::Stopping, None)?;
        self.append_stopped(&attempt.board_id, id, self.now)?;
        // Whoever stops it doesn't want the next turn either.
        self.db.execute("DELETE FROM attempt_messages WHERE attempt_id = ?1", [id.as_str()])?;
        if attempt.status == AttemptStatus::Queued && !is_held {
            let attempt = self.run(id)?;
            self.turn_to(&attempt, AttemptStatus::Stopped, None)?;
        }
        self.run(id)
    }
}

/// A branch of that name is there already, or will be.
#[must_use]
pub fn branch_exists(name: &str) -> Refusal {
    Refusal::conflict("branch_exists", format!("there is a branch {name} already"))
}
