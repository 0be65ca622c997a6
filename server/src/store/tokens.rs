//! Tokens and sessions: what they allow, and their hashes; never they themselves.

use std::fmt;

use boardcast_shared::{Time, TokenId};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::folds::{json, stored, to_json};
use super::reads::{Read, ReadError, time, time_maybe};
use super::tx::{Tx, TxError};
use crate::domain::refusal::Refusal;
use crate::domain::rights::{Boards, Scope};

/// The most browsers that are signed in with one token; the longest signed in makes room.
const SESSIONS: u32 = 100;

/// SHA-256 of a token or of a cookie: it can be recognised by that, but not made from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret(pub [u8; 32]);

impl Secret {
    /// Of what somebody shows.
    #[must_use]
    pub fn of(shown: &str) -> Self {
        Self(Sha256::digest(shown).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A token, as it is kept.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct KnownToken {
    pub id: TokenId,
    pub secret: Secret,
    pub label: String,
    pub scope: Scope,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    pub last_used_at: Option<Time>,
}

/// A browser that has signed in.
#[derive(Debug, Clone, Copy)]
pub struct KnownSession {
    /// Of the cookie.
    pub secret: Secret,
    /// Of the token that it was made with.
    pub token: Secret,
    /// When it ends at the latest.
    pub expires_at: Time,
}

impl Read<'_> {
    /// All tokens, the oldest first.
    ///
    /// # Errors
    /// The disk refused.
    pub fn tokens(&self) -> Result<Vec<KnownToken>, ReadError> {
        let mut query = self.db.prepare_cached(
            "SELECT token_id, hash, label, rights, boards, created_at, expires_at, last_used_at FROM tokens
             ORDER BY created_at, token_id",
        )?;
        let tokens = query.query_map([], token)?;
        Ok(tokens.collect::<rusqlite::Result<_>>()?)
    }

    /// All sessions.
    ///
    /// # Errors
    /// The disk refused.
    pub fn sessions(&self) -> Result<Vec<KnownSession>, ReadError> {
        let mut query = self.db.prepare_cached("SELECT hash, token_hash, expires_at FROM sessions")?;
        let sessions = query.query_map([], |row| {
            Ok(KnownSession { secret: secret(row, 0)?, token: secret(row, 1)?, expires_at: time(row, 2)? })
        })?;
        Ok(sessions.collect::<rusqlite::Result<_>>()?)
    }
}

fn token(row: &Row<'_>) -> rusqlite::Result<KnownToken> {
    Ok(KnownToken {
        id: stored(row, 0)?,
        secret: secret(row, 1)?,
        label: row.get(2)?,
        scope: Scope { rights: json(row, 3)?, boards: json(row, 4)? },
        created_at: time(row, 5)?,
        expires_at: time_maybe(row, 6)?,
        last_used_at: time_maybe(row, 7)?,
    })
}

fn secret(row: &Row<'_>, at: usize) -> rusqlite::Result<Secret> {
    row.get(at).map(Secret)
}

impl Tx<'_> {
    /// Keeps a new token.
    ///
    /// # Errors
    /// One of its boards isn't there.
    pub fn create_token(&mut self, new: &KnownToken) -> Result<(), TxError> {
        if let Boards::Only(boards) = &new.scope.boards {
            let mut known = self.db.prepare_cached("SELECT 1 FROM boards WHERE id = ?1")?;
            for board in boards {
                if known.query_row([board.as_str()], |_| Ok(())).optional()?.is_none() {
                    let detail = format!("there is no board {board}");
                    return Err(Refusal::invalid("unknown_board", "boards", detail).into());
                }
            }
        }
        self.db.prepare_cached("INSERT INTO tokens VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)")?.execute(params![
            new.id.as_str(),
            new.secret.0,
            new.label,
            to_json(&new.scope.rights),
            to_json(&new.scope.boards),
            new.created_at.millis(),
            new.expires_at.map(Time::millis)
        ])?;
        Ok(())
    }

    /// Forgets a token and its sessions.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn delete_token(&mut self, id: &TokenId) -> Result<(), TxError> {
        let hash: Option<[u8; 32]> = self
            .db
            .prepare_cached("DELETE FROM tokens WHERE token_id = ?1 RETURNING hash")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        let Some(hash) = hash else { return Err(Refusal::not_found("token", id.as_str()).into()) };
        self.db.execute("DELETE FROM sessions WHERE token_hash = ?1", [hash])?;
        Ok(())
    }

    /// Keeps when tokens were used last.
    ///
    /// # Errors
    /// The disk refused.
    pub fn note_uses(&mut self, uses: &[(TokenId, Time)]) -> Result<(), TxError> {
        let mut note = self.db.prepare_cached("UPDATE tokens SET last_used_at = ?2 WHERE token_id = ?1")?;
        for (id, at) in uses {
            note.execute(params![id.as_str(), at.millis()])?;
        }
        Ok(())
    }

    /// Keeps a new session; gives those that made room for it.
    ///
    /// # Errors
    /// The disk refused.
    pub fn begin_session(&mut self, new: &KnownSession) -> Result<Vec<Secret>, TxError> {
        self.db.execute("DELETE FROM sessions WHERE expires_at <= ?1", [self.now.millis()])?;
        self.db.prepare_cached("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            new.secret.0,
            new.token.0,
            self.now.millis(),
            new.expires_at.millis()
        ])?;
        let mut excess = self.db.prepare_cached(
            "DELETE FROM sessions WHERE hash IN
                 (SELECT hash FROM sessions WHERE token_hash = ?1 ORDER BY created_at DESC, hash LIMIT -1 OFFSET ?2)
             RETURNING hash",
        )?;
        let gone = excess.query_map(params![new.token.0, SESSIONS], |row| secret(row, 0))?;
        Ok(gone.collect::<rusqlite::Result<_>>()?)
    }

    /// Forgets a session.
    ///
    /// # Errors
    /// The disk refused.
    pub fn end_session(&mut self, session: Secret) -> Result<(), TxError> {
        self.db.execute("DELETE FROM sessions WHERE hash = ?1", [session.0])?;
        Ok(())
    }
}
