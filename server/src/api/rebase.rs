//! `/attempts/{attempt}/rebase`.

use axum::extract::{Request, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Bare, written};
use super::once;
use super::problem::Problem;
use super::query::Ids;
use super::runs::{Nothing, is_there, steered};
use crate::attempts::OnBase;
use crate::git::rebase::Rebased;
use crate::state::AppState;
use crate::store::{Answer, Subject};

/// A branch that stands on its base.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Rebased")]
pub struct RebasedBranch {
    /// Where the branch stands now.
    sha: String,
    /// The branch that it began at.
    base_branch: String,
    /// Where that stands.
    base_sha: String,
    /// False when it stood there already.
    moved: bool,
}

pub async fn rebase(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let (id, call) = steered::<Nothing>(&state, &ids, request).await?;
    let (attempts, shutdown) = (state.attempts.clone(), state.shutdown.clone());
    let rebased = async move {
        let OnBase { base, rebased } = shutdown.unless_draining(attempts.rebase(id)).await??;
        let Rebased { sha, onto, moved } = rebased;
        let told = RebasedBranch { sha, base_branch: base, base_sha: onto, moved };
        Ok(Answer::json(200, &told, Subject::default()))
    };
    Ok(written(&state, once::act(&state, call.cause, rebased).await?))
}

pub async fn abort(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let id = ids.attempt()?;
    is_there(&state, &ids).await?;
    let (attempts, shutdown) = (state.attempts.clone(), state.shutdown.clone());
    let aborted = async move {
        shutdown.unless_draining(attempts.abort_rebase(id)).await??;
        Ok(Answer::nothing())
    };
    Ok(written(&state, once::act(&state, call.cause, aborted).await?))
}
