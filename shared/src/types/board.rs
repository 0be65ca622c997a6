use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AgentId, BoardId, CardId, ColumnId, Time};

/// A board's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// 1 to 200 characters.
    pub name: String,
    /// The top of its git work tree, absolute.
    pub repository_path: Option<String>,
    /// The branch that attempts start from.
    pub base_branch: Option<String>,
    /// The letters before the number of a ticket key.
    pub ticket_prefix: String,
    /// `owner/name` on GitHub.
    pub github_repo: Option<String>,
    /// The agent that takes up a card when none is named.
    pub default_agent: Option<AgentId>,
    /// The name of the git remote that is pushed to.
    pub remote: String,
    /// Commit what an attempt left uncommitted when it succeeds.
    pub auto_commit: bool,
    /// Push after an automatic commit.
    pub auto_push: bool,
    /// The card moves with its attempt.
    pub card_follows_attempt: bool,
    /// When it was made.
    pub created_at: Time,
    /// When its settings last changed.
    pub updated_at: Time,
}

/// What is on a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardState {
    /// The board.
    pub board_id: BoardId,
    /// The log's number of this board's last change.
    pub seq: u64,
    /// All columns.
    pub columns: BTreeMap<ColumnId, Column>,
    /// The columns from left to right.
    pub column_order: Vec<ColumnId>,
    /// All cards.
    pub cards: BTreeMap<CardId, Card>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Column {
    /// Its id.
    pub id: ColumnId,
    /// What it stands for, when it is one of the four that mean something; unique on its board.
    pub key: Option<ColumnKey>,
    /// 1 to 500 characters, one line.
    pub title: String,
    /// Its cards from top to bottom.
    pub card_ids: Vec<CardId>,
}

/// The columns that mean something to Boardcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ColumnKey {
    /// Not begun.
    Backlog,
    /// Being worked on.
    InProgress,
    /// Waiting for a look.
    Review,
    /// Finished.
    Done,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// `<PREFIX>-<n>`, unique on its board.
    pub ticket_key: String,
    /// 1 to 500 characters, one line.
    pub title: String,
    /// At most 64 KiB.
    pub description: Option<String>,
    /// The kind of work.
    pub ticket_type: Option<TicketType>,
    /// An agent or a person has refined it.
    pub is_enhanced: bool,
    /// The cards that come first; at most 100, without a cycle.
    pub depends_on: Vec<CardId>,
    /// Its pull request.
    pub pr_url: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed or moved.
    pub updated_at: Time,
}

/// The kind of work, in the words of Conventional Commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words are the field's own")]
pub enum TicketType {
    Feat,
    Fix,
    Chore,
    Docs,
    Style,
    Refactor,
    Perf,
    Test,
    Build,
    Ci,
    Revert,
}
