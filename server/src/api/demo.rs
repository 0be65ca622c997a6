//! `/demo`.

use axum::extract::State;
use axum::response::Response;
use hyper::StatusCode;

use super::call::shown;
use super::problem::Problem;
use crate::state::AppState;

/// The demo plays from now on; the answer is its board.
pub async fn play(State(state): State<AppState>) -> Result<Response, Problem> {
    let started = state.shutdown.unless_draining(state.demo.start()).await?;
    let id = started.map_err(|error| {
        Problem::new(StatusCode::CONFLICT, "demo_unavailable", format!("the demo can't be played: {error:#}"))
    })?;
    let (board, head) = state.store.read(move |log| Ok((log.board(&id)?, log.head()))).await?;
    Ok(shown(&state, head, &board))
}
