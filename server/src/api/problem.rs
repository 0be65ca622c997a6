//! Errors as the outside sees them [RFC 9457].

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use boardcast_shared::BoardId;
use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::refusal::{Refusal, RefusalKind};
use crate::secrets::redacted;
use crate::store::{ReadError, WriteError};

/// How long a client waits after 429 and 503, in seconds.
const RETRY_AFTER: u32 = 1;

/// An answer that says what went wrong. Nothing of the request took effect.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
    board_id: Option<BoardId>,
    files: Vec<String>,
    retry_after: Option<u32>,
    close: bool,
}

impl Problem {
    /// A problem with its status, its word for programs and its sentence for people.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, code, detail, field: None, board_id: None, files: Vec::new(), retry_after: None, close: false }
    }

    /// 400.
    #[must_use]
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400 about a query parameter.
    #[must_use]
    pub fn bad_parameter(name: &str, detail: &str) -> Self {
        Self::bad_request("bad_parameter", format!("{name} {detail}")).at(name)
    }

    /// 422 about a field of the body or a header.
    #[must_use]
    pub fn invalid(field: &str, detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", format!("{field}: {detail}")).at(field)
    }

    /// 404.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 503 while the server ends.
    #[must_use]
    pub fn draining() -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "draining", "the server is ending");
        Self { retry_after: Some(RETRY_AFTER), ..problem }
    }

    /// 503 while too much waits.
    #[must_use]
    pub fn overloaded(detail: &str) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail);
        Self { retry_after: Some(RETRY_AFTER), ..problem }
    }

    /// The same problem; it may be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// 429: the caller asks for too much.
    #[must_use]
    pub fn too_many(code: &'static str, detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail);
        Self { retry_after: Some(RETRY_AFTER), ..problem }
    }

    /// The same problem, naming the field, parameter or header at fault.
    #[must_use]
    pub fn at(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    /// The same problem; the connection is closed after it.
    #[must_use]
    pub fn and_close(self) -> Self {
        Self { close: true, ..self }
    }

    /// The same problem, naming which of the boards isn't there.
    #[must_use]
    pub fn naming_board(self, boards: &[BoardId]) -> Self {
        // Its detail ends with the id; one id may be a part of another.
        let named = self.detail.rsplit(' ').next().filter(|_| self.status == StatusCode::NOT_FOUND);
        match boards.iter().find(|board| named == Some(board.as_str())) {
            Some(board) => Self { board_id: Some(board.clone()), ..self },
            None => self,
        }
    }

    /// The same problem, naming the files that it is about.
    #[must_use]
    pub fn naming_files(self, files: Vec<String>) -> Self {
        Self { files, ..self }
    }

    fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side; it has been logged")
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind {
            RefusalKind::NotFound(_) => StatusCode::NOT_FOUND,
            RefusalKind::Conflict => StatusCode::CONFLICT,
            RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::Precondition => StatusCode::PRECONDITION_FAILED,
            RefusalKind::Gone => StatusCode::GONE,
        };
        match refusal.field {
            Some(field) => {
                let detail = format!("{field}: {}", refusal.detail);
                Self::new(status, refusal.code, detail).at(&field)
            }
            None => Self::new(status, refusal.code, refusal.detail),
        }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(refusal) => refusal.into(),
            WriteError::Overloaded => Self::overloaded("too many writes are waiting"),
            WriteError::Unavailable => Self::unavailable(),
        }
    }
}

impl Problem {
    fn unavailable() -> Self {
        let detail = "the store can't be used for now; nothing took effect";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable", detail);
        Self { retry_after: Some(RETRY_AFTER), ..problem }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(refusal) => refusal.into(),
            ReadError::Overloaded => Self::overloaded("too many reads are waiting"),
            ReadError::Store(error) => {
                tracing::error!(%error, "the store can't be read");
                Self::unavailable()
            }
        }
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(&error)
    }
}

/// The document of a problem [RFC 9457].
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemDocument {
    /// Always `about:blank`: `code` tells.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// What is wrong, for programs.
    code: &'static str,
    /// The field, parameter or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    field: Option<String>,
    /// The board that a stream asked for in vain.
    #[serde(rename = "boardId", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BoardId")]
    board_id: Option<BoardId>,
    /// The files that are in conflict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    files: Vec<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = ProblemDocument {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            // It may quote what was sent, or what git and GitHub said.
            detail: redacted(self.detail),
            code: self.code,
            field: self.field,
            board_id: self.board_id,
            files: self.files,
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&document).expect("plain data serializes")));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
