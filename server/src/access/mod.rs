//! Who may do what: decided in one place that every request passes, from one table.
//!
//! ```text
//! decide.rs   the place: what the route needs against what the caller has
//! gate.rs     who is who: tokens and sessions, made, found, withdrawn
//! shown.rs    what a request shows: a token, a cookie, a ticket
//! grant.rs    a token's rights while it is good
//! tickets.rs  tickets, each for one stream
//! patience.rs those who guess wait
//! ```
//!
//! Without an operator's token everybody on this machine has all rights, and `serve` refuses to listen beyond it.

pub mod decide;
mod gate;
mod grant;
mod patience;
mod shown;
mod tickets;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use boardcast_shared::{Board, BoardId, Time};
use hyper::StatusCode;
use hyper::http::request::Parts;
use tokio_util::sync::CancellationToken;

use crate::api::problem::Problem;
use crate::domain::actor::{Actor, ActorKind};
use crate::domain::refusal::Refusal;
use crate::domain::rights::{Boards, Right, Scope};
use crate::state::AppState;
use crate::store::Secret;

pub use gate::{Gate, Listed, NewToken};
pub use shown::SessionCookie;

use grant::{Grant, Holder};

/// A caller with its rights. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Access {
    grant: Arc<Grant>,
    session: Option<Secret>,
    is_page: bool,
    ended: CancellationToken,
}

impl Access {
    fn new(grant: Arc<Grant>, session: Option<Secret>, ended: CancellationToken) -> Self {
        Self { grant, is_page: session.is_some(), session, ended }
    }

    fn scope(&self) -> &Scope {
        &self.grant.scope
    }

    /// Has the right, on whichever boards.
    ///
    /// # Errors
    /// 403.
    pub fn has(&self, right: Right) -> Result<(), Problem> {
        if self.scope().has(right) { Ok(()) } else { Err(forbidden(right)) }
    }

    /// Has the right on the board.
    ///
    /// # Errors
    /// 404 for a board that isn't one of its, as if it weren't there; 403 for a missing right.
    pub fn has_on(&self, right: Right, board: &BoardId) -> Result<(), Problem> {
        if !self.scope().boards.hold(board) {
            return Err(Refusal::not_found("board", board.as_str()).into());
        }
        self.has(right)
    }

    /// Has the right on all boards.
    ///
    /// # Errors
    /// 403.
    pub fn has_everywhere(&self, right: Right) -> Result<(), Problem> {
        self.has(right)?;
        if self.scope().has_everywhere(right) {
            return Ok(());
        }
        let detail = format!("this needs the right {} on all boards", right.word());
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
    }

    /// The boards of a stream, each of which the caller must be able to read.
    ///
    /// # Errors
    /// 404 for a board that it may not read: it learns nothing of it.
    pub fn readable(&self, boards: Vec<BoardId>) -> Result<Vec<BoardId>, Problem> {
        let check = |board: &BoardId| self.has_on(Right::Read, board);
        boards.iter().try_for_each(check).map_err(|problem| problem.naming_board(&boards))?;
        Ok(boards)
    }

    /// Whether the board is one of its.
    #[must_use]
    pub fn knows(&self, board: &BoardId) -> bool {
        self.scope().boards.hold(board)
    }

    /// Those of the boards that it may read.
    #[must_use]
    pub fn visible(&self, mut boards: Vec<Board>) -> Vec<Board> {
        boards.retain(|board| self.knows(&board.id));
        boards
    }

    /// The boards of which lists, counts and the dashboard tell it.
    #[must_use]
    pub fn boards(&self) -> &Boards {
        &self.scope().boards
    }

    /// Who it is, for what is kept by caller. Not for showing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.grant.name()
    }

    /// Who it is, for the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let kind = match &self.grant.holder {
            _ if self.is_page => ActorKind::Page,
            Holder::Local => ActorKind::Local,
            Holder::Operator => ActorKind::Operator,
            Holder::Token(_) => ActorKind::Token,
        };
        let is_named = matches!(self.grant.holder, Holder::Token(_));
        Actor { name: is_named.then(|| self.grant.label.clone()), ..Actor::of(kind) }
    }

    /// Whether its rights can end: the operator's don't before the server does.
    #[must_use]
    pub fn may_end(&self) -> bool {
        self.session.is_some() || matches!(self.grant.holder, Holder::Token(_))
    }

    /// Cancelled when the token is withdrawn or expires, or the session ends.
    #[must_use]
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    fn is_good(&self, now: Time) -> bool {
        !self.ended.is_cancelled() && self.grant.is_good(now)
    }
}

fn forbidden(right: Right) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", format!("this needs the right {}", right.word()))
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
}

impl FromRequestParts<AppState> for Access {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        // Put there by the place that every request passes; a route that needs nothing has no caller.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| unauthorized("this needs a token"))
    }
}
