//! `/boards/{board}/events`: a board's log with the agent events.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{AttemptId, CardId, Cursor, Time, parse_seq};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::call::shown;
use super::problem::Problem;
use super::query::{Ids, Query};
use crate::domain::actor::Actor;
use crate::domain::refusal::Refusal;
use crate::state::AppState;
use crate::store::{self, EventQuery, LoggedEvent};

/// A part of a board's log.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Events")]
pub struct Page<'a> {
    events: Vec<Event<'a>>,
    /// There are more in the direction that was asked for.
    more: bool,
}

/// An event of the log.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Event<'a> {
    /// Its cursor.
    id: String,
    /// Its number in the log.
    seq: u64,
    #[serde(rename = "type")]
    /// Its name in the domain.
    kind: &'a str,
    time: Time,
    /// The data of its frame on the stream.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    data: &'a RawValue,
    /// Who caused it; null for what an earlier version wrote.
    actor: Option<&'a Actor>,
}

pub async fn list(State(state): State<AppState>, ids: Ids, query: Query) -> Result<Response, Problem> {
    let board = ids.board()?;
    let asked = EventQuery {
        after: position(&state, &query, "after")?,
        before: position(&state, &query, "before")?,
        card: id(&query, "cardId", CardId::parse)?,
        attempt: id(&query, "attemptId", AttemptId::parse)?,
        limit: query.limit()?,
    };
    let (page, head) = state.store.read(move |log| Ok((log.events(&board, &asked)?, log.head()))).await?;
    let epoch = state.store.epoch();
    let events = page.events.iter().map(|event| {
        let LoggedEvent { seq, kind, time, data, actor } = event;
        let id = Cursor { epoch: epoch.to_owned(), seq: *seq }.to_string();
        let data = serde_json::from_slice(data)?;
        Ok(Event { id, seq: *seq, kind, time: *time, data, actor: actor.as_ref() })
    });
    let events = events.collect::<Result<Vec<_>, serde_json::Error>>().map_err(|error| {
        tracing::error!(%error, "an event in the log can't be read");
        Problem::new(hyper::StatusCode::INTERNAL_SERVER_ERROR, "internal", "the log can't be read")
    })?;
    Ok(shown(&state, head, &Page { events, more: page.more }))
}

/// A place in the log: a seq or a cursor.
fn position(state: &AppState, query: &Query, name: &str) -> Result<Option<u64>, Problem> {
    let Some(text) = query.get(name) else { return Ok(None) };
    if let Some(seq) = parse_seq(text) {
        return Ok(Some(seq));
    }
    match Cursor::parse(text) {
        Some(cursor) if cursor.epoch == state.store.epoch() => Ok(Some(cursor.seq)),
        Some(_) => Err(Problem::from(Refusal { field: Some(name.to_owned()), ..store::trimmed() })),
        None => {
            let detail = format!("{name} must be a seq or a cursor");
            Err(Problem::bad_request("bad_cursor", detail).at(name))
        }
    }
}

fn id<T, E>(query: &Query, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, Problem> {
    let parsed = query.get(name).map(parse).transpose();
    parsed.map_err(|_| Problem::bad_parameter(name, "is not an id"))
}
