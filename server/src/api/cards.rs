//! `/boards/{board}/cards`.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{BoardId, Card, CardId, ColumnId, TicketType};
use hyper::header::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::call::{Bare, Call, etag, precondition_holds, shown, versioned, written};
use super::fields::{Index, given};
use super::problem::Problem;
use super::query::Ids;
use crate::domain::board::{CardChange, NewCard};
use crate::domain::refusal::Refusal;
use crate::domain::report::present;
use crate::domain::text::{LongText, Title};
use crate::state::AppState;
use crate::store::{Answer, Subject, Tx, TxError};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewCard")]
pub struct Create {
    /// What is to be done, on one line.
    title: Title,
    /// Where it goes; the backlog, when none is given.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "ColumnId")]
    column_id: Option<ColumnId>,
    /// Its place there; the end, when none is given.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Index")]
    index: Option<Index>,
    /// More about it, in Markdown.
    description: Option<LongText>,
    /// The kind of work.
    ticket_type: Option<TicketType>,
    /// The cards that come first.
    #[serde(default)]
    depends_on: Vec<CardId>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent and null differ in a change")]
#[schemars(rename = "CardChange")]
pub struct Change {
    /// What is to be done, on one line.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Title")]
    title: Option<Title>,
    /// More about it, in Markdown.
    #[serde(default, deserialize_with = "present")]
    description: Option<Option<LongText>>,
    /// The kind of work.
    #[serde(default, deserialize_with = "present")]
    ticket_type: Option<Option<TicketType>>,
    /// An agent or a person has refined it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    is_enhanced: Option<bool>,
    /// The cards that come first.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Vec<CardId>")]
    depends_on: Option<Vec<CardId>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "CardMove")]
pub struct Move {
    column_id: ColumnId,
    index: Index,
}

pub async fn show(State(state): State<AppState>, ids: Ids, headers: HeaderMap) -> Result<Response, Problem> {
    let (board, id) = (ids.board()?, ids.card()?);
    let ((card, rev), head) = state.store.read(move |log| Ok((log.card(&board, &id)?, log.head()))).await?;
    Ok(versioned(shown(&state, head, &card), &etag(state.store.epoch(), rev), &headers))
}

pub async fn create(State(state): State<AppState>, ids: Ids, call: Call<Create>) -> Result<Response, Problem> {
    let board = ids.board()?;
    let body = call.body;
    let new = NewCard {
        id: CardId::random(),
        ticket_key: String::new(),
        title: body.title.into(),
        description: body.description.map(Into::into),
        ticket_type: body.ticket_type,
        depends_on: body.depends_on,
        column: body.column_id,
        index: body.index.map(Into::into),
    };
    let epoch = state.store.epoch().to_owned();
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            let card = tx.add_card(&board, new)?;
            Ok(answer(201, board, card, &epoch))
        })
        .await?;
    Ok(written(&state, answer))
}

pub async fn change(State(state): State<AppState>, ids: Ids, call: Call<Change>) -> Result<Response, Problem> {
    let (board, id) = (ids.board()?, ids.card()?);
    let body = call.body;
    let change = CardChange {
        title: body.title.map(Into::into),
        description: body.description.map(|text| text.map(Into::into)),
        ticket_type: body.ticket_type,
        is_enhanced: body.is_enhanced,
        depends_on: body.depends_on,
        pr_url: None,
    };
    let epoch = state.store.epoch().to_owned();
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            require_version(tx, &board, &id, call.if_match.as_deref(), &epoch)?;
            let card = tx.change_card(&board, &id, change)?;
            Ok(answer(200, board, card, &epoch))
        })
        .await?;
    Ok(written(&state, answer))
}

pub async fn shift(State(state): State<AppState>, ids: Ids, call: Call<Move>) -> Result<Response, Problem> {
    let (board, id) = (ids.board()?, ids.card()?);
    let Move { column_id, index } = call.body;
    let epoch = state.store.epoch().to_owned();
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            require_version(tx, &board, &id, call.if_match.as_deref(), &epoch)?;
            let card = tx.move_card(&board, &id, &column_id, index.into())?;
            Ok(answer(200, board, card, &epoch))
        })
        .await?;
    Ok(written(&state, answer))
}

pub async fn remove(State(state): State<AppState>, ids: Ids, call: Bare) -> Result<Response, Problem> {
    let (board, id) = (ids.board()?, ids.card()?);
    let epoch = state.store.epoch().to_owned();
    stop_attempts(&state, &board, &id, call.if_match.as_deref()).await;
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            require_version(tx, &board, &id, call.if_match.as_deref(), &epoch)?;
            tx.remove_card(&board, &id)?;
            Ok(Answer::nothing())
        })
        .await?;
    Ok(written(&state, answer))
}

/// Before a card is deleted its attempts end; not when the deletion is going to be refused.
async fn stop_attempts(state: &AppState, board: &BoardId, card: &CardId, if_match: Option<&str>) {
    let (of_board, id) = (board.clone(), card.clone());
    let known = state.store.read(move |log| log.card(&of_board, &id)).await;
    if known.is_ok_and(|(_, rev)| precondition_holds(if_match, &etag(state.store.epoch(), rev))) {
        state.attempts.stop_all(board, Some(card)).await;
    }
}

fn answer(status: u16, board: BoardId, (card, rev): (Card, u64), epoch: &str) -> Answer {
    let subject = Subject { board: Some(board), card: Some(card.id.clone()) };
    Answer::json(status, &card, subject).with_etag(etag(epoch, rev))
}

fn require_version(
    tx: &mut Tx<'_>,
    board: &BoardId,
    card: &CardId,
    if_match: Option<&str>,
    epoch: &str,
) -> Result<(), TxError> {
    let (_, rev) = tx.card(board, card)?;
    if precondition_holds(if_match, &etag(epoch, rev)) {
        return Ok(());
    }
    Err(Refusal::precondition("card").into())
}
