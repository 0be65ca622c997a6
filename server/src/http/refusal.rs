//! Answers to what hyper couldn't read as a request: the same problem documents as everywhere.

use std::io;
use std::time::Duration;

use axum::response::IntoResponse;
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::flow::{Flow, Watched};
use super::takeover::last_head;
use crate::api::problem::Problem;

/// A client that still sends reads our answer only if we read on for a while [RFC 9112 9.6] ...
const LINGER: Duration = Duration::from_secs(1);
/// ... but not for ever.
const LINGER_BYTES: u64 = 512 * 1024;

/// Says what hyper would have said, if it had something to say, as a problem document; then closes.
///
/// # Errors
/// The connection broke.
pub async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut socket: Watched<S>, flow: &Flow) -> io::Result<()> {
    let Some(status) = status_of(&socket.take_kept_back()) else { return Ok(()) };
    flow.request_begins();
    send(socket, problem(status)).await
}

/// Sends the problem as the only answer of a connection; then closes.
///
/// # Errors
/// The connection broke.
pub async fn send<S: AsyncRead + AsyncWrite + Unpin>(mut socket: S, problem: Problem) -> io::Result<()> {
    let (mut parts, body) = problem.into_response().into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    parts.headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    socket.write_all(&[last_head(parts), body].concat()).await?;
    socket.shutdown().await?;
    let mut rest = socket.take(LINGER_BYTES);
    let _ = tokio::time::timeout(LINGER, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
    Ok(())
}

/// The status in the first line of an answer [RFC 9112 4].
fn status_of(answer: &[u8]) -> Option<StatusCode> {
    let code = answer.strip_prefix(b"HTTP/1.1 ").or_else(|| answer.strip_prefix(b"HTTP/1.0 "))?;
    StatusCode::from_bytes(code.get(..3)?).ok()
}

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            Problem::new(status, "head_too_large", "the request's head is too long, or has too many fields")
        }
        StatusCode::URI_TOO_LONG => Problem::new(status, "uri_too_long", "the request's target is too long"),
        _ => Problem::new(
            status,
            "malformed_request",
            "this isn't an HTTP/1.1 request, or its fields contradict each other",
        ),
    }
}
