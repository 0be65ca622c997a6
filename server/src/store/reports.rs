//! Facts reported from outside: taken once, a batch whole or not at all.

use boardcast_shared::{AttemptLog, AttemptStarted, AttemptStatus, AttemptStatusChanged, BoardId, GitCommit, GitPush};
use rusqlite::{OptionalExtension, params};

use super::attempts::NewAttempt;
use super::tx::{Tx, TxError, sql};
use crate::domain::actor::Actor;
use crate::domain::event::DomainEvent;
use crate::domain::refusal::{Refusal, RefusalKind};
use crate::domain::report::{Report, ReportedQueued, ReportedStarted, ReportedStatus};

/// A report with the name that its source gave it.
#[derive(Debug, Clone)]
pub struct Reported {
    /// Who reports [CloudEvents 1.0 3.1.2].
    pub source: String,
    /// The source's name for this event [CloudEvents 1.0 3.1.1].
    pub id: String,
    /// What happened.
    pub report: Report,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The source's name for it.
    pub id: String,
    /// The last event it made; null when it changed nothing.
    pub seq: Option<u64>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingested {
    /// Taken now, in order.
    pub accepted: Vec<Accepted>,
    /// Taken before.
    pub duplicates: Vec<String>,
}

impl Tx<'_> {
    /// Takes a batch that was sent by somebody; in a numbered one, a refusal names which event it is about.
    ///
    /// # Errors
    /// One of them is refused: none is taken.
    pub fn ingest(&mut self, batch: Vec<Reported>, numbered: bool, by: &Actor) -> Result<Ingested, TxError> {
        let mut ingested = Ingested::default();
        for (at, Reported { source, id, report }) in batch.into_iter().enumerate() {
            let board = report.board().map(BoardId::as_str).unwrap_or_default().to_owned();
            if self.was_taken(&board, &source, &id)? {
                ingested.duplicates.push(id);
                continue;
            }
            let before = self.head();
            self.act_for(&by.source(&source));
            self.take(report).map_err(|error| named(error, numbered.then_some(at)))?;
            let seq = (self.head() > before).then(|| self.head());
            self.db.prepare_cached("INSERT INTO reported VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
                board,
                source,
                id,
                seq.map(sql),
                self.now.millis()
            ])?;
            ingested.accepted.push(Accepted { id, seq });
        }
        Ok(ingested)
    }

    fn was_taken(&self, board: &str, source: &str, id: &str) -> Result<bool, TxError> {
        let known = self
            .db
            .prepare_cached("SELECT 1 FROM reported WHERE board_id = ?1 AND source = ?2 AND id = ?3")?
            .query_row([board, source, id], |_| Ok(()))
            .optional()?;
        Ok(known.is_some())
    }

    fn take(&mut self, report: Report) -> Result<(), TxError> {
        if let Some(board) = report.board() {
            self.fold(board)?;
        }
        if let Some(attempt) = report.transition()
            && self.is_run_here(attempt)?
        {
            let detail = "this attempt is run here: nobody else says where it stands";
            return Err(Refusal::invalid("run_here", "attemptId", detail).into());
        }
        let now = self.now;
        match report {
            Report::BoardState(board, state) => {
                self.replace_state(&board, state).map_err(|error| within(error, "state"))
            }
            Report::Queued(queued) => self.take_queued(queued),
            Report::Started(started) => self.take_started(started),
            Report::Status(status) => self.take_status(status),
            Report::Log(log) => self.line_within(AttemptLog {
                board_id: log.board_id,
                attempt_id: log.attempt_id,
                level: log.level,
                message: log.message,
                ts: log.ts.unwrap_or(now),
            }),
            Report::Conversation(fact) => self.item_within(fact),
            Report::Session(fact) => self.append_session(fact),
            Report::Todos(fact) => self.append_todos(fact),
            Report::Stopped(stopped) => {
                self.append_stopped(&stopped.board_id, &stopped.attempt_id, stopped.ts.unwrap_or(now))
            }
            Report::GitStatus(fact) => self.git_status(fact),
            Report::GitCommit(commit) => self.git_commit(GitCommit {
                board_id: commit.board_id,
                attempt_id: commit.attempt_id,
                short_sha: commit.short_sha,
                sha: commit.sha,
                subject: commit.subject,
                ts: commit.ts.unwrap_or(now),
            }),
            Report::GitPush(push) => self.git_push(GitPush {
                board_id: push.board_id,
                attempt_id: push.attempt_id,
                remote: push.remote,
                branch: push.branch,
                sha: push.sha,
                ts: push.ts.unwrap_or(now),
            }),
            Report::PrCreated(fact) => self.append_pr(DomainEvent::GithubPrCreated(fact.clone()), &fact),
            Report::PrUpdated(fact) => self.append_pr(DomainEvent::GithubPrUpdated(fact.clone()), &fact),
            Report::Profile(fact) => self.profile_reported(fact),
            Report::Agent(fact) => self.agent_reported(fact),
        }
    }

    fn take_queued(&mut self, queued: ReportedQueued) -> Result<(), TxError> {
        let known = self.announce(&NewAttempt {
            board_id: queued.board_id.clone(),
            attempt_id: queued.attempt_id.clone(),
            card_id: queued.card_id.clone(),
            agent: queued.agent.clone().unwrap_or_default(),
            profile_id: queued.profile_id.clone(),
            branch_name: queued.branch_name.clone().unwrap_or_default(),
            base_branch: queued.base_branch.clone().unwrap_or_default(),
            status: AttemptStatus::Queued,
        })?;
        self.db
            .prepare_cached(
                "UPDATE attempts SET profile_id = coalesce(?2, profile_id), branch_name = coalesce(?3, branch_name),
                     base_branch = coalesce(?4, base_branch) WHERE id = ?1",
            )?
            .execute(params![
                queued.attempt_id.as_str(),
                queued.profile_id.as_ref().map(boardcast_shared::ProfileId::as_str),
                queued.branch_name,
                queued.base_branch
            ])?;
        let said = self.said_status(&queued.attempt_id)?;
        let status = AttemptStatusChanged {
            board_id: queued.board_id,
            attempt_id: queued.attempt_id,
            card_id: queued.card_id,
            agent: queued.agent.unwrap_or(known.agent),
            status: AttemptStatus::Queued,
            previous_status: queued.previous_status.unwrap_or(said),
            needs_input: queued.needs_input,
            started_at: queued.started_at.unwrap_or(known.started_at),
            ended_at: queued.ended_at,
            error: queued.error.unwrap_or(known.error),
            ts: queued.ts.unwrap_or(self.now),
            replayed: None,
        };
        self.append_status(DomainEvent::AttemptQueued(status.clone()), &status)
    }

    fn take_started(&mut self, started: ReportedStarted) -> Result<(), TxError> {
        self.announce(&NewAttempt {
            board_id: started.board_id.clone(),
            attempt_id: started.attempt_id.clone(),
            card_id: started.card_id.clone(),
            agent: started.agent.clone(),
            profile_id: started.profile_id.clone(),
            branch_name: started.branch_name.clone(),
            base_branch: started.base_branch.clone(),
            status: AttemptStatus::Running,
        })?;
        self.append_started(AttemptStarted {
            board_id: started.board_id,
            attempt_id: started.attempt_id,
            card_id: started.card_id,
            agent: started.agent,
            profile_id: started.profile_id,
            branch_name: started.branch_name,
            base_branch: started.base_branch,
            ts: started.ts.unwrap_or(self.now),
        })
    }

    fn take_status(&mut self, status: ReportedStatus) -> Result<(), TxError> {
        let known = self.attempt(&status.board_id, &status.attempt_id)?;
        if known.card_id != status.card_id {
            return Err(Refusal::not_found("card", status.card_id.as_str()).into());
        }
        if status.status.is_final() {
            self.tell_dropped(&known)?;
        }
        let said = self.said_status(&status.attempt_id)?;
        let ended = status.status.is_final().then_some(self.now);
        let status = AttemptStatusChanged {
            board_id: status.board_id,
            attempt_id: status.attempt_id,
            card_id: status.card_id,
            agent: status.agent.unwrap_or(known.agent),
            status: status.status,
            previous_status: status.previous_status.unwrap_or(said),
            needs_input: status.needs_input,
            started_at: status.started_at.unwrap_or(known.started_at),
            ended_at: status.ended_at.unwrap_or(ended),
            error: status.error.unwrap_or(known.error),
            ts: status.ts.unwrap_or(self.now),
            replayed: None,
        };
        self.append_status(DomainEvent::AttemptStatusChanged(status.clone()), &status)
    }
}

/// A report that names what isn't there is itself wrong: the field that named it is at fault.
fn named(error: TxError, at: Option<usize>) -> TxError {
    match error {
        TxError::Refused(refusal) => report_at_fault(refusal, at).into(),
        store @ TxError::Store(_) => store,
    }
}

fn report_at_fault(mut refusal: Refusal, at: Option<usize>) -> Refusal {
    if let RefusalKind::NotFound(what) = refusal.kind {
        let (code, field) = match what {
            "board" => ("unknown_board", "boardId"),
            "card" => ("unknown_card", "cardId"),
            _ => ("unknown_attempt", "attemptId"),
        };
        refusal = Refusal::invalid(code, field, refusal.detail);
    }
    refusal.kind = RefusalKind::Invalid;
    refusal = refusal.within("data");
    if let Some(at) = at {
        refusal = refusal.within(&format!("[{at}]"));
    }
    refusal
}

/// A report for a board that isn't there, the one at `at` of a batch.
#[must_use]
pub fn unknown_board(board: &BoardId, at: Option<usize>) -> Refusal {
    report_at_fault(Refusal::not_found("board", board.as_str()), at)
}

fn within(error: TxError, outer: &str) -> TxError {
    match error {
        TxError::Refused(refusal) => refusal.within(outer).into(),
        store @ TxError::Store(_) => store,
    }
}
