//! `/openapi.json` and `/asyncapi.json`: what can be asked and what is told, as a machine reads it.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};

static OPENAPI: LazyLock<Bytes> = LazyLock::new(|| super::openapi().to_string().into());
static ASYNCAPI: LazyLock<Bytes> = LazyLock::new(|| super::asyncapi().to_string().into());

pub async fn openapi() -> Response {
    document(&OPENAPI)
}

pub async fn asyncapi() -> Response {
    document(&ASYNCAPI)
}

fn document(document: &Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], document.clone()).into_response()
}
