//! `/attempts/{attempt}/pull-request`.

use axum::extract::State;
use axum::response::Response;
use hyper::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

use super::attempts::read;
use super::call::{Call, shown, written};
use super::once;
use super::problem::Problem;
use super::query::Ids;
use super::runs::is_there;
use crate::domain::text::{LongText, Title};
use crate::github::GitHubError;
use crate::pulls::{PullError, Wanted};
use crate::state::AppState;

/// A pull request to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPullRequest")]
pub struct Open {
    title: Title,
    /// What it says, as Markdown.
    body: Option<LongText>,
    /// The branch it goes to; the one that the attempt began at, when none is named.
    base: Option<Title>,
    /// Not ready yet.
    draft: Option<bool>,
}

pub async fn show(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let (attempt, (), head) = read(&state, ids.attempt()?, |_, _| Ok(())).await?;
    let pr = attempt.pr.ok_or_else(|| Problem::not_found("this attempt has no pull request"))?;
    Ok(shown(&state, head, &pr))
}

pub async fn open(State(state): State<AppState>, ids: Ids, call: Call<Open>) -> Result<Response, Problem> {
    let id = ids.attempt()?;
    is_there(&state, &ids).await?;
    let Open { title, body, base, draft } = call.body;
    let wanted = Wanted {
        title: title.into(),
        body: body.map(Into::into),
        base: base.map(Into::into),
        draft: draft.unwrap_or_default(),
    };
    let (pulls, shutdown) = (state.pulls.clone(), state.shutdown.clone());
    let by = call.cause.by.clone();
    let opened = async move {
        let opened = shutdown.unless_draining(Box::pin(pulls.open(&id, wanted))).await??;
        // What is done is written down, also while the server ends.
        Ok(pulls.told(id, opened, by).await?)
    };
    Ok(written(&state, once::act(&state, call.cause, opened).await?))
}

impl From<PullError> for Problem {
    fn from(error: PullError) -> Self {
        let error = match error {
            PullError::Attempt(error) => return error.into(),
            PullError::GitHub(error) => error,
        };
        let detail = error.to_string();
        match error {
            GitHubError::NotConfigured(_) => Self::new(StatusCode::CONFLICT, "github_not_configured", detail),
            GitHubError::Refused(_) => Self::new(StatusCode::BAD_GATEWAY, "github_refused", detail),
            GitHubError::NotFound => Self::new(StatusCode::BAD_GATEWAY, "github_not_found", detail),
            GitHubError::Rejected(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "github_rejected", detail),
            GitHubError::Unavailable(_) => Self::new(StatusCode::BAD_GATEWAY, "github_unavailable", detail),
            GitHubError::TimedOut => Self::new(StatusCode::GATEWAY_TIMEOUT, "github_timeout", detail),
        }
    }
}
