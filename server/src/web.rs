//! The page: its document under every path of a view, its files under their own.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::OriginalUri;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::StatusCode;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::problem::Problem;
use crate::state::AppState;

/// Everything comes from here, nothing is written into the document, nobody may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    object-src 'none'; form-action 'self'";

/// Shown when the page wasn't built into this binary.
const WITHOUT_PAGE: &str = include_str!("web/index.html");

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Page;

/// The page's routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(document))
        .route("/boards", get(document))
        .route("/boards/{*view}", get(document))
        .route("/agents", get(document))
        .route("/dashboard", get(document))
        .route("/connections", get(document))
        .route("/docs", get(document))
        .route("/docs/{*view}", get(document))
        .route("/tokens", get(document))
        .route("/{file}", get(file))
        .route("/assets/{*path}", get(file))
}

async fn document(headers: HeaderMap) -> Response {
    let mut response = match Page::get("index.html") {
        Some(page) => serve(&headers, page, "text/html; charset=utf-8", "no-cache"),
        None => {
            ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-cache")], WITHOUT_PAGE).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn file(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let known = media_type(path).and_then(|media_type| Some((media_type, Page::get(path)?)));
    match known {
        // Their names change with their content.
        Some((media_type, file)) if path.starts_with("assets/") => {
            serve(&headers, file, media_type, "public, max-age=31536000, immutable")
        }
        Some((media_type, file)) => serve(&headers, file, media_type, "no-cache"),
        None => Problem::not_found(format!("there is nothing at {}", uri.path())).into_response(),
    }
}

/// The kinds of files that a build makes; the document has routes of its own.
fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

fn serve(headers: &HeaderMap, file: EmbeddedFile, media_type: &'static str, caching: &'static str) -> Response {
    let etag = file.metadata.sha256_hash()[..16].iter().fold(String::from("\""), |mut etag, byte| {
        let _ = write!(etag, "{byte:02x}");
        etag
    }) + "\"";
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, media_type)], file.data).into_response()
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}
