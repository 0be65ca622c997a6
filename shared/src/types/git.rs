use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{BoardId, GitOwner, Time};

/// The state of a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GitStatus {
    /// The branch; `""` when HEAD is detached.
    pub branch: String,
    /// The commit; `""` before the first.
    pub head: String,
    /// Commits that the upstream lacks; 0 without an upstream.
    pub ahead: u32,
    /// Commits that the upstream has more; 0 without an upstream.
    pub behind: u32,
    /// Anything changed or untracked.
    pub has_uncommitted: bool,
    /// At most 500; a file changed in index and tree has two entries.
    pub files: Vec<GitFile>,
    /// Counts of all files, also of those left out.
    pub summary: GitSummary,
    /// Files were left out.
    pub truncated: bool,
}

/// A changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GitFile {
    /// Relative to the top of the work tree.
    pub path: String,
    /// Where it came from, when renamed or copied.
    pub old_path: Option<String>,
    /// What happened to it.
    pub status: GitFileStatus,
    /// In the index rather than in the work tree.
    pub staged: bool,
}

/// What happened to a file, in git's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
pub enum GitFileStatus {
    /// Modified.
    #[serde(rename = "M")]
    Modified,
    /// Added.
    #[serde(rename = "A")]
    Added,
    /// Deleted.
    #[serde(rename = "D")]
    Deleted,
    /// Renamed.
    #[serde(rename = "R")]
    Renamed,
    /// Copied.
    #[serde(rename = "C")]
    Copied,
    /// Unmerged.
    #[serde(rename = "U")]
    Unmerged,
    /// Untracked.
    #[serde(rename = "?")]
    Untracked,
}

/// How many files changed in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the words say it")]
pub struct GitSummary {
    /// Added.
    pub added: u32,
    /// Modified.
    pub modified: u32,
    /// Deleted.
    pub deleted: u32,
    /// Untracked.
    pub untracked: u32,
    /// In the index.
    pub staged: u32,
}

/// `git_status`: the checkout changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct GitStatusChanged {
    pub board_id: BoardId,
    pub attempt_id: GitOwner,
    pub status: GitStatus,
}

/// `git_commit`: a commit was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct GitCommit {
    pub board_id: BoardId,
    pub attempt_id: GitOwner,
    /// As git abbreviates it.
    pub short_sha: String,
    /// Its whole name.
    pub sha: String,
    /// The first line of its message.
    pub subject: String,
    pub ts: Time,
}

/// `git_push`: a branch was pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct GitPush {
    pub board_id: BoardId,
    pub attempt_id: GitOwner,
    /// The remote's name.
    pub remote: String,
    /// The branch on the remote.
    pub branch: String,
    /// Where the branch is now.
    pub sha: String,
    pub ts: Time,
}
