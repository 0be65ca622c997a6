//! First answers, for requests that are repeated: the key and the answer are part of the write's own transaction.

use boardcast_shared::{BoardId, CardId};
use rusqlite::{OptionalExtension, params};

use super::tx::{Tx, TxError, sql};
use crate::domain::actor::Actor;
use crate::domain::refusal::Refusal;

/// How long an answer is kept.
pub(super) const KEPT_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// In the place of a status: it is being done.
const BEGUN: u16 = 0;

/// A request that may come again.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Whose key it is: caller, method and path.
    pub scope: String,
    /// The caller's key.
    pub key: String,
    /// Fingerprint of query and body: the same key with another request is an error.
    pub request: [u8; 32],
}

/// What a write comes from.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Who.
    pub by: Actor,
    /// The request, when it may come again.
    pub once: Option<Idempotency>,
}

/// What an answer tells of; when that is deleted, the kept answer loses its text.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The board.
    pub board: Option<BoardId>,
    /// One card of it; none for an answer about the whole board.
    pub card: Option<CardId>,
}

/// The answer to a write.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status, 2xx.
    pub status: u16,
    /// The document, `None` for an answer without one.
    pub body: Option<Vec<u8>>,
    /// The version of what the answer shows.
    pub etag: Option<String>,
    /// What it tells of.
    pub subject: Subject,
    /// The last event of the write; none when it appended nothing.
    pub seq: Option<u64>,
    /// Whether this answer was given before.
    pub replayed: bool,
}

impl Answer {
    /// An answer with a document.
    #[must_use]
    pub fn json<T: serde::Serialize>(status: u16, document: &T, subject: Subject) -> Self {
        let body = serde_json::to_vec(document).expect("plain data serializes");
        Self { status, body: Some(body), etag: None, subject, seq: None, replayed: false }
    }

    /// 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: 204, body: None, etag: None, subject: Subject::default(), seq: None, replayed: false }
    }

    /// The same answer with a version.
    #[must_use]
    pub fn with_etag(self, etag: String) -> Self {
        Self { etag: Some(etag), ..self }
    }
}

impl Tx<'_> {
    /// The command's answer; the first one again when the same request came before under its key.
    ///
    /// # Errors
    /// The command's own, and a key that came with another request.
    pub fn answer_once<F>(&mut self, cause: Cause, command: F) -> Result<Answer, TxError>
    where
        F: FnOnce(&mut Self) -> Result<Answer, TxError>,
    {
        self.act_for(&cause.by);
        let once = cause.once;
        if let Some(once) = &once
            && let Some(first) = self.first_answer(once)?
        {
            return Ok(first);
        }
        let before = self.head();
        let mut answer = command(self)?;
        answer.seq = (self.head() > before).then(|| self.head());
        if let Some(once) = once {
            self.keep_answer(&once, &answer)?;
        }
        Ok(answer)
    }

    /// Notes the key of what is about to be done outside the database. Gives the first answer when it was done before.
    ///
    /// # Errors
    /// The key came with another request, or belongs to one of which nobody knows how it ended.
    pub fn begin_once(&mut self, once: &Idempotency) -> Result<Option<Answer>, TxError> {
        if let Some(first) = self.first_answer(once)? {
            return Ok(Some(first));
        }
        self.keep_answer(once, &Answer { status: BEGUN, ..Answer::nothing() })?;
        Ok(None)
    }

    /// What was done outside the database is answered; without an answer it may be tried again.
    ///
    /// # Errors
    /// The disk refused.
    pub fn finish_once(&mut self, once: &Idempotency, answer: Option<&Answer>) -> Result<(), TxError> {
        if let Some(answer) = answer {
            return self.keep_answer(once, answer);
        }
        self.db.execute("DELETE FROM idempotency WHERE scope = ?1 AND key = ?2", [&once.scope, &once.key])?;
        Ok(())
    }

    fn first_answer(&mut self, once: &Idempotency) -> Result<Option<Answer>, TxError> {
        let known = self
            .db
            .prepare_cached(
                "SELECT request, status, body, etag, seq FROM idempotency WHERE scope = ?1 AND key = ?2 AND time > ?3",
            )?
            .query_row(params![once.scope, once.key, self.now.millis() - KEPT_MILLIS], |row| {
                Ok((
                    row.get::<_, Vec<u8>>(0)?,
                    Answer {
                        status: row.get(1)?,
                        body: row.get(2)?,
                        etag: row.get(3)?,
                        subject: Subject::default(),
                        seq: row.get::<_, Option<i64>>(4)?.map(i64::unsigned_abs),
                        replayed: true,
                    },
                ))
            })
            .optional()?;
        let Some((request, answer)) = known else { return Ok(None) };
        if request != once.request {
            let detail = "this key came before with another request";
            return Err(Refusal::invalid("idempotency_key_reused", "Idempotency-Key", detail).into());
        }
        if answer.status == BEGUN {
            let detail = "the server was cut off while it did this: look whether it was done";
            return Err(Refusal::conflict("outcome_unknown", detail).into());
        }
        if answer.body.is_none() && answer.status != 204 {
            let detail = "the request was carried out; what it answered has been deleted since";
            return Err(Refusal::conflict("answer_deleted", detail).into());
        }
        Ok(Some(answer))
    }

    fn keep_answer(&mut self, once: &Idempotency, answer: &Answer) -> Result<(), TxError> {
        let subject = &answer.subject;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO idempotency VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
            .execute(params![
                once.scope,
                once.key,
                once.request,
                answer.status,
                answer.body,
                answer.etag,
                answer.seq.map(sql),
                subject.board.as_ref().map(BoardId::as_str),
                subject.card.as_ref().map(CardId::as_str),
                self.now.millis()
            ])?;
        Ok(())
    }
}
