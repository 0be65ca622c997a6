//! `/agents/presets` and `/agents/{agent}/try`.

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Bare, json as document, written};
use super::once;
use super::problem::Problem;
use super::query::Ids;
use crate::agents;
use crate::state::AppState;
use crate::store::{Answer, Subject};

/// Well-known agents.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Presets {
    /// Ready to be registered.
    presets: Vec<agents::Preset>,
}

pub async fn presets() -> Result<Response, Problem> {
    let presets = tokio::task::spawn_blocking(agents::presets).await?;
    Ok(document(&Presets { presets }))
}

pub async fn try_it(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let agent = ids.agent()?;
    let (attempts, shutdown) = (state.attempts.clone(), state.shutdown.clone());
    let trial = async move {
        let trial = shutdown.unless_draining(attempts.try_agent(agent)).await??;
        Ok(Answer::json(200, &trial, Subject::default()))
    };
    Ok(written(&state, once::act(&state, call.cause, trial).await?))
}
