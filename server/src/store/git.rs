//! What was seen of checkouts.

use boardcast_shared::{
    AttemptId, AttemptLog, BoardId, CardId, GitCommit, GitOwner, GitPush, GitStatus, GitStatusChanged, LogLevel, Time,
};
use rusqlite::{OptionalExtension, params};

use super::folds::{json, stored, to_json};
use super::reads::{Read, ReadError};
use super::tx::{Tx, TxError};
use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::secrets::{redact_status, redacted};

impl Tx<'_> {
    /// A checkout is in another state. Nothing new, nothing appended.
    ///
    /// # Errors
    /// The board or attempt isn't there.
    pub fn git_status(&mut self, mut fact: GitStatusChanged) -> Result<(), TxError> {
        redact_status(&mut fact.status);
        let card = self.git_card(&fact.board_id, &fact.attempt_id)?;
        let key = params![fact.board_id.as_str(), fact.attempt_id.as_str()];
        let known: Option<GitStatus> = self
            .db
            .prepare_cached("SELECT status FROM git_statuses WHERE board_id = ?1 AND attempt_id = ?2")?
            .query_row(key, |row| json(row, 0))
            .optional()?;
        if known.as_ref() == Some(&fact.status) {
            return Ok(());
        }
        self.db.prepare_cached("INSERT OR REPLACE INTO git_statuses VALUES (?1, ?2, ?3)")?.execute(params![
            fact.board_id.as_str(),
            fact.attempt_id.as_str(),
            to_json(&fact.status)
        ])?;
        let event = DomainEvent::GitStatusChanged(fact.clone());
        let seq = self.append(&event, card.as_ref())?;
        self.git_heard(&fact.board_id, &fact.attempt_id, seq)
    }

    /// A commit was made; inside an attempt it is also a line of its log.
    ///
    /// # Errors
    /// The board or attempt isn't there.
    pub fn git_commit(&mut self, mut fact: GitCommit) -> Result<(), TxError> {
        fact.subject = redacted(fact.subject);
        let card = self.git_card(&fact.board_id, &fact.attempt_id)?;
        let line = format!("[git] committed {} {}", fact.short_sha, fact.subject);
        self.git_line(&fact.board_id, &fact.attempt_id, line, fact.ts)?;
        let seq = self.append(&DomainEvent::GitCommitCreated(fact.clone()), card.as_ref())?;
        self.git_heard(&fact.board_id, &fact.attempt_id, seq)
    }

    /// A branch was pushed; inside an attempt it is also a line of its log.
    ///
    /// # Errors
    /// The board or attempt isn't there.
    pub fn git_push(&mut self, mut fact: GitPush) -> Result<(), TxError> {
        fact.branch = redacted(fact.branch);
        let card = self.git_card(&fact.board_id, &fact.attempt_id)?;
        let line = format!("[git] pushed to {}/{}", fact.remote, fact.branch);
        self.git_line(&fact.board_id, &fact.attempt_id, line, fact.ts)?;
        let seq = self.append(&DomainEvent::GitPushCompleted(fact.clone()), card.as_ref())?;
        self.git_heard(&fact.board_id, &fact.attempt_id, seq)
    }

    /// The attempt whose branch it is: the youngest one of the board.
    ///
    /// # Errors
    /// The disk refused.
    pub fn attempt_of_branch(&self, board: &BoardId, branch: &str) -> Result<GitOwner, TxError> {
        let attempt = self
            .db
            .prepare_cached(
                "SELECT id FROM attempts WHERE board_id = ?1 AND branch_name = ?2 ORDER BY created_seq DESC LIMIT 1",
            )?
            .query_row([board.as_str(), branch], |row| stored::<AttemptId>(row, 0))
            .optional()?;
        Ok(GitOwner(attempt))
    }

    fn git_card(&mut self, board: &BoardId, owner: &GitOwner) -> Result<Option<CardId>, TxError> {
        match &owner.0 {
            Some(attempt) => Ok(Some(self.attempt(board, attempt)?.card_id)),
            None => self.fold(board).map(|_| None),
        }
    }

    fn git_line(&mut self, board: &BoardId, owner: &GitOwner, message: String, ts: Time) -> Result<(), TxError> {
        let Some(attempt) = &owner.0 else { return Ok(()) };
        let (board_id, attempt_id) = (board.clone(), attempt.clone());
        self.append_line(AttemptLog { board_id, attempt_id, level: LogLevel::Info, message, ts })
    }

    fn git_heard(&mut self, board: &BoardId, owner: &GitOwner, seq: u64) -> Result<(), TxError> {
        match &owner.0 {
            Some(attempt) => self.heard(board, attempt, seq),
            None => Ok(()),
        }
    }
}

impl Read<'_> {
    /// The last state told of an attempt's checkout.
    ///
    /// # Errors
    /// None was told.
    pub fn attempt_git_status(&self, board: &BoardId, attempt: &AttemptId) -> Result<GitStatus, ReadError> {
        let status = self
            .db
            .prepare_cached("SELECT status FROM git_statuses WHERE board_id = ?1 AND attempt_id = ?2")?
            .query_row([board.as_str(), attempt.as_str()], |row| json(row, 0))
            .optional()?;
        Ok(status.ok_or_else(|| Refusal::not_found("git status of the attempt", attempt.as_str()))?)
    }
}
