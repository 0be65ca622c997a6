//! `/attempts` that are run here: begun, steered, looked into, removed.

use axum::extract::{Request, State};
use axum::response::Response;
use boardcast_shared::{AgentId, Attempt, AttemptId, ProfileId};
use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::attempts::read;
use super::body::{self, MAX_BODY};
use super::call::{Bare, Call, shown, written};
use super::once;
use super::problem::Problem;
use super::query::{Ids, Query};
use crate::attempts::{AttemptError, Discard, NewAttempt, Pushed};
use crate::domain::refusal::Refusal;
use crate::domain::text::{CommitBody, Prompt, RemoteName, Title};
use crate::git::push::Force;
use crate::secrets::redacted_diff;
use crate::state::AppState;
use crate::store::{Answer, Read, ReadError, Subject};

/// An attempt to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewAttempt")]
pub struct Create {
    /// The agent; that of the profile, else the board's default one, when none is given.
    agent: Option<AgentId>,
    /// The profile that it runs under.
    profile_id: Option<ProfileId>,
    /// The branch to start from; the board's, when none is given.
    base_branch: Option<String>,
    /// The branch to make; named after the card, when none is given.
    branch_name: Option<String>,
    /// What to do; the card's title and description, when nothing is given.
    prompt: Option<Prompt>,
}

/// A body that says nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Nothing")]
pub struct Nothing {}

/// What the agent is asked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AgentMessage")]
pub struct Message {
    /// What to do next.
    text: Prompt,
}

/// The answer to a permission request.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PermissionAnswer")]
pub struct Permit {
    /// One of the options of the request.
    option_id: String,
}

/// A commit to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCommit")]
pub struct Commit {
    subject: Title,
    body: Option<CommitBody>,
}

/// A push of the attempt's branch.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPush")]
pub struct Push {
    /// The board's, when none is named.
    #[schemars(with = "Option<RemoteName>")]
    remote: Option<String>,
    /// Commits that the branch has had itself, before it was rebased, may go at the remote; nobody else's.
    replace: Option<bool>,
}

/// A branch that was pushed.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Pushed")]
pub struct PushedBranch {
    /// Where to.
    remote: String,
    /// Under which name.
    branch: String,
    /// Where it stands.
    sha: String,
}

/// A commit that was made.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Committed {
    /// Its whole name.
    sha: String,
    /// As git abbreviates it.
    short_sha: String,
}

pub async fn create(State(state): State<AppState>, ids: Ids, call: Call<Create>) -> Result<Response, Problem> {
    let (board_id, card_id) = (ids.board()?, ids.card()?);
    let Create { agent, profile_id, base_branch, branch_name, prompt } = call.body;
    let prompt = prompt.map(Into::into);
    let new = NewAttempt { board_id, card_id, agent, profile_id, base_branch, branch_name, prompt };
    let proposed = state.shutdown.unless_draining(state.attempts.proposed(new)).await?;
    let answer = state.attempts.queue(settled(proposed)?, call.cause).await?;
    Ok(written(&state, answer))
}

pub async fn stop(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let (id, call) = steered::<Nothing>(&state, &ids, request).await?;
    Ok(written(&state, state.attempts.stop(id, call.cause).await?))
}

pub async fn message(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let (id, call) = steered::<Message>(&state, &ids, request).await?;
    Ok(written(&state, state.attempts.message(id, call.body.text.into(), call.cause).await?))
}

pub async fn permit(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let request_id = ids.request();
    let (id, call) = steered::<Permit>(&state, &ids, request).await?;
    let (attempts, shutdown) = (state.attempts.clone(), state.shutdown.clone());
    let answered = async move {
        shutdown.unless_draining(attempts.answer(&id, request_id, call.body.option_id)).await??;
        Ok(Answer::nothing())
    };
    Ok(written(&state, once::act(&state, call.cause, answered).await?))
}

pub async fn commit(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let (id, call) = steered::<Commit>(&state, &ids, request).await?;
    let message = commit_message(call.body);
    let (attempts, shutdown) = (state.attempts.clone(), state.shutdown.clone());
    let committed = async move {
        let made = shutdown.unless_draining(attempts.commit_in(id, &message)).await??;
        let committed = Committed { sha: made.sha, short_sha: made.short_sha };
        Ok(Answer::json(200, &committed, Subject::default()))
    };
    Ok(written(&state, once::act(&state, call.cause, committed).await?))
}

pub async fn push(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let (id, call) = steered::<Push>(&state, &ids, request).await?;
    let (attempts, shutdown) = (state.attempts.clone(), state.shutdown.clone());
    let Push { remote, replace } = call.body;
    let force = if replace == Some(true) { Force::OwnOnly } else { Force::Never };
    let pushed = async move {
        let Pushed { remote, branch, sha } = shutdown.unless_draining(attempts.push(id, remote, force)).await??;
        Ok(Answer::json(200, &PushedBranch { remote, branch, sha }, Subject::default()))
    };
    Ok(written(&state, once::act(&state, call.cause, pushed).await?))
}

fn commit_message(commit: Commit) -> String {
    let body: String = commit.body.map(Into::into).unwrap_or_default();
    let (subject, body) = (commit.subject.as_str().trim(), body.trim_end());
    if body.trim().is_empty() { format!("{subject}\n") } else { format!("{subject}\n\n{body}\n") }
}

pub async fn diff(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let (attempt, (), head) = read(&state, ids.attempt()?, |log, attempt| log.run(&attempt.id).map(|_| ())).await?;
    let diff = state.shutdown.unless_draining(state.attempts.diff(&attempt)).await??;
    let mut response = shown(&state, head, &());
    let text = tokio::task::spawn_blocking(move || redacted_diff(&diff.text)).await?;
    *response.body_mut() = text.into();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/x-diff"));
    if diff.truncated {
        response.headers_mut().insert("x-truncated", HeaderValue::from_static("true"));
    }
    Ok(response)
}

pub async fn git_status(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let (attempt, (), head) = read(&state, ids.attempt()?, |_, _| Ok(())).await?;
    // One that is reported from outside has no worktree here: what was last told of it is all that is known.
    let Some(worktree) = attempt.worktree_path else {
        let told = state.store.read(move |log| log.attempt_git_status(&attempt.board_id, &attempt.id)).await?;
        return Ok(shown(&state, head, &told));
    };
    let status = state.shutdown.unless_draining(state.attempts.status(worktree.as_ref())).await??;
    Ok(shown(&state, head, &status))
}

pub async fn remove(State(state): State<AppState>, ids: Ids, query: Query, call: Bare) -> Result<Response, Problem> {
    let id = ids.attempt()?;
    let discard = match query.get("discard") {
        None | Some("0") => Discard::Refused,
        Some("1") => Discard::Wanted,
        Some(_) => return Err(Problem::bad_parameter("discard", "must be 0 or 1")),
    };
    // One that is gone may be deleted again under the same key.
    let removed = state.shutdown.unless_draining(state.attempts.remove(id, discard, call.cause)).await?;
    Ok(written(&state, removed?))
}

/// The call of somebody who may steer the attempt. Where there is nothing to steer its body is read, so that the
/// connection goes on, but not looked at.
pub(super) async fn steered<T>(state: &AppState, ids: &Ids, request: Request) -> Result<(AttemptId, Call<T>), Problem>
where
    T: DeserializeOwned + Send + 'static,
{
    let (parts, body) = request.into_parts();
    let bytes = body::read(state, &parts.headers, body, MAX_BODY).await?;
    let is_run = |log: &Read<'_>, attempt: &Attempt| log.run(&attempt.id).map(|_| ());
    let (attempt, (), _) = read(state, ids.attempt()?, is_run).await?;
    Ok((attempt.id, Call::of(&parts, bytes).await?))
}

/// The attempt is there.
pub(super) async fn is_there(state: &AppState, ids: &Ids) -> Result<(), Problem> {
    read(state, ids.attempt()?, |_, _| Ok(())).await.map(drop)
}

/// A refusal is for the command itself to give: a repeated request gets its first answer, whatever has become of board
/// and repository.
fn settled<T>(outcome: Result<T, AttemptError>) -> Result<Result<T, Refusal>, Problem> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(AttemptError::Refused(refusal) | AttemptError::Read(ReadError::Refused(refusal))) => Ok(Err(refusal)),
        Err(error) => Err(error.into()),
    }
}

impl From<AttemptError> for Problem {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Refused(refusal) => refusal.into(),
            AttemptError::Read(error) => error.into(),
            AttemptError::Write(error) => error.into(),
            AttemptError::Conflicts(files) => {
                let detail = "both sides changed the same places; the branch is as it was";
                Self::new(StatusCode::CONFLICT, "rebase_conflict", detail).naming_files(files)
            }
            AttemptError::Remote(detail) => Self::new(StatusCode::BAD_GATEWAY, "remote_unreachable", detail),
            AttemptError::Git(error) => crate::checkouts::CheckoutError::Git(error).into(),
        }
    }
}
