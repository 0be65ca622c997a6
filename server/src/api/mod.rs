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
pub mod query;
mod rebase;
mod runs;
mod session;
mod strict;
mod tickets;
mod tokens;
mod trials;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use hyper::StatusCode;

use crate::access::decide::{Need, Needs, admit};
use crate::domain::rights::Right;
use crate::http::caller::Caller;
use crate::http::guard::{Guard, guard};
use crate::http::limits::Admissions;
use crate::http::requests::count;
use crate::sse::handlers as streams;
use crate::state::AppState;
use description::Routes;
use description::table::{self as about, others};
use problem::Problem;

/// The base of the REST routes.
pub const BASE: &str = "/api/v1";

/// What routes need.
const NOTHING: Need = Need::Nothing;
const TOKEN: Need = Need::Token;
const READS: Need = Need::Some(Right::Read);
const REPORTS: Need = Need::Some(Right::Ingest);
const READS_BOARD: Need = Need::Board(Right::Read);
const WRITES_BOARD: Need = Need::Board(Right::Write);
const READS_ATTEMPT: Need = Need::Attempt(Right::Read);
const WRITES_ATTEMPT: Need = Need::Attempt(Right::Write);
const WRITES_ALL: Need = Need::All(Right::Write);
const ADMIN: Need = Need::All(Right::Admin);

/// Every route under [`BASE`], with what it needs and its description.
fn routes() -> Routes {
    Routes::default()
        .get("/sse", READS, streams::stream, others::stream)
        .get("/boards", READS, boards::list, about::boards::list)
        .post("/boards", WRITES_ALL, boards::create, about::boards::create)
        .get("/boards/{board}", READS_BOARD, boards::show, about::boards::show)
        .patch("/boards/{board}", WRITES_BOARD, boards::change, about::boards::change)
        .delete("/boards/{board}", WRITES_BOARD, boards::remove, about::boards::remove)
        .get("/boards/{board}/state", READS_BOARD, board_state::show, about::boards::state)
        .put("/boards/{board}/state", WRITES_BOARD, board_state::replace, about::boards::replace)
        .get("/boards/{board}/events", READS_BOARD, log::list, about::boards::events)
        .get("/boards/{board}/git-status", READS_BOARD, boards::git_status, about::boards::git_status)
        .post("/boards/{board}/columns", WRITES_BOARD, columns::create, about::cards::create_column)
        .patch("/boards/{board}/columns/{column}", WRITES_BOARD, columns::change, about::cards::change_column)
        .delete("/boards/{board}/columns/{column}", WRITES_BOARD, columns::remove, about::cards::remove_column)
        .post("/boards/{board}/cards", WRITES_BOARD, cards::create, about::cards::create)
        .get("/boards/{board}/cards/{card}", READS_BOARD, cards::show, about::cards::show)
        .patch("/boards/{board}/cards/{card}", WRITES_BOARD, cards::change, about::cards::change)
        .delete("/boards/{board}/cards/{card}", WRITES_BOARD, cards::remove, about::cards::remove)
        .post("/boards/{board}/cards/{card}/move", WRITES_BOARD, cards::shift, about::cards::shift)
        .post("/boards/{board}/cards/{card}/attempts", WRITES_BOARD, runs::create, about::runs::create)
        .get("/boards/{board}/attempts", READS_BOARD, attempts::list, about::attempts::list)
        .get("/attempts/{attempt}", READS_ATTEMPT, attempts::show, about::attempts::show)
        .delete("/attempts/{attempt}", WRITES_ATTEMPT, runs::remove, about::runs::remove)
        .get("/attempts/{attempt}/logs", READS_ATTEMPT, attempts::logs, about::attempts::logs)
        .get("/attempts/{attempt}/conversation", READS_ATTEMPT, attempts::conversation, about::attempts::conversation)
        .get("/attempts/{attempt}/todos", READS_ATTEMPT, attempts::todos, about::attempts::todos)
        .get("/attempts/{attempt}/git-status", READS_ATTEMPT, runs::git_status, about::runs::git_status)
        .get("/attempts/{attempt}/diff", READS_ATTEMPT, runs::diff, about::runs::diff)
        .post("/attempts/{attempt}/stop", WRITES_ATTEMPT, runs::stop, about::runs::stop)
        .post("/attempts/{attempt}/messages", WRITES_ATTEMPT, runs::message, about::runs::message)
        .post("/attempts/{attempt}/permissions/{request}", WRITES_ATTEMPT, runs::permit, about::runs::permit)
        .post("/attempts/{attempt}/commit", WRITES_ATTEMPT, runs::commit, about::runs::commit)
        .post("/attempts/{attempt}/push", WRITES_ATTEMPT, runs::push, about::runs::push)
        .post("/attempts/{attempt}/rebase", WRITES_ATTEMPT, rebase::rebase, about::runs::rebase)
        .delete("/attempts/{attempt}/rebase", WRITES_ATTEMPT, rebase::abort, about::runs::abort_rebase)
        .get("/attempts/{attempt}/pull-request", READS_ATTEMPT, pulls::show, about::attempts::pull_request)
        .post("/attempts/{attempt}/pull-request", WRITES_ATTEMPT, pulls::open, about::attempts::open_pull_request)
        .get("/agents", READS, agents::list, about::agents::list)
        .post("/agents", ADMIN, agents::create, about::agents::create)
        .get("/agents/presets", READS, trials::presets, about::runs::presets)
        .post("/agents/{agent}/try", ADMIN, trials::try_it, about::runs::try_it)
        .patch("/agents/{agent}", ADMIN, agents::change, about::agents::change)
        .delete("/agents/{agent}", ADMIN, agents::remove, about::agents::remove)
        .get("/agent-profiles", READS, profiles::list, about::agents::list_profiles)
        .post("/agent-profiles", ADMIN, profiles::create, about::agents::create_profile)
        .patch("/agent-profiles/{profile}", ADMIN, profiles::change, about::agents::change_profile)
        .delete("/agent-profiles/{profile}", ADMIN, profiles::remove, about::agents::remove_profile)
        .post("/events", REPORTS, ingest::take, others::events)
        .get("/connections", READS, connections::show, others::connections)
        .get("/connections/streams", ADMIN, connections::streams, others::connection_streams)
        .get("/dashboard", READS, dashboard::show, others::dashboard)
        .post("/demo", WRITES_ALL, demo::play, others::demo)
        .get("/tokens", ADMIN, tokens::list, about::access::list)
        .post("/tokens", ADMIN, tokens::create, about::access::create)
        .delete("/tokens/{token}", ADMIN, tokens::withdraw, about::access::withdraw)
        .post("/session", NOTHING, session::begin, about::access::sign_in)
        .delete("/session", TOKEN, session::end, about::access::sign_out)
        .post("/stream-tickets", READS, tickets::create, about::access::ticket)
        .get("/openapi.json", TOKEN, documents::openapi, others::openapi)
        .get("/asyncapi.json", TOKEN, documents::asyncapi, others::asyncapi)
}

/// The routes outside of it, but for the page.
fn outside() -> Routes {
    Routes::default()
        .get("/healthz", NOTHING, health::alive, others::alive)
        .get("/readyz", NOTHING, health::ready, others::ready)
        .get("/metrics", ADMIN, metrics::show, others::metrics)
}

/// What every route needs.
fn needs() -> Needs {
    let mut needs = Needs::default();
    routes().note(BASE, &mut needs);
    outside().note("", &mut needs);
    needs
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
        .layer(middleware::from_fn_with_state((state.clone(), Arc::new(needs())), admit))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(state.clone(), refuse_while_draining))
        .layer(middleware::from_fn_with_state(state.admissions.clone(), refuse_floods))
        .layer(middleware::from_fn_with_state(Arc::new(admission), guard))
        .layer(middleware::from_fn_with_state(state.metrics.clone(), count))
        .with_state(state)
}

/// The stream and the facts from outside as an AsyncAPI 3 document.
#[must_use]
pub fn asyncapi() -> serde_json::Value {
    description::asyncapi(BASE, &routes().into_operations())
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

/// Who asks too often is refused before anything is read.
async fn refuse_floods(
    axum::extract::State(admissions): axum::extract::State<Admissions>,
    request: axum::extract::Request,
    next: middleware::Next,
) -> Response {
    match request.extensions().get::<Caller>().map_or(Ok(()), |caller| admissions.request(caller.address)) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A row can't be without a need; that it is the right kind of one, its path tells.
    #[test]
    fn every_route_needs_a_right_on_what_its_path_names() {
        let mut public = Vec::new();
        for (method, path, need) in needs().rows() {
            let fits = match need {
                Need::Board(_) => path.contains("{board}"),
                Need::Attempt(_) => path.contains("{attempt}"),
                Need::Nothing | Need::Token | Need::Some(_) | Need::All(_) => {
                    !path.contains("{board}") && !path.contains("{attempt}")
                }
            };
            assert!(fits, "{method} {path} needs {need:?}");
            let changes = method != hyper::Method::GET;
            let reads = [Need::Some(Right::Read), Need::Board(Right::Read), Need::Attempt(Right::Read)].contains(&need);
            assert!(!(changes && reads) || path.ends_with("/stream-tickets"), "{method} {path} changes by reading");
            if need == Need::Nothing {
                public.push(format!("{method} {path}"));
            }
        }
        public.sort_unstable();
        assert_eq!(public, ["GET /healthz", "GET /readyz", "POST /api/v1/session"]);
    }
}
