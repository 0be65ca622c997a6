//! Pull requests: made, found, looked at again.

use boardcast_shared::{PullRequest, PullRequestState, Time};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header;
use hyper::{Method, Request, StatusCode};
use serde::{Deserialize, Serialize};

use super::address::Repo;
use super::connection::{Answer, send};
use super::error::GitHubError;
use super::{GitHub, Tag};

/// A pull request to be made.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the fields of the request")]
pub struct NewPull {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    pub head: String,
    pub base: String,
    pub draft: bool,
}

/// What came of one that was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It is new.
    New(PullRequest),
    /// The branch has one already.
    Existing(PullRequest),
}

/// A look at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// It is as it was when its tag was given.
    Same,
    /// As it is now, with the tag of that.
    Seen(PullRequest, Option<Tag>),
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    html_url: String,
    state: PullRequestState,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    merged: bool,
    merged_at: Option<Time>,
    title: String,
    head: Branch,
    base: Branch,
    created_at: Time,
    updated_at: Time,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(rename = "ref")]
    name: String,
}

impl TryFrom<Pull> for PullRequest {
    type Error = GitHubError;

    /// Its link becomes one of the page's, and its title a line there.
    fn try_from(pull: Pull) -> Result<Self, GitHubError> {
        let no_link = |_| GitHubError::Unavailable("a pull request's link is none".into());
        crate::domain::text::HttpUrl::try_from(pull.html_url.clone()).map_err(no_link)?;
        Ok(Self {
            number: pull.number,
            url: pull.html_url,
            state: pull.state,
            draft: pull.draft,
            // Lists only tell when.
            merged: pull.merged || pull.merged_at.is_some(),
            title: pull.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
            head_ref: pull.head.name,
            base_ref: pull.base.name,
            created_at: pull.created_at,
            updated_at: pull.updated_at,
        })
    }
}

impl GitHub {
    /// Makes a pull request; finds the one that the branch has already.
    ///
    /// # Errors
    /// See [`GitHubError`].
    pub async fn open(&self, repo: &Repo, new: &NewPull) -> Result<Opened, GitHubError> {
        let body = serde_json::to_vec(new).expect("plain data serializes");
        let answer = self.ask(Method::POST, &format!("/repos/{repo}/pulls"), None, body).await?;
        if answer.status.is_success() {
            return Ok(Opened::New(read::<Pull>(&answer)?.try_into()?));
        }
        let error = GitHubError::of(&answer);
        if matches!(&error, GitHubError::Rejected(why) if why.to_ascii_lowercase().contains("already exists"))
            && let Some(found) = self.open_of(repo, new).await?
        {
            return Ok(Opened::Existing(found));
        }
        Err(error)
    }

    async fn open_of(&self, repo: &Repo, new: &NewPull) -> Result<Option<PullRequest>, GitHubError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("state", "open")
            .append_pair("head", &format!("{}:{}", repo.owner, new.head))
            .append_pair("base", &new.base)
            .finish();
        let answer = self.ask(Method::GET, &format!("/repos/{repo}/pulls?{query}"), None, Vec::new()).await?;
        if !answer.status.is_success() {
            return Err(GitHubError::of(&answer));
        }
        let found = read::<Vec<Pull>>(&answer)?.into_iter().find(|pull| pull.head.name == new.head);
        found.map(PullRequest::try_from).transpose()
    }

    /// Looks at a pull request; one that is as it was when `tag` was given isn't counted against the token's limit.
    ///
    /// # Errors
    /// See [`GitHubError`].
    pub async fn look(&self, repo: &Repo, number: u64, tag: Option<&Tag>) -> Result<Look, GitHubError> {
        let answer = self.ask(Method::GET, &format!("/repos/{repo}/pulls/{number}"), tag, Vec::new()).await?;
        match answer.status {
            StatusCode::NOT_MODIFIED => Ok(Look::Same),
            status if status.is_success() => {
                Ok(Look::Seen(read::<Pull>(&answer)?.try_into()?, answer.headers.get(header::ETAG).cloned()))
            }
            _ => Err(GitHubError::of(&answer)),
        }
    }

    async fn ask(&self, method: Method, path: &str, tag: Option<&Tag>, body: Vec<u8>) -> Result<Answer, GitHubError> {
        let (api, token) = (&self.inner.api, self.token()?);
        let mut request = Request::builder()
            .method(method)
            .uri(api.target(path))
            .header(header::HOST, &api.authority)
            .header(header::AUTHORIZATION, token)
            .header(header::USER_AGENT, concat!("boardcast/", env!("CARGO_PKG_VERSION")))
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28");
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(Bytes::from(body)));
        let request = request.map_err(|error| GitHubError::Unavailable(format!("it can't be asked: {error}")))?;
        send(api, &self.clock, request).await
    }
}

fn read<T: for<'de> Deserialize<'de>>(answer: &Answer) -> Result<T, GitHubError> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| GitHubError::Unavailable(format!("its answer can't be understood: {error}")))
}
