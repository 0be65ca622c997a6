use std::error::Error;
use std::time::Duration;

/// Why a call came to nothing. Each says all of it in its own words, causes included.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address isn't one.
    #[error("{url:?} is no server's address: {why}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answers there.
    #[error("nobody answers at {authority}: {why}")]
    Connect {
        /// Host and port.
        authority: String,
        /// What the system says.
        why: String,
    },
    /// The conversation broke off, or was no HTTP.
    #[error("the connection failed: {0}")]
    Http(String),
    /// The request can't be put into HTTP.
    #[error("the request is malformed: {0}")]
    Request(String),
    /// No answer in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// More than was asked for.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The server said no.
    #[error("{status}: {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem's code [RFC 9457], `""` when it names none.
        code: String,
        /// The problem in words.
        detail: String,
        /// When to ask again.
        retry_after: Option<Duration>,
    },
    /// The answer isn't what it should be.
    #[error("the answer isn't understood: {0}")]
    Answer(String),
}

impl ClientError {
    /// Whether the same request may fare better a little later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Http(_) | Self::TimedOut(_) => true,
            Self::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 502..=504),
            Self::Url { .. } | Self::Request(_) | Self::TooLarge(_) | Self::Answer(_) => false,
        }
    }
}

impl From<hyper::Error> for ClientError {
    fn from(error: hyper::Error) -> Self {
        // hyper names the cause only as its source.
        match error.source() {
            Some(cause) => Self::Http(format!("{error}: {cause}")),
            None => Self::Http(error.to_string()),
        }
    }
}

impl From<hyper::http::Error> for ClientError {
    fn from(error: hyper::http::Error) -> Self {
        Self::Request(error.to_string())
    }
}

impl From<serde_json::Error> for ClientError {
    fn from(error: serde_json::Error) -> Self {
        Self::Answer(error.to_string())
    }
}
