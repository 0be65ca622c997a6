//! `/attempts`: attempts with their lines, conversation and todos.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{Attempt, AttemptId};
use schemars::JsonSchema;
use serde::Serialize;

use super::call::shown;
use super::problem::Problem;
use super::query::{Ids, Query};
use crate::state::AppState;
use crate::store::{Read, ReadError};

/// The newest part of a longer list, or the part before another.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The oldest first.
    items: Vec<T>,
    /// The `before` of the page before this one; null when there is none.
    next_before: Option<u64>,
}

/// The newest attempts, or those before others.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempts {
    /// The newest first.
    attempts: Vec<Attempt>,
    /// The `before` of the next page; null when there is none.
    next_before: Option<u64>,
}

pub async fn list(State(state): State<AppState>, ids: Ids, query: Query) -> Result<Response, Problem> {
    let board = ids.board()?;
    let (before, limit) = (query.before()?, query.limit()?);
    let ((attempts, next_before), head) =
        state.store.read(move |log| Ok((log.attempts(&board, before, limit)?, log.head()))).await?;
    Ok(shown(&state, head, &Attempts { attempts, next_before }))
}

pub async fn show(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let (attempt, (), head) = read(&state, ids.attempt()?, |_, _| Ok(())).await?;
    Ok(shown(&state, head, &attempt))
}

pub async fn logs(State(state): State<AppState>, ids: Ids, query: Query) -> Result<Response, Problem> {
    let (before, limit) = (query.before()?, query.limit()?);
    let page = move |log: &Read<'_>, attempt: &Attempt| log.logs(&attempt.id, before, limit);
    let (_, (items, next_before), head) = read(&state, ids.attempt()?, page).await?;
    Ok(shown(&state, head, &Page { items, next_before }))
}

pub async fn conversation(State(state): State<AppState>, ids: Ids, query: Query) -> Result<Response, Problem> {
    let (before, limit) = (query.before()?, query.limit()?);
    let page = move |log: &Read<'_>, attempt: &Attempt| log.conversation(&attempt.id, before, limit);
    let (_, (items, next_before), head) = read(&state, ids.attempt()?, page).await?;
    Ok(shown(&state, head, &Page { items, next_before }))
}

pub async fn todos(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let (_, todos, head) = read(&state, ids.attempt()?, |log, attempt| log.todos(&attempt.id)).await?;
    Ok(shown(&state, head, &todos))
}

/// An attempt that the caller may read, with something more of it, and where the log stands.
pub(super) async fn read<T: Send + 'static>(
    state: &AppState,
    id: AttemptId,
    more: impl FnOnce(&Read<'_>, &Attempt) -> Result<T, ReadError> + Send + 'static,
) -> Result<(Attempt, T, u64), Problem> {
    let read = move |log: &Read<'_>| {
        let attempt = log.attempt(&id)?;
        let more = more(log, &attempt)?;
        Ok((attempt, more, log.head()))
    };
    let (attempt, more, head) = state.store.read(read).await?;
    Ok((attempt, more, head))
}
