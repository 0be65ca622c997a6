//! `/stream-tickets`: for streams of those who can't send a header.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use boardcast_shared::Time;
use hyper::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::json;
use crate::access::Access;
use crate::state::AppState;

/// A ticket for one stream.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StreamTicket {
    /// For `?ticket=`.
    ticket: String,
    /// Until when it opens one.
    expires_at: Time,
}

pub async fn create(State(state): State<AppState>, access: Access) -> Response {
    let (ticket, expires_at) = state.gate.ticket(&access);
    (StatusCode::CREATED, json(&StreamTicket { ticket, expires_at })).into_response()
}
