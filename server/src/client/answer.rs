use std::time::Duration;

use bytes::Bytes;
use hyper::header::{HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use super::ClientError;

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The answer when its status is 2xx, else what the server says.
    ///
    /// # Errors
    /// [`ClientError::Refused`].
    pub fn ok(self) -> Result<Self, ClientError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let member = |name: &str| problem.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        Err(ClientError::Refused {
            status: self.status,
            code: member("code").unwrap_or_default(),
            detail: member("detail")
                .or_else(|| member("title"))
                .unwrap_or_else(|| "the server says no more".to_owned()),
            retry_after: retry_after(&self.headers),
        })
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`ClientError::Answer`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// A header's value, when it is plain text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Seconds only: the form with a date needs two clocks to agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
