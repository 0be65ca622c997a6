//! For whoever watches the process.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;

use super::problem::Problem;
use crate::state::AppState;

/// `/healthz`: 200 while the process is alive.
pub async fn alive() -> Response {
    (StatusCode::OK, [(CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// `/readyz`: 503 while it ends.
pub async fn ready(State(state): State<AppState>) -> Response {
    if state.shutdown.is_draining() {
        return Problem::draining().into_response();
    }
    (StatusCode::OK, [(CACHE_CONTROL, "no-store")], "ready\n").into_response()
}
