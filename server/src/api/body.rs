//! Request bodies: read with bounds, parsed with the field at fault named.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::problem::Problem;
use super::strict::Strict;
use crate::secrets::redact_all;
use crate::state::AppState;

/// The longest body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The longest whole board and the longest batch of events, in bytes.
pub const MAX_LARGE_BODY: usize = 16 * 1024 * 1024;
/// After so long a body must be complete or come at least this fast.
const PATIENCE: Duration = Duration::from_secs(10);
const SLOWEST_BYTES_PER_SECOND: u64 = 1024;
/// Parsing more than this would hold other requests up: it is done aside.
const PARSE_ASIDE: usize = 128 * 1024;

/// The media type of a request, without parameters, lower case.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// 415.
#[must_use]
pub fn unsupported(expected: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", format!("send {expected}"))
}

/// A JSON body of a request that isn't safe to repeat under a key.
pub struct Plain<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest<AppState> for Plain<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if media_type(&parts.headers).as_deref() != Some("application/json") {
            return Err(unsupported("application/json"));
        }
        let bytes = read(state, &parts.headers, body, MAX_BODY).await?;
        parse(bytes).await.map(Self)
    }
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 when it is longer, 408 and the end of the connection when it comes too slowly, 503 when too many large ones are
/// being read.
pub async fn read(state: &AppState, headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("a body here has at most {limit} bytes"))
            .and_close()
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let turn = if limit > MAX_BODY && announced.is_none_or(|length| length > MAX_BODY as u64) {
        let turn = tokio::time::timeout(PATIENCE, state.large_bodies.clone().acquire_owned()).await;
        Some(turn.map_err(|_| Problem::overloaded("too many large bodies are being read"))?)
    } else {
        None
    };
    let started = Instant::now();
    let mut body = body;
    let mut whole = BytesMut::new();
    let mut check = started + PATIENCE;
    loop {
        match tokio::time::timeout_at(check, body.frame()).await {
            Err(_) => {
                let slowest = started.elapsed().as_secs() * SLOWEST_BYTES_PER_SECOND;
                if (whole.len() as u64) < slowest {
                    let detail = "the body came too slowly";
                    return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail).and_close());
                }
                check = Instant::now() + Duration::from_secs(1);
            }
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Problem::bad_request("bad_body", "the body ended early").and_close()),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    if whole.len() + data.len() > limit {
                        return Err(too_large());
                    }
                    whole.extend_from_slice(&data);
                }
            }
        }
    }
    drop(turn);
    Ok(whole.freeze())
}

/// Parses a JSON document.
///
/// # Errors
/// 400 for what isn't JSON, 422 naming the field for what is JSON but not a `T`.
pub async fn parse<T: DeserializeOwned + Send + 'static>(bytes: Bytes) -> Result<T, Problem> {
    if bytes.len() > PARSE_ASIDE {
        return tokio::task::spawn_blocking(move || object(&bytes)).await?;
    }
    object(&bytes)
}

fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = value(bytes)?;
    if !value.is_object() {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", "the body must be a JSON object"));
    }
    let mut value = value;
    redact(&mut value);
    from_value(value, "")
}

/// No secret that somebody pastes comes further than here. How a program is started stays as it was given: what it needs
/// to know stands in its environment, and is kept apart. The token of a sign-in is only compared.
fn redact(body: &mut Value) {
    const KEPT: [&str; 5] = ["command", "args", "env", "config", "token"];
    let members = body.as_object_mut().into_iter().flatten();
    members.filter(|(name, _)| !KEPT.contains(&name.as_str())).for_each(|(_, value)| redact_all(value));
}

/// Any JSON document.
///
/// # Errors
/// 400 for what isn't JSON, or names a member twice.
pub fn value(bytes: &[u8]) -> Result<Value, Problem> {
    let parsed = serde_json::from_slice(bytes).map(|Strict(value)| value);
    parsed.map_err(|error| Problem::bad_request("bad_json", format!("not JSON: {error}")))
}

/// A `T` from a document; the field at fault is named, under `outer`.
///
/// # Errors
/// 422 naming the field.
pub fn from_value<T: DeserializeOwned>(value: Value, outer: &str) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        let inner = if path == "." { named_in(&message) } else { path };
        let field = [outer, &inner].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        if field.is_empty() {
            return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", message);
        }
        Problem::invalid(&field, &message)
    })
}

/// The field that serde names in its own words: missing and unknown ones have no path.
fn named_in(message: &str) -> String {
    let named = ["missing field `", "unknown field `"].iter().find_map(|start| message.strip_prefix(start));
    named.and_then(|rest| rest.split('`').next()).unwrap_or_default().to_owned()
}
