//! `/boards/{board}/state`: what is on a board, whole.

use axum::extract::{Request, State};
use axum::response::Response;
use hyper::header::HeaderMap;

use super::body::MAX_LARGE_BODY;
use super::call::{Call, etag, precondition_holds, shown, versioned, written};
use super::fields::WholeBoard;
use super::problem::Problem;
use super::query::Ids;
use crate::domain::refusal::Refusal;
use crate::state::AppState;
use crate::store::{Answer, Subject};

pub async fn show(State(state): State<AppState>, ids: Ids, headers: HeaderMap) -> Result<Response, Problem> {
    let id = ids.board()?;
    let (doc, head) = state.store.read(move |log| Ok((log.doc(&id)?, log.head()))).await?;
    let tag = etag(state.store.epoch(), doc.seq);
    Ok(versioned(shown(&state, head, &doc), &tag, &headers))
}

pub async fn replace(State(state): State<AppState>, ids: Ids, request: Request) -> Result<Response, Problem> {
    let id = ids.board()?;
    let call = Call::<WholeBoard>::with_limit(request, &state, MAX_LARGE_BODY).await?;
    let epoch = state.store.epoch().to_owned();
    let answer = state
        .store
        .answer(call.cause, move |tx| {
            let seq = tx.fold(&id)?.doc.seq;
            if !precondition_holds(call.if_match.as_deref(), &etag(&epoch, seq)) {
                return Err(Refusal::precondition("board").into());
            }
            tx.replace_state(&id, call.body.into())?;
            let doc = &tx.fold(&id)?.doc;
            let subject = Subject { board: Some(id.clone()), card: None };
            Ok(Answer::json(200, doc, subject).with_etag(etag(&epoch, doc.seq)))
        })
        .await?;
    Ok(written(&state, answer))
}
