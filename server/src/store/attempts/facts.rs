//! What happens to an attempt, wherever it is run.

use boardcast_shared::{
    AttemptId, AttemptLog, AttemptPr, AttemptSession, AttemptStarted, AttemptStatus, AttemptStatusChanged,
    AttemptTodos, BoardId, ColumnKey, ConversationAppended, LogLevel, ProfileId, Time, Todos,
};
use rusqlite::params;

use crate::domain::event::DomainEvent;
use crate::domain::report::STOPPED_BY_USER;
use crate::store::folds::{json_maybe, to_json};
use crate::store::hourly::Sums;
use crate::store::tx::{Tx, TxError, sql};

/// The longest last line that a card shows, in characters.
const LAST_LINE_CHARS: usize = 200;

impl Tx<'_> {
    /// An attempt waits for its turn or stands elsewhere.
    pub(in crate::store) fn append_status(
        &mut self,
        event: DomainEvent,
        status: &AttemptStatusChanged,
    ) -> Result<(), TxError> {
        let before = self.attempt(&status.board_id, &status.attempt_id)?.status;
        self.count(Some(&status.board_id), Sums::turn(before, status.status));
        let seq = self.append(&event, Some(&status.card_id))?;
        self.db
            .prepare_cached(
                "UPDATE attempts SET agent = ?2, status = ?3, said_status = ?3, needs_input = ?4, started_at = ?5,
                     ended_at = ?6, error = ?7, status_ts = ?8 WHERE id = ?1",
            )?
            .execute(params![
                status.attempt_id.as_str(),
                status.agent,
                status.status.as_str(),
                status.needs_input,
                status.started_at.map(Time::millis),
                status.ended_at.map(Time::millis),
                status.error,
                status.ts.millis(),
            ])?;
        self.heard(&status.board_id, &status.attempt_id, seq)?;
        self.note_latest(&status.board_id, &status.attempt_id)?;
        if status.status == AttemptStatus::Succeeded {
            self.card_follows(&status.board_id, &status.card_id, ColumnKey::Review)?;
        }
        Ok(())
    }

    /// An attempt's worktree and branch exist.
    pub(in crate::store) fn append_started(&mut self, started: AttemptStarted) -> Result<(), TxError> {
        let before = self.attempt(&started.board_id, &started.attempt_id)?.status;
        self.count(Some(&started.board_id), Sums::turn(before, AttemptStatus::Running));
        self.db
            .prepare_cached(
                "UPDATE attempts SET agent = ?2, profile_id = ?3, branch_name = ?4, base_branch = ?5, started_at = ?6,
                     ended_at = NULL, status = 'running' WHERE id = ?1",
            )?
            .execute(params![
                started.attempt_id.as_str(),
                started.agent,
                started.profile_id.as_ref().map(ProfileId::as_str),
                started.branch_name,
                started.base_branch,
                started.ts.millis(),
            ])?;
        let (board, attempt, card) = (started.board_id.clone(), started.attempt_id.clone(), started.card_id.clone());
        let seq = self.append(&DomainEvent::AttemptStarted(started), Some(&card))?;
        self.heard(&board, &attempt, seq)?;
        self.note_latest(&board, &attempt)?;
        self.card_follows(&board, &card, ColumnKey::InProgress)
    }

    /// An attempt wrote a line.
    pub(in crate::store) fn append_line(&mut self, line: AttemptLog) -> Result<(), TxError> {
        let event = DomainEvent::AttemptLogAppended(line.clone());
        self.append_line_as(&event, &line)
    }

    /// Somebody stopped an attempt: a line that always reads the same.
    pub(in crate::store) fn append_stopped(
        &mut self,
        board: &BoardId,
        attempt: &AttemptId,
        ts: Time,
    ) -> Result<(), TxError> {
        let event = DomainEvent::AttemptStopped { board_id: board.clone(), attempt_id: attempt.clone(), ts };
        let line = AttemptLog {
            board_id: board.clone(),
            attempt_id: attempt.clone(),
            level: LogLevel::Info,
            message: STOPPED_BY_USER.into(),
            ts,
        };
        self.append_line_as(&event, &line)
    }

    fn append_line_as(&mut self, event: &DomainEvent, line: &AttemptLog) -> Result<(), TxError> {
        let card = self.attempt(&line.board_id, &line.attempt_id)?.card_id;
        let seq = self.append(event, Some(&card))?;
        self.db.prepare_cached("INSERT INTO attempt_logs VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            line.attempt_id.as_str(),
            sql(seq),
            line.ts.millis(),
            level_text(line.level),
            line.message
        ])?;
        self.db
            .prepare_cached(
                "UPDATE attempts SET last_line = coalesce(?2, last_line), log_events = log_events + 1,
                     kept_bytes = kept_bytes + ?3 WHERE id = ?1",
            )?
            .execute(params![line.attempt_id.as_str(), last_line(&line.message), sql(line.message.len() as u64)])?;
        self.heard(&line.board_id, &line.attempt_id, seq)
    }

    /// An attempt's conversation grew, or a part of it has a newer version.
    pub(in crate::store) fn append_conversation(&mut self, fact: ConversationAppended) -> Result<(), TxError> {
        let (board, id) = (fact.board_id.clone(), fact.attempt_id.clone());
        let card = self.attempt(&board, &id)?.card_id;
        let (item_id, item) = (fact.item.id().to_owned(), to_json(&fact.item));
        let seq = self.append(&DomainEvent::AttemptConversationAppended(fact), Some(&card))?;
        // Of an item's versions only the newest is kept.
        self.db
            .prepare_cached(
                "UPDATE attempts SET kept_bytes = kept_bytes + ?3 - coalesce(
                     (SELECT length(CAST(item AS BLOB)) FROM conversation_items WHERE attempt_id = ?1 AND item_id = ?2),
                     0) WHERE id = ?1",
            )?
            .execute(params![id.as_str(), item_id, sql(item.len() as u64)])?;
        self.db
            .prepare_cached(
                "INSERT INTO conversation_items (attempt_id, first_seq, item_id, item) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (attempt_id, item_id) DO UPDATE SET item = ?4",
            )?
            .execute(params![id.as_str(), sql(seq), item_id, item])?;
        self.heard(&board, &id, seq)
    }

    /// An agent named its session. Nothing new, nothing appended.
    pub(in crate::store) fn append_session(&mut self, fact: AttemptSession) -> Result<(), TxError> {
        let (board, id) = (fact.board_id.clone(), fact.attempt_id.clone());
        let known = self.attempt(&board, &id)?;
        if known.session_id.as_ref() == Some(&fact.session_id) {
            return Ok(());
        }
        self.db
            .prepare_cached("UPDATE attempts SET session_id = ?2 WHERE id = ?1")?
            .execute([id.as_str(), &fact.session_id])?;
        let seq = self.append(&DomainEvent::AttemptSessionRecorded(fact), Some(&known.card_id))?;
        self.heard(&board, &id, seq)
    }

    /// An agent's list changed. Nothing new, nothing appended.
    pub(in crate::store) fn append_todos(&mut self, fact: AttemptTodos) -> Result<(), TxError> {
        let (board, id) = (fact.board_id.clone(), fact.attempt_id.clone());
        let card = self.attempt(&board, &id)?.card_id;
        let known: Option<Todos> = self
            .db
            .prepare_cached("SELECT todos FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| json_maybe(row, 0))?;
        if known.as_ref() == Some(&fact.todos) {
            return Ok(());
        }
        self.db
            .prepare_cached("UPDATE attempts SET todos = ?2 WHERE id = ?1")?
            .execute([id.as_str(), &to_json(&fact.todos)])?;
        let seq = self.append(&DomainEvent::AttemptTodosUpdated(fact), Some(&card))?;
        self.heard(&board, &id, seq)
    }

    /// An attempt's pull request is new or has changed; its card knows it, and is done when it is merged.
    pub(in crate::store) fn append_pr(&mut self, event: DomainEvent, fact: &AttemptPr) -> Result<(), TxError> {
        let card = self.attempt(&fact.board_id, &fact.attempt_id)?.card_id;
        self.db
            .prepare_cached("UPDATE attempts SET pr = ?2 WHERE id = ?1")?
            .execute([fact.attempt_id.as_str(), &to_json(&fact.pr)])?;
        let seq = self.append(&event, Some(&card))?;
        self.heard(&fact.board_id, &fact.attempt_id, seq)?;
        let url = Some(fact.pr.url.clone());
        self.change_board(&fact.board_id, |doc, now| {
            let change = crate::domain::board::CardChange { pr_url: Some(url), ..Default::default() };
            doc.change_card(&card, change, now)
        })?;
        if fact.pr.merged {
            self.card_follows(&fact.board_id, &card, ColumnKey::Done)?;
        }
        Ok(())
    }
}

fn level_text(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

/// The last line with anything on it, shortened.
fn last_line(message: &str) -> Option<String> {
    let last = message.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    Some(last.chars().take(LAST_LINE_CHARS).collect())
}
