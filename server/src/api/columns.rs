//! `/boards/{board}/columns`.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::ColumnKey;
use schemars::JsonSchema;
use serde::Deserialize;

use super::call::{Bare, Call, written};
use super::fields::{Index, given};
use super::problem::Problem;
use super::query::Ids;
use crate::domain::text::Title;
use crate::state::AppState;
use crate::store::{Answer, Subject};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewColumn")]
pub struct Create {
    title: Title,
    key: Option<ColumnKey>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Index")]
    index: Option<Index>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ColumnChange")]
pub struct Change {
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Title")]
    title: Option<Title>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Index")]
    index: Option<Index>,
}

pub async fn create(State(state): State<AppState>, ids: Ids, call: Call<Create>) -> Result<Response, Problem> {
    let board = ids.board()?;
    let Create { title, key, index } = call.body;
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            let column = tx.add_column(&board, title.into(), key, index.map(Into::into))?;
            Ok(Answer::json(201, &column, Subject::default()))
        })
        .await?;
    Ok(written(&state, answer))
}

pub async fn change(State(state): State<AppState>, ids: Ids, call: Call<Change>) -> Result<Response, Problem> {
    let (board, column) = (ids.board()?, ids.column()?);
    let Change { title, index } = call.body;
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            let column = tx.change_column(&board, &column, title.map(Into::into), index.map(Into::into))?;
            Ok(Answer::json(200, &column, Subject::default()))
        })
        .await?;
    Ok(written(&state, answer))
}

pub async fn remove(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let (board, column) = (ids.board()?, ids.column()?);
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            tx.remove_column(&board, &column)?;
            Ok(Answer::nothing())
        })
        .await?;
    Ok(written(&state, answer))
}
