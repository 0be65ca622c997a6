//! One request to GitHub and its answer.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode};

use super::address::ApiUrl;
use super::error::GitHubError;
use crate::clock::Clock;
use crate::outgoing::{Peer, exchange};

/// From the request to the last byte of its answer.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// A page of pull requests has some hundred kilobytes.
const MAX_ANSWER: usize = 8 << 20;

/// An answer of GitHub's.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Sends a request.
pub(super) async fn send(api: &ApiUrl, clock: &Clock, request: Request<Full<Bytes>>) -> Result<Answer, GitHubError> {
    let peer = Peer { is_https: api.is_https, host: &api.host, port: api.port };
    tokio::select! {
        answer = exchange(peer, request, MAX_ANSWER) => {
            let answer = answer.map_err(|error| GitHubError::Unavailable(error.to_string()))?;
            let (head, body) = answer.into_parts();
            Ok(Answer { status: head.status, headers: head.headers, body })
        }
        () = clock.until(clock.elapsed() + TIME_LIMIT) => Err(GitHubError::TimedOut),
    }
}
