//! Who is who: the operator's token, the others, and browsers that have signed in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use boardcast_shared::{Time, TokenId, random_token};
use hyper::StatusCode;
use hyper::http::request::Parts;
use subtle::ConstantTimeEq;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Access;
use super::grant::{Grant, Holder};
use super::patience::Patience;
use super::shown::{self, SessionCookie, Shown};
use super::tickets::{self, Taken, Tickets};
use crate::api::problem::Problem;
use crate::clock::Clock;
use crate::domain::rights::Scope;
use crate::http::caller::Caller;
use crate::store::{KnownSession, KnownToken, ReadError, Secret, Store, WriteError};

/// How long a browser stays signed in.
const SESSION_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How long nobody looks whether a token has expired; clocks can be set.
const LOOK: Duration = Duration::from_secs(60);

/// A text that nobody can guess, beginning with `prefix`.
pub(super) fn random_secret(prefix: &str) -> String {
    format!("{prefix}{}{}", random_token(), random_token())
}

/// Who is who. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    cookie: SessionCookie,
    // Everybody while there is no operator's token.
    local: Arc<Grant>,
    operator: Option<Arc<Grant>>,
    people: RwLock<People>,
    tickets: Tickets,
    patience: Patience,
    changed: Notify,
}

#[derive(Default)]
struct People {
    // By hash: that of a guess begins like that of a token only by chance, so the time of a look tells nothing.
    tokens: HashMap<Secret, Arc<Grant>>,
    sessions: HashMap<Secret, Session>,
}

#[derive(Clone)]
struct Session {
    grant: Arc<Grant>,
    ended: CancellationToken,
    expires_at: Time,
}

/// A caller, and the ticket that it showed.
pub struct Known {
    /// With its rights.
    pub access: Access,
    /// In use by this request alone.
    pub ticket: Option<Taken>,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub label: String,
    /// What it allows.
    pub scope: Scope,
    /// From then on it is good for nothing.
    pub expires_at: Option<Time>,
}

/// A token as lists show it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Listed {
    pub id: TokenId,
    pub label: String,
    pub scope: Scope,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    pub last_used_at: Option<Time>,
}

impl Gate {
    /// Without an operator's token everybody has all rights. Nobody else is known yet.
    #[must_use]
    pub fn new(store: &Store, clock: &Clock, operator: Option<&str>, cookie: SessionCookie) -> Self {
        Self(Arc::new(Inner {
            store: store.clone(),
            clock: clock.clone(),
            cookie,
            local: Arc::new(Grant::local()),
            operator: operator.map(|token| Arc::new(Grant::operator(Secret::of(token)))),
            people: RwLock::default(),
            tickets: Tickets::default(),
            patience: Patience::default(),
            changed: Notify::new(),
        }))
    }

    /// Knows those whom the store knows.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn load(&self) -> Result<(), ReadError> {
        let (tokens, sessions) = self.0.store.read(|log| Ok((log.tokens()?, log.sessions()?))).await?;
        for token in tokens {
            self.let_in(token);
        }
        for session in sessions {
            // What was made with an earlier token of the operator's is over.
            if let Some(grant) = self.holder_of(session.token) {
                self.remember(&session, grant);
            }
        }
        Ok(())
    }

    fn people(&self) -> RwLockReadGuard<'_, People> {
        self.0.people.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, People> {
        self.0.people.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn let_in(&self, token: KnownToken) {
        self.change().tokens.insert(token.secret, Arc::new(Grant::of(token)));
        self.0.changed.notify_one();
    }

    fn remember(&self, session: &KnownSession, grant: Arc<Grant>) {
        let ended = grant.ended.child_token();
        let kept = Session { grant, ended, expires_at: session.expires_at };
        self.change().sessions.insert(session.secret, kept);
        self.0.changed.notify_one();
    }

    /// The cookie of sessions.
    #[must_use]
    pub fn cookie(&self) -> &SessionCookie {
        &self.0.cookie
    }

    fn holder_of(&self, secret: Secret) -> Option<Arc<Grant>> {
        let is_same = |grant: &&Arc<Grant>| grant.secret.is_some_and(|own| bool::from(own.0.ct_eq(&secret.0)));
        let operator = self.0.operator.as_ref().filter(is_same).cloned();
        operator.or_else(|| self.people().tokens.get(&secret).cloned())
    }

    /// Who makes a request, by what it shows.
    ///
    /// # Errors
    /// 401 when it shows nothing that is good, 429 after too many of those.
    pub async fn know(&self, parts: &Parts, tickets: shown::Tickets) -> Result<Known, Problem> {
        let Some(_) = &self.0.operator else {
            let mut access = Access::new(self.0.local.clone(), None, self.0.local.ended.clone());
            // Browsers say so themselves [Fetch Metadata]; nothing else hangs on it.
            access.is_page = parts.headers.contains_key("sec-fetch-site");
            return Ok(Known { access, ticket: None });
        };
        let shown = Shown::of(parts, &self.0.cookie, tickets);
        if shown == Shown::Nothing {
            return Err(super::unauthorized("this needs a token"));
        }
        let address = parts.extensions.get::<Caller>().copied().unwrap_or_default().address;
        self.0.patience.looks_at(address, self.0.clock.elapsed())?;
        let known = self.find(shown).filter(|known| known.access.is_good(self.0.clock.now()));
        match known {
            Some(known) => {
                known.access.grant.is_used(self.0.clock.now());
                Ok(known)
            }
            None => Err(self.wrong(address).await),
        }
    }

    async fn wrong(&self, address: IpAddr) -> Problem {
        self.0.patience.wrong(address, &self.0.clock, "this token is not, or no longer, good").await
    }

    fn find(&self, shown: Shown) -> Option<Known> {
        match shown {
            Shown::Nothing | Shown::Unreadable => None,
            Shown::Token(token) => {
                let grant = self.holder_of(Secret::of(&token))?;
                let ended = grant.ended.clone();
                Some(Known { access: Access::new(grant, None, ended), ticket: None })
            }
            Shown::Cookie(value) => {
                let secret = Secret::of(&value);
                let session = self.people().sessions.get(&secret).cloned()?;
                let is_over = self.0.clock.now() >= session.expires_at;
                let access = Access::new(session.grant, Some(secret), session.ended);
                (!is_over).then_some(Known { access, ticket: None })
            }
            Shown::Ticket(ticket) => {
                let (access, ticket) = self.0.tickets.take(&ticket, self.0.clock.elapsed())?;
                Some(Known { access, ticket: Some(ticket) })
            }
        }
    }

    /// Makes a token; gives its name and the token itself, which is kept nowhere.
    ///
    /// # Errors
    /// 403 when it would allow more than its maker may, 422 for a board that isn't there or a time that is over.
    pub async fn issue(&self, maker: &Access, new: NewToken) -> Result<(TokenId, String), Problem> {
        if !maker.scope().includes(&new.scope) {
            let detail = "a token can't allow more than the one that makes it";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail));
        }
        let now = self.0.clock.now();
        if new.expires_at.is_some_and(|end| end <= now) {
            let detail = "expiresAt: is over already";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "expired_already", detail).at("expiresAt"));
        }
        let token = random_secret("bc_");
        let known = KnownToken {
            id: TokenId::random(),
            secret: Secret::of(&token),
            label: new.label,
            scope: new.scope,
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
        };
        let (kept, id) = (known.clone(), known.id.clone());
        let gate = self.clone();
        // To its end, also when the caller goes away: what is stored is known.
        let made = tokio::spawn(async move {
            gate.0.store.write(move |tx| tx.create_token(&kept)).await?;
            gate.let_in(known);
            Ok::<_, WriteError>(())
        });
        made.await??;
        Ok((id, token))
    }

    /// All tokens but the operator's, the oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        let people = self.people();
        let listed = people.tokens.values().filter_map(|grant| {
            let (Holder::Token(id), Some(created_at)) = (&grant.holder, grant.created_at) else { return None };
            Some(Listed {
                id: id.clone(),
                label: grant.label.clone(),
                scope: grant.scope.clone(),
                created_at,
                expires_at: grant.expires_at,
                last_used_at: grant.last_used(),
            })
        });
        let mut listed: Vec<Listed> = listed.collect();
        listed.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| a.id.cmp(&b.id)));
        listed
    }

    /// Withdraws a token: it is good for nothing from now on, and what it opened ends.
    ///
    /// # Errors
    /// 404.
    pub async fn withdraw(&self, id: TokenId) -> Result<(), Problem> {
        let gate = self.clone();
        let withdrawn = tokio::spawn(async move {
            let gone = id.clone();
            gate.0.store.write(move |tx| tx.delete_token(&gone)).await?;
            let mut people = gate.change();
            for (_, grant) in people.tokens.extract_if(|_, grant| grant.holder == Holder::Token(id.clone())) {
                grant.ended.cancel();
            }
            people.sessions.retain(|_, session| !session.ended.is_cancelled());
            Ok::<_, WriteError>(())
        });
        Ok(withdrawn.await??)
    }

    /// Signs a browser in with a token; gives the cookie's value and when it ends.
    ///
    /// # Errors
    /// 401, 429 after too many of those.
    pub async fn sign_in(&self, token: &str, address: IpAddr) -> Result<(String, Time), Problem> {
        self.0.patience.looks_at(address, self.0.clock.elapsed())?;
        let now = self.0.clock.now();
        let token = Secret::of(token);
        let Some(grant) = self.holder_of(token).filter(|grant| grant.is_good(now)) else {
            return Err(self.wrong(address).await);
        };
        grant.is_used(now);
        let longest = Time::from_millis(now.millis() + SESSION_MILLIS);
        let expires_at = grant.expires_at.map_or(longest, |end| end.min(longest));
        let value = random_secret("");
        let session = KnownSession { secret: Secret::of(&value), token, expires_at };
        let gate = self.clone();
        let begun = tokio::spawn(async move {
            let gone = gate.0.store.write(move |tx| tx.begin_session(&session)).await?;
            gate.remember(&session, grant);
            for session in gone {
                gate.end(session);
            }
            Ok::<_, WriteError>(())
        });
        begun.await??;
        Ok((value, expires_at))
    }

    fn end(&self, session: Secret) {
        if let Some(session) = self.change().sessions.remove(&session) {
            session.ended.cancel();
        }
    }

    /// Ends the session of a caller that came with its cookie; others have none.
    ///
    /// # Errors
    /// The store isn't available.
    pub async fn sign_out(&self, access: &Access) -> Result<(), Problem> {
        let Some(session) = access.session else { return Ok(()) };
        let gate = self.clone();
        let ended = tokio::spawn(async move {
            gate.0.store.write(move |tx| tx.end_session(session)).await?;
            gate.end(session);
            Ok::<_, WriteError>(())
        });
        Ok(ended.await??)
    }

    /// A ticket for one stream, and until when it is good.
    #[must_use]
    pub fn ticket(&self, access: &Access) -> (String, Time) {
        let good = i64::try_from(tickets::GOOD.as_millis()).unwrap_or(i64::MAX);
        let expires_at = Time::from_millis(self.0.clock.now().millis() + good);
        (self.0.tickets.issue(access, self.0.clock.elapsed()), expires_at)
    }

    /// Ends what has expired, at its time, for ever.
    pub async fn keep_time(&self) {
        loop {
            let now = self.0.clock.now();
            let next = self.expire(now);
            let wait = next.map_or(LOOK, |next| {
                let millis = u64::try_from(next.millis() - now.millis()).unwrap_or(0);
                Duration::from_millis(millis).min(LOOK)
            });
            tokio::select! {
                () = self.0.clock.until(self.0.clock.elapsed() + wait) => {}
                () = self.0.changed.notified() => {}
            }
        }
    }

    /// Ends what has expired; tells when the next does.
    fn expire(&self, now: Time) -> Option<Time> {
        let mut people = self.change();
        people.sessions.retain(|_, session| {
            let good = now < session.expires_at;
            if !good {
                session.ended.cancel();
            }
            good
        });
        // An expired token stays in the list until somebody withdraws it.
        let expiring = people.tokens.values().filter(|grant| !grant.ended.is_cancelled());
        let (over, coming): (Vec<_>, Vec<_>) =
            expiring.filter(|grant| grant.expires_at.is_some()).partition(|grant| !grant.is_good(now));
        for grant in over {
            grant.ended.cancel();
        }
        let tokens = coming.iter().filter_map(|grant| grant.expires_at);
        tokens.chain(people.sessions.values().map(|session| session.expires_at)).min()
    }

    /// Tells the store when tokens were used last, each at most once a minute.
    ///
    /// # Errors
    /// The store isn't available.
    pub async fn note_uses(&self) -> Result<(), WriteError> {
        let uses: Vec<_> = self.people().tokens.values().filter_map(|grant| grant.unnoted_use()).collect();
        if uses.is_empty() { Ok(()) } else { self.0.store.write(move |tx| tx.note_uses(&uses)).await }
    }
}
