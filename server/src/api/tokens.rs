//! `/tokens`: made, listed, withdrawn. A token itself is in no answer but the one that makes it.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use boardcast_shared::{Time, TokenId};
use hyper::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::Plain;
use super::call::json;
use super::problem::Problem;
use super::query::Ids;
use crate::access::{Access, Listed, NewToken};
use crate::domain::rights::{Boards, Right, Scope};
use crate::domain::text::Label;
use crate::state::AppState;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewToken")]
pub struct Create {
    /// What it is for.
    label: Label,
    /// What it allows.
    #[schemars(with = "Vec<Right>", length(min = 1))]
    rights: BTreeSet<Right>,
    /// Where.
    boards: Boards,
    /// From then on it is good for nothing.
    expires_at: Option<Time>,
}

/// The answer that shows a token, the only one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MadeToken {
    /// Its name, to withdraw it by.
    token_id: TokenId,
    /// What its holder shows.
    token: String,
}

/// A token without itself.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    #[serde(rename = "tokenId")]
    id: TokenId,
    /// What it is for.
    label: String,
    rights: BTreeSet<Right>,
    boards: Boards,
    created_at: Time,
    expires_at: Option<Time>,
    /// To the minute, after a restart.
    last_used_at: Option<Time>,
}

/// All tokens but the operator's.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The oldest first.
    tokens: Vec<Token>,
}

pub async fn create(
    State(state): State<AppState>,
    access: Access,
    Plain(body): Plain<Create>,
) -> Result<Response, Problem> {
    if body.rights.is_empty() {
        return Err(Problem::invalid("rights", "must name at least one right"));
    }
    let scope = Scope { rights: body.rights, boards: body.boards };
    let new = NewToken { label: body.label.into(), scope, expires_at: body.expires_at };
    let (token_id, token) = state.gate.issue(&access, new).await?;
    Ok((StatusCode::CREATED, json(&MadeToken { token_id, token })).into_response())
}

pub async fn list(State(state): State<AppState>) -> Response {
    json(&Tokens { tokens: state.gate.list().into_iter().map(Token::from).collect() })
}

pub async fn withdraw(State(state): State<AppState>, ids: Ids) -> Result<StatusCode, Problem> {
    state.gate.withdraw(ids.token()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Listed> for Token {
    fn from(listed: Listed) -> Self {
        Self {
            id: listed.id,
            label: listed.label,
            rights: listed.scope.rights,
            boards: listed.scope.boards,
            created_at: listed.created_at,
            expires_at: listed.expires_at,
            last_used_at: listed.last_used_at,
        }
    }
}
