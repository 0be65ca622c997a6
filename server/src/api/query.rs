//! Query parameters and ids in paths.

use axum::extract::{FromRequestParts, RawPathParams};
use boardcast_shared::{AgentId, AttemptId, BoardId, CardId, ColumnId, ProfileId, TokenId, parse_seq};
use hyper::Uri;
use hyper::http::request::Parts;

use super::problem::Problem;
use crate::state::AppState;

/// The most items of one page.
const MAX_LIMIT: usize = 1000;
/// The items of a page that doesn't say how many.
const DEFAULT_LIMIT: usize = 100;

/// The query of a request; what it doesn't ask for is ignored.
pub struct Query(Vec<(String, String)>);

impl FromRequestParts<AppState> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri))
    }
}

impl Query {
    /// The query of a URI.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        Self(form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// A parameter's value; the last one when it is repeated.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `limit`: 1 to 1,000, 100 when not given.
    ///
    /// # Errors
    /// 400.
    pub fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.get("limit") else { return Ok(DEFAULT_LIMIT) };
        let limit = parse_seq(text).and_then(|limit| usize::try_from(limit).ok());
        let limit = limit.filter(|limit| (1..=MAX_LIMIT).contains(limit));
        limit.ok_or_else(|| Problem::bad_parameter("limit", &format!("must be 1 to {MAX_LIMIT}")))
    }

    /// `before`: the `nextBefore` of the page after.
    ///
    /// # Errors
    /// 400.
    pub fn before(&self) -> Result<Option<u64>, Problem> {
        self.get("before")
            .map(|text| {
                let before = parse_seq(text);
                before.ok_or_else(|| Problem::bad_parameter("before", "must be the nextBefore of another page"))
            })
            .transpose()
    }
}

/// The ids in a request's path. One that can't be an id names nothing: 404.
pub struct Ids(Vec<(String, String)>);

impl FromRequestParts<AppState> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Problem::not_found("the path is not UTF-8"))?;
        Ok(Self(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }
}

impl Ids {
    fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    fn id<T, E>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Problem> {
        parse(self.raw(name)).map_err(|_| Problem::not_found(format!("there is no {name} of that id")))
    }

    /// `{board}`.
    ///
    /// # Errors
    /// 404.
    pub fn board(&self) -> Result<BoardId, Problem> {
        self.id("board", BoardId::parse)
    }

    /// `{column}`.
    ///
    /// # Errors
    /// 404.
    pub fn column(&self) -> Result<ColumnId, Problem> {
        self.id("column", ColumnId::parse)
    }

    /// `{card}`.
    ///
    /// # Errors
    /// 404.
    pub fn card(&self) -> Result<CardId, Problem> {
        self.id("card", CardId::parse)
    }

    /// `{attempt}`.
    ///
    /// # Errors
    /// 404.
    pub fn attempt(&self) -> Result<AttemptId, Problem> {
        self.id("attempt", AttemptId::parse)
    }

    /// `{request}`: the agent's own name for what it asks.
    #[must_use]
    pub fn request(&self) -> String {
        self.raw("request").to_owned()
    }

    /// `{agent}`.
    ///
    /// # Errors
    /// 404.
    pub fn agent(&self) -> Result<AgentId, Problem> {
        self.id("agent", AgentId::parse)
    }

    /// `{token}`.
    ///
    /// # Errors
    /// 404.
    pub fn token(&self) -> Result<TokenId, Problem> {
        self.id("token", TokenId::parse)
    }

    /// `{profile}`.
    ///
    /// # Errors
    /// 404.
    pub fn profile(&self) -> Result<ProfileId, Problem> {
        self.id("profile", ProfileId::parse)
    }
}
