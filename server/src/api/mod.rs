//! The routes: a table of contents, one file per resource.

mod agents;
mod attempts;
mod board_state;
mod boards;
pub mod body;
mod call;
mod cards;
mod columns;
mod connections;
mod dashboard;
mod demo;
mod fields;
mod health;
mod ingest;
mod log;
pub mod problem;
mod profiles;
mod query;
mod strict;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use hyper::StatusCode;

use crate::http::guard::{Guard, guard};
use crate::sse::handlers as streams;
use crate::state::AppState;
use problem::Problem;

/// The base of the REST routes.
pub const BASE: &str = "/api/v1";

/// Every route of the server.
pub fn router(state: AppState, admission: Guard) -> Router {
    let api = Router::new()
        .route("/sse", get(streams::stream))
        .route("/boards", get(boards::list).post(boards::create))
        .route("/boards/{board}", get(boards::show).patch(boards::change).delete(boards::remove))
        .route("/boards/{board}/state", get(board_state::show).put(board_state::replace))
        .route("/boards/{board}/columns", post(columns::create))
        .route("/boards/{board}/columns/{column}", patch(columns::change).delete(columns::remove))
        .route("/boards/{board}/cards", post(cards::create))
        .route("/boards/{board}/cards/{card}", get(cards::show).patch(cards::change).delete(cards::remove))
        .route("/boards/{board}/cards/{card}/move", post(cards::shift))
        .route("/boards/{board}/events", get(log::list))
        .route("/boards/{board}/git-status", get(boards::git_status))
        .route("/boards/{board}/attempts", get(attempts::list))
        .route("/attempts/{attempt}", get(attempts::show).delete(attempts::remove))
        .route("/attempts/{attempt}/logs", get(attempts::logs))
        .route("/attempts/{attempt}/conversation", get(attempts::conversation))
        .route("/attempts/{attempt}/todos", get(attempts::todos))
        .route("/attempts/{attempt}/git-status", get(attempts::git_status))
        .route("/attempts/{attempt}/diff", get(attempts::elsewhere))
        .route("/attempts/{attempt}/stop", post(attempts::elsewhere))
        .route("/attempts/{attempt}/messages", post(attempts::elsewhere))
        .route("/attempts/{attempt}/permissions/{request}", post(attempts::elsewhere))
        .route("/attempts/{attempt}/commit", post(attempts::elsewhere))
        .route("/attempts/{attempt}/push", post(attempts::elsewhere))
        .route("/attempts/{attempt}/pull-request", get(attempts::pull_request).post(attempts::elsewhere))
        .route("/agents", get(agents::list).post(agents::create))
        .route("/agents/{agent}", patch(agents::change).delete(agents::remove))
        .route("/agent-profiles", get(profiles::list).post(profiles::create))
        .route("/agent-profiles/{profile}", patch(profiles::change).delete(profiles::remove))
        .route("/events", post(ingest::take))
        .route("/connections", get(connections::show))
        .route("/dashboard", get(dashboard::show))
        .route("/demo", post(demo::play))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method);
    Router::new()
        .nest(BASE, api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(crate::web::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(state.clone(), refuse_while_draining))
        .layer(middleware::from_fn_with_state(Arc::new(admission), guard))
        .with_state(state)
}

async fn unknown(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path()))
}

async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "see the header Allow")
}

/// While the server ends, what has begun is finished and nothing new begins.
async fn refuse_while_draining(
    axum::extract::State(state): axum::extract::State<AppState>,
    request: axum::extract::Request,
    next: middleware::Next,
) -> Response {
    if state.shutdown.is_draining() && request.uri().path().starts_with(BASE) {
        return Problem::draining().into_response();
    }
    next.run(request).await
}
