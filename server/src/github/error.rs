use hyper::StatusCode;
use serde::Deserialize;

use super::connection::Answer;

/// The longest message of GitHub's that is passed on, in characters.
const MESSAGE: usize = 500;

/// Why GitHub did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitHubError {
    /// There is no token, or nothing says which repository is meant.
    #[error("{0}")]
    NotConfigured(&'static str),
    /// It doesn't accept the token for this, or asks to wait.
    #[error("GitHub refuses: {0}")]
    Refused(String),
    /// The repository isn't there, or the token doesn't see it.
    #[error("GitHub finds no such repository, or the token may not see it")]
    NotFound,
    /// It can't do what was asked.
    #[error("{0}")]
    Rejected(String),
    /// It doesn't work, isn't reached, or says what nobody expects.
    #[error("GitHub is not available: {0}")]
    Unavailable(String),
    /// It took too long.
    #[error("GitHub gave no answer within 15 s")]
    TimedOut,
}

#[derive(Deserialize)]
struct Complaint {
    message: String,
    #[serde(default)]
    errors: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Detail {
    Text(String),
    Told { message: Option<String>, field: Option<String>, code: Option<String> },
    Other(serde::de::IgnoredAny),
}

impl Detail {
    fn words(self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Told { message: Some(text), .. } => Some(text),
            Self::Told { field: Some(field), code: Some(code), .. } => Some(format!("{field} is {code}")),
            Self::Told { .. } | Self::Other(_) => None,
        }
    }
}

impl GitHubError {
    /// What an answer that isn't 2xx says.
    pub(super) fn of(answer: &Answer) -> Self {
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
                Self::Refused(message(answer))
            }
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Rejected(message(answer)),
            status => Self::Unavailable(format!("it answers {status}")),
        }
    }
}

fn message(answer: &Answer) -> String {
    let Ok(complaint) = serde_json::from_slice::<Complaint>(&answer.body) else {
        return format!("it answers {}", answer.status);
    };
    let details = complaint.errors.into_iter().filter_map(Detail::words).collect::<Vec<_>>().join("; ");
    let whole = if details.is_empty() { complaint.message } else { format!("{}: {details}", complaint.message) };
    whole.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MESSAGE).collect()
}
