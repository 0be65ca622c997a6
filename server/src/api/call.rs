//! What requests have in common: their body, key and precondition, and how their answers look.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use boardcast_shared::Cursor;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::body::{self, MAX_BODY};
use super::problem::Problem;
use crate::access::Access;
use crate::domain::actor::{Actor, ActorKind};
use crate::state::AppState;
use crate::store::{Answer, Cause, Idempotency};

const EVENT_ID: HeaderName = HeaderName::from_static("x-event-id");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A write: its body, and what makes it safe to repeat.
pub struct Call<T> {
    /// The body.
    pub body: T,
    /// Who wants it, and its idempotency key with what it stands for.
    pub cause: Cause,
    /// The version that the caller has seen.
    pub if_match: Option<String>,
}

/// A write without a body.
pub struct Bare {
    /// Who wants it, and its idempotency key with what it stands for.
    pub cause: Cause,
    /// The version that the caller has seen.
    pub if_match: Option<String>,
}

impl<T: DeserializeOwned + Send + 'static> FromRequest<AppState> for Call<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        Self::with_limit(request, state, MAX_BODY).await
    }
}

impl<T: DeserializeOwned + Send + 'static> Call<T> {
    /// A write whose body has at most `limit` bytes.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    pub async fn with_limit(request: Request, state: &AppState, limit: usize) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        require_json(&parts)?;
        let bytes = body::read(state, &parts.headers, body, limit).await?;
        Self::of(&parts, bytes).await
    }

    /// A write whose body has been read.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    pub async fn of(parts: &Parts, bytes: Bytes) -> Result<Self, Problem> {
        require_json(parts)?;
        let cause = cause(parts, &bytes)?;
        let body = body::parse(bytes).await?;
        Ok(Self { body, cause, if_match: if_match(&parts.headers) })
    }
}

fn require_json(parts: &Parts) -> Result<(), Problem> {
    match body::media_type(&parts.headers).as_deref() {
        Some("application/json") => Ok(()),
        _ => Err(body::unsupported("application/json")),
    }
}

impl FromRequestParts<AppState> for Bare {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut hyper::http::request::Parts, _: &AppState) -> Result<Self, Problem> {
        let cause = cause(parts, b"")?;
        Ok(Self { cause, if_match: if_match(&parts.headers) })
    }
}

/// Who wants something done, and under which idempotency key.
///
/// # Errors
/// 422 for a key that isn't 1 to 255 visible ASCII characters, or more than one.
pub fn cause(parts: &Parts, body: &[u8]) -> Result<Cause, Problem> {
    let by = parts.extensions.get::<Access>().map_or_else(|| Actor::of(ActorKind::Local), Access::actor);
    Ok(Cause { by, once: idempotency(parts, body)? })
}

/// The idempotency key of a request.
///
/// # Errors
/// 422 for a key that isn't 1 to 255 visible ASCII characters, or more than one.
fn idempotency(parts: &Parts, body: &[u8]) -> Result<Option<Idempotency>, Problem> {
    let mut keys = parts.headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    let plain = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if !plain || keys.next().is_some() {
        return Err(Problem::invalid("Idempotency-Key", "must be one key of 1 to 255 visible ASCII characters"));
    }
    let mut request = Sha256::new();
    request.update(parts.uri.query().unwrap_or_default());
    request.update([0]);
    request.update(body);
    // Nobody is given another's answer.
    let caller = parts.extensions.get::<Access>().map_or("", Access::name);
    let scope = format!("{caller} {} {}", parts.method, parts.uri.path()).trim_start().to_owned();
    Ok(Some(Idempotency { scope, key: key.to_owned(), request: request.finalize().into() }))
}

fn if_match(headers: &HeaderMap) -> Option<String> {
    let values: Vec<&str> = headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Whether one of the listed tags is `etag` or `*` [RFC 9110 13.1].
#[must_use]
pub fn lists(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag || tag.strip_prefix("W/") == Some(etag))
}

/// Whether a write may go on that named the version it has seen. A weak tag never matches [RFC 9110 13.1.1].
#[must_use]
pub fn precondition_holds(if_match: Option<&str>, etag: &str) -> bool {
    if_match.is_none_or(|tags| tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag))
}

/// The version of something that the log's `seq` last changed.
#[must_use]
pub fn etag(epoch: &str, seq: u64) -> String {
    format!("\"{epoch}-{seq}\"")
}

/// The answer to a write.
#[must_use]
pub fn written(state: &AppState, answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = match answer.body {
        Some(body) => json_bytes(status, body),
        None => status.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seq) = answer.seq {
        headers.insert(EVENT_ID, event_id(state, seq));
    }
    if let Some(etag) = answer.etag.and_then(|etag| HeaderValue::try_from(etag).ok()) {
        headers.insert(header::ETAG, etag);
    }
    if answer.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The answer to a read that shows the log at `head`.
#[must_use]
pub fn shown<T: Serialize>(state: &AppState, head: u64, document: &T) -> Response {
    let mut response = json(document);
    response.headers_mut().insert(EVENT_ID, event_id(state, head));
    response
}

/// The answer to a read that stands nowhere in the log.
#[must_use]
pub fn json<T: Serialize>(document: &T) -> Response {
    let body = serde_json::to_vec(document).expect("plain data serializes");
    let mut response = json_bytes(StatusCode::OK, body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The same answer with a version; 304 when the caller has it already.
#[must_use]
pub fn versioned(mut response: Response, etag: &str, headers: &HeaderMap) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.into_iter().any(|tags| lists(tags, etag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    if let Ok(etag) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn json_bytes(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn event_id(state: &AppState, seq: u64) -> HeaderValue {
    let cursor = Cursor { epoch: state.store.epoch().to_owned(), seq };
    HeaderValue::try_from(cursor.to_string()).expect("a cursor is plain ASCII")
}
