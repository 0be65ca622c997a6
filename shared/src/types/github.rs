use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AttemptId, BoardId, Time};

/// A pull request on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PullRequest {
    /// Its number in its repository.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Open or closed; a merged one is closed.
    pub state: PullRequestState,
    /// Not ready yet.
    pub draft: bool,
    /// In the base branch.
    pub merged: bool,
    /// One line.
    pub title: String,
    /// The branch with the work.
    pub head_ref: String,
    /// The branch it goes to.
    pub base_ref: String,
    /// When it was opened.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// Whether a pull request is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum PullRequestState {
    Open,
    Closed,
}

/// `attempt_pr`: an attempt's pull request is new or has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct AttemptPr {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub pr: PullRequest,
}
