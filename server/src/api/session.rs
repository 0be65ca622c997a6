//! `/session`: a browser signs in and out.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hyper::StatusCode;
use hyper::header::SET_COOKIE;
use schemars::JsonSchema;
use serde::Deserialize;

use super::body::Plain;
use super::problem::Problem;
use crate::access::Access;
use crate::http::caller::Caller;
use crate::state::AppState;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The operator's, or another.
    token: String,
}

pub async fn begin(
    State(state): State<AppState>,
    caller: Option<Extension<Caller>>,
    Plain(SignIn { token }): Plain<SignIn>,
) -> Result<Response, Problem> {
    let Caller { address, .. } = caller.map(|caller| caller.0).unwrap_or_default();
    let (value, end) = state.gate.sign_in(&token, address).await?;
    let cookie = state.gate.cookie().set(&value, state.clock.now(), end);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

pub async fn end(State(state): State<AppState>, access: Access) -> Result<Response, Problem> {
    state.gate.sign_out(&access).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, state.gate.cookie().clear())]).into_response())
}
