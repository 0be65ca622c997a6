//! GitHub: pull requests are made there and looked at again.
//!
//! The token stays in this module: it is sent in one header and shown nowhere else.

mod address;
mod connection;
mod error;
mod pulls;

use std::fmt;
use std::sync::Arc;

use boardcast_shared::Board;
use hyper::header::HeaderValue;

use crate::clock::Clock;

pub use address::{ApiUrl, Repo};
pub use error::GitHubError;
pub use pulls::{Look, NewPull, Opened};

/// What tells one state of a pull request from another.
pub type Tag = HeaderValue;

/// Where the token is.
pub const TOKEN_VARIABLE: &str = "BOARDCAST_GITHUB_TOKEN";
/// Where the API is unless told otherwise.
pub const DEFAULT_API: &str = "https://api.github.com";

/// GitHub, as one user. Cheap to clone.
#[derive(Clone)]
pub struct GitHub {
    inner: Arc<Inner>,
    clock: Clock,
}

struct Inner {
    api: ApiUrl,
    authorization: Option<HeaderValue>,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("api", &self.inner.api).finish_non_exhaustive()
    }
}

impl GitHub {
    /// The API at `api`; without a token nothing can be asked of it.
    ///
    /// # Errors
    /// The token can't be sent in a header.
    pub fn new(api: ApiUrl, token: Option<&str>) -> Result<Self, &'static str> {
        let authorization = match token.map(str::trim).filter(|token| !token.is_empty()) {
            Some(token) => {
                let value = HeaderValue::try_from(format!("Bearer {token}"));
                let mut value = value.map_err(|_| "the token holds what no token can")?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        Ok(Self { inner: Arc::new(Inner { api, authorization }), clock: Clock::system() })
    }

    /// The same, waiting by another clock.
    #[must_use]
    pub fn timed_by(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    fn token(&self) -> Result<&HeaderValue, GitHubError> {
        let missing = GitHubError::NotConfigured("the server was started without BOARDCAST_GITHUB_TOKEN");
        self.inner.authorization.as_ref().ok_or(missing)
    }

    /// Whether there is a token.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.inner.authorization.is_some()
    }

    /// The repository that a board means: the one it names, else the one of its remote's URLs.
    ///
    /// # Errors
    /// There is no token, or neither says a repository.
    pub fn repo(&self, board: &Board, remote_urls: &[String]) -> Result<Repo, GitHubError> {
        self.token()?;
        let named = board.github_repo.as_deref().map(Repo::named);
        let found = named.unwrap_or_else(|| remote_urls.iter().find_map(|url| Repo::of_remote(url, &self.inner.api)));
        let missing = "the board names no githubRepo, and its remote is not at GitHub";
        found.ok_or(GitHubError::NotConfigured(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_not_shown() {
        let github = GitHub::new(DEFAULT_API.parse().unwrap(), Some("secret")).unwrap();
        assert!(!format!("{github:?} {:?}", github.token()).contains("secret"));
        assert!(GitHub::new(DEFAULT_API.parse().unwrap(), Some("a\nb")).is_err());
        assert!(!GitHub::new(DEFAULT_API.parse().unwrap(), Some(" ")).unwrap().has_token());
    }
}
