//! A token's rights while it is good.

use std::sync::atomic::{AtomicI64, Ordering};

use boardcast_shared::{Time, TokenId};
use tokio_util::sync::CancellationToken;

use crate::domain::rights::Scope;
use crate::store::{KnownToken, Secret};

/// How long a use is only remembered in memory, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// Whose rights these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Everybody on this machine, while there is no operator's token.
    Local,
    /// Whoever runs the server.
    Operator,
    /// Whoever was given a token.
    Token(TokenId),
}

/// A token's rights, and until when.
#[derive(Debug)]
pub struct Grant {
    pub holder: Holder,
    pub label: String,
    pub secret: Option<Secret>,
    pub scope: Scope,
    pub created_at: Option<Time>,
    pub expires_at: Option<Time>,
    /// Cancelled when it is withdrawn or has expired.
    pub ended: CancellationToken,
    // Milliseconds since 1970, 0 for never; and what of it the store knows.
    last_used: AtomicI64,
    noted: AtomicI64,
}

impl Grant {
    fn unbounded(holder: Holder, label: &str, secret: Option<Secret>) -> Self {
        Self {
            holder,
            label: label.into(),
            secret,
            scope: Scope::all(),
            created_at: None,
            expires_at: None,
            ended: CancellationToken::new(),
            last_used: AtomicI64::new(0),
            noted: AtomicI64::new(0),
        }
    }

    /// All rights for everybody.
    pub fn local() -> Self {
        Self::unbounded(Holder::Local, "local", None)
    }

    /// All rights for whoever has the operator's token.
    pub fn operator(secret: Secret) -> Self {
        Self::unbounded(Holder::Operator, "operator", Some(secret))
    }

    /// What a token allows.
    pub fn of(token: KnownToken) -> Self {
        let last_used = token.last_used_at.map_or(0, Time::millis);
        Self {
            holder: Holder::Token(token.id),
            label: token.label,
            secret: Some(token.secret),
            scope: token.scope,
            created_at: Some(token.created_at),
            expires_at: token.expires_at,
            ended: CancellationToken::new(),
            last_used: AtomicI64::new(last_used),
            noted: AtomicI64::new(last_used),
        }
    }

    /// Different for each.
    pub fn name(&self) -> &str {
        match &self.holder {
            Holder::Local => "",
            // No id is a star.
            Holder::Operator => "*",
            Holder::Token(id) => id.as_str(),
        }
    }

    pub fn is_good(&self, now: Time) -> bool {
        !self.ended.is_cancelled() && self.expires_at.is_none_or(|end| now < end)
    }

    pub fn is_used(&self, now: Time) {
        self.last_used.store(now.millis(), Ordering::Relaxed);
    }

    pub fn last_used(&self) -> Option<Time> {
        Some(self.last_used.load(Ordering::Relaxed)).filter(|at| *at > 0).map(Time::from_millis)
    }

    /// Its last use, when the store should hear of it.
    pub fn unnoted_use(&self) -> Option<(TokenId, Time)> {
        let Holder::Token(id) = &self.holder else { return None };
        let used = self.last_used.load(Ordering::Relaxed);
        if used < self.noted.load(Ordering::Relaxed) + NOTED_EVERY {
            return None;
        }
        self.noted.store(used, Ordering::Relaxed);
        Some((id.clone(), Time::from_millis(used)))
    }
}
