//! What stands at `/` in a browser.

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};

use crate::state::AppState;

/// Nothing is loaded, nothing runs, nobody may frame it.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page's routes.
pub fn routes() -> Router<AppState> {
    Router::new().route("/", get(page))
}

async fn page() -> Response {
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-cache"), (REFERRER_POLICY, "no-referrer")];
    (headers, Html(include_str!("web/index.html"))).into_response()
}
