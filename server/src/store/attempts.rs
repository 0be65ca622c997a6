//! Attempts, their lines, conversation and todos.

use boardcast_shared::{
    Attempt, AttemptId, AttemptLog, AttemptPr, AttemptSession, AttemptStarted, AttemptStatus, AttemptStatusChanged,
    AttemptTodos, BoardId, CardId, ColumnKey, ConversationAppended, ConversationItem, LogLevel, LogLine, ProfileId,
    Time, TodoCount, Todos,
};
use imbl::OrdMap;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::folds::{json, json_maybe, stored, stored_maybe, to_json};
use super::hourly::Sums;
use super::reads::{Read, ReadError, time, time_maybe};
use super::tx::{Tx, TxError, sql};
use crate::domain::board::Shared;
use crate::domain::event::DomainEvent;
use crate::domain::fold::LatestAttempt;
use crate::domain::refusal::Refusal;
use crate::domain::report::STOPPED_BY_USER;

/// The longest last line that a card shows, in characters.
const LAST_LINE_CHARS: usize = 200;

const ATTEMPT: &str = "id, board_id, card_id, agent, profile_id, status, needs_input, branch_name, base_branch, \
                       worktree_path, session_id, created_at, started_at, ended_at, updated_at, error, todos, \
                       last_line, pr";

fn attempt_row(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let todos: Option<Todos> = json_maybe(row, 16)?;
    Ok(Attempt {
        id: stored(row, 0)?,
        board_id: stored(row, 1)?,
        card_id: stored(row, 2)?,
        agent: row.get(3)?,
        profile_id: stored_maybe(row, 4)?,
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
pub(super) fn load_latest(db: &Connection, board: &BoardId) -> rusqlite::Result<OrdMap<CardId, Shared<LatestAttempt>>> {
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

fn latest_row(board: &BoardId, row: &Row<'_>) -> rusqlite::Result<LatestAttempt> {
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

/// What an attempt is announced with.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of Attempt")]
pub(super) struct NewAttempt {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    pub agent: String,
    pub profile_id: Option<ProfileId>,
    pub branch_name: String,
    pub base_branch: String,
    pub status: AttemptStatus,
}

impl Tx<'_> {
    /// An attempt of a board.
    ///
    /// # Errors
    /// The board has none of that id.
    pub(super) fn attempt(&mut self, board: &BoardId, id: &AttemptId) -> Result<Attempt, TxError> {
        let attempt = self.attempt_anywhere(id)?.filter(|attempt| attempt.board_id == *board);
        Ok(attempt.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?)
    }

    fn attempt_anywhere(&self, id: &AttemptId) -> Result<Option<Attempt>, TxError> {
        Ok(self
            .db
            .prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?1"))?
            .query_row([id.as_str()], attempt_row)
            .optional()?)
    }

    /// The attempt of that id, made when it isn't there yet; its id belongs to one board for ever.
    pub(super) fn announce(&mut self, new: &NewAttempt) -> Result<Attempt, TxError> {
        let card_known = self.fold(&new.board_id)?.doc.cards.contains_key(&new.card_id);
        if !card_known {
            return Err(Refusal::not_found("card", new.card_id.as_str()).into());
        }
        let owner: Option<BoardId> = self
            .db
            .prepare_cached("SELECT board_id FROM attempt_owners WHERE attempt_id = ?1")?
            .query_row([new.attempt_id.as_str()], |row| stored(row, 0))
            .optional()?;
        if owner.is_some_and(|owner| owner != new.board_id) {
            let detail = "this attempt belongs to another board";
            return Err(Refusal::invalid("unknown_attempt", "attemptId", detail).into());
        }
        if let Some(known) = self.attempt_anywhere(&new.attempt_id)? {
            if known.card_id != new.card_id {
                let detail = format!("the attempt is one of card {}", known.card_id);
                return Err(Refusal::invalid("unknown_card", "cardId", detail).into());
            }
            return Ok(known);
        }
        self.insert_attempt(new)?;
        self.attempt(&new.board_id, &new.attempt_id)
    }

    fn insert_attempt(&mut self, new: &NewAttempt) -> Result<(), TxError> {
        let active = i64::from(!new.status.is_final());
        self.count(Some(&new.board_id), Sums { started: 1, active, ..Sums::default() });
        self.db
            .prepare_cached("INSERT OR IGNORE INTO attempt_owners VALUES (?1, ?2)")?
            .execute([new.attempt_id.as_str(), new.board_id.as_str()])?;
        // An id that was deleted and comes again: what is left of the old one must not be taken for the new one's.
        self.db.execute("DELETE FROM doomed_attempts WHERE attempt_id = ?1", [new.attempt_id.as_str()])?;
        self.db.execute("DELETE FROM attempt_logs WHERE attempt_id = ?1", [new.attempt_id.as_str()])?;
        self.db.execute("DELETE FROM conversation_items WHERE attempt_id = ?1", [new.attempt_id.as_str()])?;
        self.db
            .prepare_cached(
                "INSERT INTO attempts (id, board_id, card_id, agent, profile_id, status, needs_input, branch_name,
                     base_branch, created_at, updated_at, status_ts, created_seq, updated_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?9, ?9, ?10, ?10)",
            )?
            .execute(params![
                new.attempt_id.as_str(),
                new.board_id.as_str(),
                new.card_id.as_str(),
                new.agent,
                new.profile_id.as_ref().map(ProfileId::as_str),
                new.status.as_str(),
                new.branch_name,
                new.base_branch,
                self.now.millis(),
                sql(self.head() + 1),
            ])?;
        Ok(())
    }

    /// The status that a status fact last told of the attempt.
    pub(super) fn said_status(&self, id: &AttemptId) -> Result<Option<AttemptStatus>, TxError> {
        Ok(self
            .db
            .prepare_cached("SELECT said_status FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| stored_maybe(row, 0))?)
    }

    /// An attempt waits for its turn or stands elsewhere.
    pub(super) fn append_status(&mut self, event: DomainEvent, status: &AttemptStatusChanged) -> Result<(), TxError> {
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
    pub(super) fn append_started(&mut self, started: AttemptStarted) -> Result<(), TxError> {
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
    pub(super) fn append_line(&mut self, line: AttemptLog) -> Result<(), TxError> {
        let event = DomainEvent::AttemptLogAppended(line.clone());
        self.append_line_as(&event, &line)
    }

    /// Somebody stopped an attempt: a line that always reads the same.
    pub(super) fn append_stopped(&mut self, board: &BoardId, attempt: &AttemptId, ts: Time) -> Result<(), TxError> {
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
        if let Some(last) = last_line(&line.message) {
            self.db
                .prepare_cached("UPDATE attempts SET last_line = ?2 WHERE id = ?1")?
                .execute([line.attempt_id.as_str(), &last])?;
        }
        self.heard(&line.board_id, &line.attempt_id, seq)
    }

    /// An attempt's conversation grew, or a part of it has a newer version.
    pub(super) fn append_conversation(&mut self, fact: ConversationAppended) -> Result<(), TxError> {
        let (board, id) = (fact.board_id.clone(), fact.attempt_id.clone());
        let card = self.attempt(&board, &id)?.card_id;
        let (item_id, item) = (fact.item.id().to_owned(), to_json(&fact.item));
        let seq = self.append(&DomainEvent::AttemptConversationAppended(fact), Some(&card))?;
        self.db
            .prepare_cached(
                "INSERT INTO conversation_items (attempt_id, first_seq, item_id, item) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (attempt_id, item_id) DO UPDATE SET item = ?4",
            )?
            .execute(params![id.as_str(), sql(seq), item_id, item])?;
        self.heard(&board, &id, seq)
    }

    /// An agent named its session. Nothing new, nothing appended.
    pub(super) fn append_session(&mut self, fact: AttemptSession) -> Result<(), TxError> {
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
    pub(super) fn append_todos(&mut self, fact: AttemptTodos) -> Result<(), TxError> {
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
    pub(super) fn append_pr(&mut self, event: DomainEvent, fact: &AttemptPr) -> Result<(), TxError> {
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

    /// Something was heard of an attempt, by the event `seq`.
    pub(super) fn heard(&mut self, board: &BoardId, attempt: &AttemptId, seq: u64) -> Result<(), TxError> {
        let card: CardId = self
            .db
            .prepare_cached("UPDATE attempts SET updated_at = ?2, updated_seq = ?3 WHERE id = ?1 RETURNING card_id")?
            .query_row(params![attempt.as_str(), self.now.millis(), sql(seq)], |row| stored(row, 0))?;
        let mut fold = self.fold(board)?.clone();
        fold.heard(&card, attempt, seq);
        self.put_fold(fold);
        Ok(())
    }

    /// The fold learns where an attempt stands now.
    fn note_latest(&mut self, board: &BoardId, attempt: &AttemptId) -> Result<(), TxError> {
        let latest = self
            .db
            .prepare_cached(
                "SELECT id, card_id, agent, status, needs_input, started_at, ended_at, error, status_ts, created_seq,
                     updated_seq FROM attempts WHERE id = ?1",
            )?
            .query_row([attempt.as_str()], |row| latest_row(board, row))?;
        let mut fold = self.fold(board)?.clone();
        fold.note(latest);
        self.put_fold(fold);
        Ok(())
    }

    /// Deletes an attempt that is over, with its lines and conversation. Appends nothing.
    ///
    /// # Errors
    /// There is none of that id, or it is at work.
    pub fn remove_attempt(&mut self, id: &AttemptId) -> Result<(), TxError> {
        let attempt = self.attempt_anywhere(id)?.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?;
        if !attempt.status.is_final() {
            return Err(Refusal::conflict("attempt_active", "stop it first").into());
        }
        self.db.execute("INSERT OR IGNORE INTO doomed_attempts VALUES (?1)", [id.as_str()])?;
        self.db.execute("DELETE FROM git_statuses WHERE attempt_id = ?1", [id.as_str()])?;
        self.db.execute("DELETE FROM attempts WHERE id = ?1", [id.as_str()])?;
        let mut fold = self.fold(&attempt.board_id)?.clone();
        fold.latest = load_latest(self.db, &attempt.board_id)?;
        self.put_fold(fold);
        Ok(())
    }
}

impl Read<'_> {
    /// An attempt.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn attempt(&self, id: &AttemptId) -> Result<Attempt, ReadError> {
        let attempt = self
            .db
            .prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?1"))?
            .query_row([id.as_str()], attempt_row)
            .optional()?;
        Ok(attempt.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?)
    }

    /// A board's attempts before `before`, newest first, and where the next page begins.
    ///
    /// # Errors
    /// There is no such board.
    pub fn attempts(
        &self,
        board: &BoardId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Attempt>, Option<u64>), ReadError> {
        self.board_seq(board)?;
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {ATTEMPT}, created_seq FROM attempts WHERE board_id = ?1 AND created_seq < ?2
             ORDER BY created_seq DESC LIMIT ?3"
        ))?;
        let rows = query
            .query_map(params![board.as_str(), sql(before.unwrap_or(u64::MAX)), sql(limit as u64 + 1)], |row| {
                Ok((attempt_row(row)?, row.get::<_, i64>(19)?.unsigned_abs()))
            })?;
        let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map(|(_, seq)| *seq).filter(|_| more);
        Ok((rows.into_iter().map(|(attempt, _)| attempt).collect(), next))
    }

    /// The newest lines before `before`, oldest first, and where the next page begins.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn logs(
        &self,
        id: &AttemptId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<LogLine>, Option<u64>), ReadError> {
        self.attempt(id)?;
        let mut query = self.db.prepare_cached(
            "SELECT seq, ts, level, message FROM attempt_logs WHERE attempt_id = ?1 AND seq < ?2
             ORDER BY seq DESC LIMIT ?3",
        )?;
        let rows =
            query.query_map(params![id.as_str(), sql(before.unwrap_or(u64::MAX)), sql(limit as u64 + 1)], |row| {
                let seq = row.get::<_, i64>(0)?.unsigned_abs();
                Ok((LogLine { seq, ts: time(row, 1)?, level: stored(row, 2)?, message: row.get(3)? }, seq))
            })?;
        Ok(newest_page(rows.collect::<rusqlite::Result<Vec<_>>>()?, limit))
    }

    /// The newest items before `before`, oldest first, and where the next page begins. An item keeps the place of its
    /// first version.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn conversation(
        &self,
        id: &AttemptId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<ConversationItem>, Option<u64>), ReadError> {
        self.attempt(id)?;
        let mut query = self.db.prepare_cached(
            "SELECT item, first_seq FROM conversation_items WHERE attempt_id = ?1 AND first_seq < ?2
             ORDER BY first_seq DESC LIMIT ?3",
        )?;
        let rows = query
            .query_map(params![id.as_str(), sql(before.unwrap_or(u64::MAX)), sql(limit as u64 + 1)], |row| {
                Ok((json(row, 0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?;
        Ok(newest_page(rows.collect::<rusqlite::Result<Vec<_>>>()?, limit))
    }

    /// An attempt's list as last told; an empty one when none was.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn todos(&self, id: &AttemptId) -> Result<Todos, ReadError> {
        self.attempt(id)?;
        let todos: Option<Todos> = self
            .db
            .prepare_cached("SELECT todos FROM attempts WHERE id = ?1")?
            .query_row([id.as_str()], |row| json_maybe(row, 0))?;
        Ok(todos.unwrap_or(Todos { total: 0, completed: 0, items: Vec::new() }))
    }
}

/// From newest first and one too many: oldest first, and where the page before begins.
fn newest_page<T>(mut rows: Vec<(T, u64)>, limit: usize) -> (Vec<T>, Option<u64>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|(_, seq)| *seq).filter(|_| more);
    rows.reverse();
    (rows.into_iter().map(|(item, _)| item).collect(), next)
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
