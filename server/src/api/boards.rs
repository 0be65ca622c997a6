//! `/boards`.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{AgentId, Board, BoardId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::call::{Bare, Call, shown, written};
use super::fields::given;
use super::problem::Problem;
use super::query::Ids;
use crate::access::Access;
use crate::checkouts::CheckoutError;
use crate::domain::refusal::Refusal;
use crate::domain::report::present;
use crate::domain::rights::Right;
use crate::domain::text::{BoardName, GithubRepo, RemoteName, TicketPrefix, prefix_from_name};
use crate::state::AppState;
use crate::store::{Answer, BoardChange, NewBoard, ReadError, Subject};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewBoard")]
pub struct Create {
    /// Its name.
    name: BoardName,
    /// The top of its git work tree, absolute.
    repository_path: Option<String>,
    /// The branch that attempts start from; the one that is checked out, when none is given.
    base_branch: Option<String>,
    /// The letters before the number of a ticket key; made from the name, when none are given.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "TicketPrefix")]
    ticket_prefix: Option<TicketPrefix>,
    /// `owner/name` on GitHub; taken from the remote, when none is given.
    github_repo: Option<GithubRepo>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent and null differ in a change")]
#[schemars(rename = "BoardSettings")]
pub struct Change {
    /// Its name.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "BoardName")]
    name: Option<BoardName>,
    /// The top of its git work tree, absolute.
    #[serde(default, deserialize_with = "present")]
    repository_path: Option<Option<String>>,
    /// The branch that attempts start from.
    #[serde(default, deserialize_with = "present")]
    base_branch: Option<Option<String>>,
    /// The letters before the number of a ticket key.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "TicketPrefix")]
    ticket_prefix: Option<TicketPrefix>,
    /// `owner/name` on GitHub; taken from the remote, when none is given.
    #[serde(default, deserialize_with = "present")]
    github_repo: Option<Option<GithubRepo>>,
    /// The agent that takes up a card when none is named.
    #[serde(default, deserialize_with = "present")]
    default_agent: Option<Option<AgentId>>,
    /// The name of the git remote that is pushed to.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "RemoteName")]
    remote: Option<RemoteName>,
    /// Commit what an attempt left uncommitted when it succeeds.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    auto_commit: Option<bool>,
    /// Push after an automatic commit.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    auto_push: Option<bool>,
    /// The card moves with its attempt.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    card_follows_attempt: Option<bool>,
}

/// All boards.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Boards {
    boards: Vec<Board>,
}

pub async fn list(State(state): State<AppState>, access: Access) -> Result<Response, Problem> {
    let (boards, head) = state.store.read(|log| Ok((log.boards()?, log.head()))).await?;
    Ok(shown(&state, head, &Boards { boards: access.visible(boards) }))
}

pub async fn show(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let id = ids.board()?;
    let (board, head) = state.store.read(move |log| Ok((log.board(&id)?, log.head()))).await?;
    Ok(shown(&state, head, &board))
}

pub async fn create(State(state): State<AppState>, call: Call<Create>) -> Result<Response, Problem> {
    let body = call.body;
    let checkout = checked(&state, body.repository_path, body.base_branch.as_deref()).await?;
    let ticket_prefix = body.ticket_prefix.map_or_else(|| prefix_from_name(body.name.as_str()), Into::into);
    let new = NewBoard {
        name: body.name.into(),
        repository_path: None,
        base_branch: body.base_branch,
        ticket_prefix,
        github_repo: body.github_repo.map(Into::into),
    };
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            let new = NewBoard { repository_path: checkout?, ..new };
            Ok(Answer::json(201, &tx.create_board(new)?, Subject::default()))
        })
        .await?;
    follow(&state, &answer).await;
    Ok(written(&state, answer))
}

pub async fn change(
    State(state): State<AppState>,
    access: Access,
    ids: Ids,
    call: Call<Change>,
) -> Result<Response, Problem> {
    let id = ids.board()?;
    let body = call.body;
    let changes_path = body.repository_path.is_some();
    if let Some(path) = &body.repository_path
        && access.has_everywhere(Right::Write).is_err()
        && present_path(&state, &id).await?.is_ok_and(|present| present != *path)
    {
        // Through another's checkout it would see what is on another's board.
        access.has_everywhere(Right::Write)?;
    }
    let base = body.base_branch.as_ref().and_then(Option::as_deref);
    let checkout = match (body.repository_path, base) {
        (Some(path), base) => checked(&state, path, base).await?,
        (None, None) => Ok(None),
        (None, base) => match present_path(&state, &id).await? {
            Ok(path) => checked_base(&state, path, base).await?,
            Err(refusal) => Err(refusal),
        },
    };
    let change = BoardChange {
        name: body.name.map(Into::into),
        repository_path: None,
        base_branch: body.base_branch,
        ticket_prefix: body.ticket_prefix.map(Into::into),
        github_repo: body.github_repo.map(|repo| repo.map(Into::into)),
        default_agent: body.default_agent,
        remote: body.remote.map(Into::into),
        auto_commit: body.auto_commit,
        auto_push: body.auto_push,
        card_follows_attempt: body.card_follows_attempt,
    };
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            let repository_path = Some(checkout?).filter(|_| changes_path);
            let change = BoardChange { repository_path, ..change };
            Ok(Answer::json(200, &tx.change_settings(&id, change)?, Subject::default()))
        })
        .await?;
    follow(&state, &answer).await;
    Ok(written(&state, answer))
}

pub async fn remove(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let id = ids.board()?;
    let board = id.clone();
    state.attempts.stop_all(&board, None).await;
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            tx.delete_board(&id)?;
            Ok(Answer::nothing())
        })
        .await?;
    let checkouts = state.checkouts.clone();
    aside(async move { checkouts.forget(&board).await }).await;
    Ok(written(&state, answer))
}

pub async fn git_status(State(state): State<AppState>, ids: Ids) -> Result<Response, Problem> {
    let id = ids.board()?;
    let (board, head) = state.store.read(move |log| Ok((log.board(&id)?, log.head()))).await?;
    let status = state.shutdown.unless_draining(state.checkouts.status(&board)).await??;
    Ok(shown(&state, head, &status))
}

/// The checkout that the answer tells of is watched from now on.
async fn follow(state: &AppState, answer: &Answer) {
    let board = answer.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    if let Some(board) = board.filter(|_| !answer.replayed) {
        let checkouts = state.checkouts.clone();
        aside(async move { checkouts.follow(&board).await }).await;
    }
}

/// Waits for what must be done to its end, also when the caller goes away meanwhile.
async fn aside(work: impl Future<Output = ()> + Send + 'static) {
    // It doesn't panic, and is never cancelled.
    let _ = tokio::spawn(work).await;
}

/// A checkout as it may be stored, or why it is refused. The refusal is for the command itself to give: a repeated
/// request gets its first answer, whatever has become of the repository.
type Checked = Result<Option<String>, Refusal>;

/// Where the board's repository is so far.
async fn present_path(state: &AppState, id: &BoardId) -> Result<Checked, Problem> {
    let id = id.clone();
    match state.store.read(move |log| log.board(&id)).await {
        Ok(board) => Ok(Ok(board.repository_path)),
        Err(ReadError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error.into()),
    }
}

async fn checked(state: &AppState, path: Option<String>, base: Option<&str>) -> Result<Checked, Problem> {
    let Some(path) = path else { return checked_base(state, None, base).await };
    let top = match state.shutdown.unless_draining(state.checkouts.check_repository(&path)).await? {
        Ok(repository) => repository.top.into_os_string().into_string(),
        Err(CheckoutError::Refused(refusal)) => return Ok(Err(refusal)),
        Err(error) => return Err(error.into()),
    };
    match top {
        Ok(top) => checked_base(state, Some(top), base).await,
        Err(_) => Ok(Err(Refusal::invalid("invalid_field", "repositoryPath", "is not UTF-8"))),
    }
}

async fn checked_base(state: &AppState, path: Option<String>, base: Option<&str>) -> Result<Checked, Problem> {
    let Some(base) = base else { return Ok(Ok(path)) };
    let check = state.checkouts.check_base(base, path.as_deref().map(AsRef::as_ref));
    match state.shutdown.unless_draining(check).await? {
        Ok(()) => Ok(Ok(path)),
        Err(CheckoutError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error.into()),
    }
}

impl From<CheckoutError> for Problem {
    fn from(error: CheckoutError) -> Self {
        match error {
            CheckoutError::Refused(refusal) => refusal.into(),
            CheckoutError::Git(error) => {
                tracing::warn!(%error, "git gave no answer");
                Self::new(hyper::StatusCode::BAD_GATEWAY, "git_failed", "git gave no answer; see the server's log")
            }
        }
    }
}
