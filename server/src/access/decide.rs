//! The one place that every request passes: what its route needs against what the caller has.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use boardcast_shared::AttemptId;
use hyper::Method;
use hyper::StatusCode;
use hyper::http::request::Parts;

use super::Access;
use super::gate::Known;
use super::shown::Tickets;
use crate::api::BASE;
use crate::api::problem::Problem;
use crate::api::query::Ids;
use crate::domain::refusal::Refusal;
use crate::domain::rights::{Boards, Right};
use crate::state::AppState;

/// What a route needs of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it tells nothing of boards.
    Nothing,
    /// Any good token.
    Token,
    /// A right, on whichever boards; what is told is cut down to those.
    Some(Right),
    /// A right on the board that the path names.
    Board(Right),
    /// A right on the board of the attempt that the path names.
    Attempt(Right),
    /// A right on all boards.
    All(Right),
}

/// What each route needs.
#[derive(Debug, Clone, Default)]
pub struct Needs(HashMap<(Method, String), Need>);

impl Needs {
    /// The route `path` needs that.
    pub fn note(&mut self, method: Method, path: String, need: Need) {
        self.0.insert((method, path), need);
    }

    /// All of them.
    #[cfg(test)]
    pub fn rows(&self) -> impl Iterator<Item = (&Method, &str, Need)> {
        self.0.iter().map(|((method, path), need)| (method, path.as_str(), *need))
    }

    /// What a request needs. Where nothing is, nobody without a token learns so.
    fn of(&self, parts: &Parts) -> Need {
        let method = if parts.method == Method::HEAD { Method::GET } else { parts.method.clone() };
        let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        match self.0.get(&(method, path.to_owned())) {
            Some(need) => *need,
            None if is_inside(parts.uri.path()) => Need::Token,
            None => Need::Nothing,
        }
    }
}

fn is_inside(path: &str) -> bool {
    path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Lets requests pass that may, with their caller at hand as [`Access`].
pub async fn admit(State((state, needs)): State<(AppState, Arc<Needs>)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let need = needs.of(&parts);
    if need == Need::Nothing {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let Known { access, ticket } = match decide(&state, need, &mut parts).await {
        Ok(known) => known,
        Err(problem) => return problem.into_response(),
    };
    parts.extensions.insert(access);
    let response = next.run(Request::from_parts(parts, body)).await;
    if let Some(ticket) = ticket
        && response.status() == StatusCode::OK
    {
        ticket.spend();
    }
    response
}

async fn decide(state: &AppState, need: Need, parts: &mut Parts) -> Result<Known, Problem> {
    let is_stream = parts.extensions.get::<MatchedPath>().is_some_and(|path| path.as_str().ends_with("/sse"));
    let tickets = if is_stream { Tickets::Taken } else { Tickets::Ignored };
    let known = state.gate.know(parts, tickets).await?;
    let access = &known.access;
    match need {
        Need::Nothing | Need::Token => {}
        Need::Some(right) => access.has(right)?,
        Need::All(right) => access.has_everywhere(right)?,
        Need::Board(right) => {
            let board = Ids::from_request_parts(parts, state).await?.board()?;
            access.has_on(right, &board)?;
        }
        Need::Attempt(right) => {
            let attempt = Ids::from_request_parts(parts, state).await?.attempt()?;
            on_its_board(state, access, right, attempt).await?;
        }
    }
    Ok(known)
}

/// Has the right on the attempt's board, to which it belongs for ever. Others are as if they weren't there.
async fn on_its_board(state: &AppState, access: &Access, right: Right, attempt: AttemptId) -> Result<(), Problem> {
    if *access.boards() != Boards::All {
        let id = attempt.clone();
        let board = state.store.read(move |log| log.attempt_board(&id)).await?;
        if !board.is_some_and(|board| access.knows(&board)) {
            return Err(Refusal::not_found("attempt", attempt.as_str()).into());
        }
    }
    access.has(right)
}
