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
pub mod description;
mod documents;
mod fields;
mod health;
mod ingest;
mod log;
mod metrics;
pub mod once;
pub mod problem;
mod profiles;
mod pulls;
mod query;
mod runs;
mod strict;
mod trials;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use hyper::StatusCode;

use crate::http::guard::{Guard, guard};
use crate::http::requests::count;
use crate::sse::handlers as streams;
use crate::state::AppState;
use description::Routes;
use description::table::{self as about, others};
use problem::Problem;

/// The base of the REST routes.
pub const BASE: &str = "/api/v1";

/// Every route under [`BASE`], with its description.
fn routes() -> Routes {
    Routes::default()
        .get("/sse", streams::stream, others::stream)
        .get("/boards", boards::list, about::boards::list)
        .post("/boards", boards::create, about::boards::create)
        .get("/boards/{board}", boards::show, about::boards::show)
        .patch("/boards/{board}", boards::change, about::boards::change)
        .delete("/boards/{board}", boards::remove, about::boards::remove)
        .get("/boards/{board}/state", board_state::show, about::boards::state)
        .put("/boards/{board}/state", board_state::replace, about::boards::replace)
        .get("/boards/{board}/events", log::list, about::boards::events)
        .get("/boards/{board}/git-status", boards::git_status, about::boards::git_status)
        .post("/boards/{board}/columns", columns::create, about::cards::create_column)
        .patch("/boards/{board}/columns/{column}", columns::change, about::cards::change_column)
        .delete("/boards/{board}/columns/{column}", columns::remove, about::cards::remove_column)
        .post("/boards/{board}/cards", cards::create, about::cards::create)
        .get("/boards/{board}/cards/{card}", cards::show, about::cards::show)
        .patch("/boards/{board}/cards/{card}", cards::change, about::cards::change)
        .delete("/boards/{board}/cards/{card}", cards::remove, about::cards::remove)
        .post("/boards/{board}/cards/{card}/move", cards::shift, about::cards::shift)
        .post("/boards/{board}/cards/{card}/attempts", runs::create, about::runs::create)
        .get("/boards/{board}/attempts", attempts::list, about::attempts::list)
        .get("/attempts/{attempt}", attempts::show, about::attempts::show)
        .delete("/attempts/{attempt}", runs::remove, about::runs::remove)
        .get("/attempts/{attempt}/logs", attempts::logs, about::attempts::logs)
        .get("/attempts/{attempt}/conversation", attempts::conversation, about::attempts::conversation)
        .get("/attempts/{attempt}/todos", attempts::todos, about::attempts::todos)
        .get("/attempts/{attempt}/git-status", runs::git_status, about::runs::git_status)
        .get("/attempts/{attempt}/diff", runs::diff, about::runs::diff)
        .post("/attempts/{attempt}/stop", runs::stop, about::runs::stop)
        .post("/attempts/{attempt}/messages", runs::message, about::runs::message)
        .post("/attempts/{attempt}/permissions/{request}", runs::permit, about::runs::permit)
        .post("/attempts/{attempt}/commit", runs::commit, about::runs::commit)
        .post("/attempts/{attempt}/push", runs::push, about::runs::push)
        .get("/attempts/{attempt}/pull-request", pulls::show, about::attempts::pull_request)
        .post("/attempts/{attempt}/pull-request", pulls::open, about::attempts::open_pull_request)
        .get("/agents", agents::list, about::agents::list)
        .post("/agents", agents::create, about::agents::create)
        .get("/agents/presets", trials::presets, about::runs::presets)
        .post("/agents/{agent}/try", trials::try_it, about::runs::try_it)
        .patch("/agents/{agent}", agents::change, about::agents::change)
        .delete("/agents/{agent}", agents::remove, about::agents::remove)
        .get("/agent-profiles", profiles::list, about::agents::list_profiles)
        .post("/agent-profiles", profiles::create, about::agents::create_profile)
        .patch("/agent-profiles/{profile}", profiles::change, about::agents::change_profile)
        .delete("/agent-profiles/{profile}", profiles::remove, about::agents::remove_profile)
        .post("/events", ingest::take, others::events)
        .get("/connections", connections::show, others::connections)
        .get("/connections/streams", connections::streams, others::connection_streams)
        .get("/dashboard", dashboard::show, others::dashboard)
        .post("/demo", demo::play, others::demo)
        .get("/openapi.json", documents::openapi, others::openapi)
        .get("/asyncapi.json", documents::asyncapi, others::asyncapi)
}

/// The routes outside of it, but for the page.
fn outside() -> Routes {
    Routes::default().get("/healthz", health::alive, others::alive).get("/readyz", health::ready, others::ready).get(
        "/metrics",
        metrics::show,
        others::metrics,
    )
}

/// Every route of the server.
pub fn router(state: AppState, admission: Guard) -> Router {
    let api = routes().into_router().fallback(unknown).method_not_allowed_fallback(wrong_method);
    Router::new()
        .nest(BASE, api)
        .merge(outside().into_router())
        .merge(crate::web::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(state.clone(), refuse_while_draining))
        .layer(middleware::from_fn_with_state(Arc::new(admission), guard))
        .layer(middleware::from_fn_with_state(state.metrics.clone(), count))
        .with_state(state)
}

/// The stream and the facts from outside as an AsyncAPI 3 document.
#[must_use]
pub fn asyncapi() -> serde_json::Value {
    description::asyncapi(BASE)
}

/// The OpenAPI document as it is kept in the repository, for the page's types.
#[must_use]
pub fn openapi_text() -> String {
    format!("{:#}\n", openapi())
}

/// The routes as an OpenAPI 3.1 document.
#[must_use]
pub fn openapi() -> serde_json::Value {
    description::openapi(BASE, &routes().into_operations(), &outside().into_operations())
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
