//! `/openapi.json`: the routes as a machine reads them.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};

static OPENAPI: LazyLock<Bytes> = LazyLock::new(|| super::openapi().to_string().into());

pub async fn openapi() -> Response {
    document(&OPENAPI)
}

fn document(document: &Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], document.clone()).into_response()
}
