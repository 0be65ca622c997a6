use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AttemptId, AttemptStatus, BoardId, CardId, Time};

/// All boards at one look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct DashboardOverview {
    pub time_range: TimeRange,
    pub generated_at: Time,
    pub metrics: Metrics,
    pub active_attempts: Vec<ActiveAttempt>,
    pub recent_attempt_activity: Vec<RecentAttempt>,
    pub inbox_items: InboxItems,
    pub project_snapshots: Vec<ProjectSnapshot>,
    pub agent_stats: Vec<AgentStat>,
    pub meta: OverviewMeta,
}

/// The range that numbers are counted over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct TimeRange {
    pub preset: Option<TimeRangePreset>,
    pub from: Option<Time>,
    pub to: Time,
}

/// The ranges that have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[allow(missing_docs, reason = "the words say it")]
pub enum TimeRangePreset {
    #[serde(rename = "last_24h")]
    Last24h,
    #[serde(rename = "last_7d")]
    Last7d,
    #[serde(rename = "last_30d")]
    Last30d,
    #[serde(rename = "last_90d")]
    Last90d,
    #[serde(rename = "all_time")]
    AllTime,
}

/// The numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metrics {
    /// `attempts.started`, `attempts.succeeded`, `attempts.failed`, `attempts.active`, `cards.open`, `events.published`.
    pub by_key: BTreeMap<String, Series>,
    /// Queued, running or stopping now.
    pub active_attempts: u32,
    /// First seen in the range.
    pub attempts_in_range: u32,
    /// Succeeded of those that ended well or badly in the range, 0 to 1.
    pub success_rate_in_range: Option<f64>,
    /// The length of the review inbox.
    pub review_items_count: u32,
    /// Boards with an event in the range.
    pub projects_with_activity: u32,
}

/// A number over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct Series {
    /// Its name for people.
    pub label: String,
    /// What is counted.
    pub unit: String,
    pub points: Vec<SeriesPoint>,
    /// The sum, or the last value of what is a level.
    pub total: f64,
    pub trend: Trend,
}

/// One bucket of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeriesPoint {
    /// Where the bucket begins.
    pub timestamp: Time,
    /// The sum, or the last value of what is a level.
    pub value: f64,
    /// The bucket's length in seconds.
    pub bucket_size_seconds: u32,
}

/// The range's second half against its first; flat within 10 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Trend {
    Up,
    Down,
    Flat,
}

/// An attempt that isn't over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Attempt, Board and Card")]
pub struct ActiveAttempt {
    pub attempt_id: AttemptId,
    pub project_id: BoardId,
    /// Its board's name.
    pub project_name: String,
    pub card_id: CardId,
    /// Its card's title.
    pub card_title: String,
    /// Its card's ticket key.
    pub ticket_key: String,
    /// The agent's name.
    pub agent_id: String,
    pub status: AttemptStatus,
    /// It waits for an answer.
    pub needs_input: bool,
    pub started_at: Option<Time>,
    pub updated_at: Time,
    /// Since it began, or since it was queued when it has not begun.
    pub elapsed_seconds: u64,
}

/// An attempt that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Attempt, Board and Card")]
pub struct RecentAttempt {
    pub attempt_id: AttemptId,
    pub project_id: BoardId,
    /// Its board's name.
    pub project_name: String,
    pub card_id: CardId,
    /// Its card's title.
    pub card_title: String,
    /// Its card's ticket key.
    pub ticket_key: String,
    /// The agent's name.
    pub agent_id: String,
    pub status: AttemptStatus,
    pub occurred_at: Time,
    /// How long it ran.
    pub duration_seconds: Option<u64>,
    /// Why it failed, shortened.
    pub error_summary: Option<String>,
}

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the words say it")]
pub struct InboxItems {
    pub needs_input: Vec<InboxItem>,
    pub review: Vec<InboxItem>,
    pub failed: Vec<InboxItem>,
    pub stuck: Vec<InboxItem>,
    pub meta: InboxMeta,
}

/// How much waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InboxMeta {
    /// Of all four lists together.
    pub total: u32,
}

/// One thing that waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Attempt, Board and Card")]
pub struct InboxItem {
    /// The kind and the attempt: the same thing has the same id in the next overview.
    pub id: String,
    #[serde(rename = "type")]
    pub kind: InboxKind,
    pub attempt_id: AttemptId,
    pub project_id: BoardId,
    /// Its board's name.
    pub project_name: String,
    pub card_id: CardId,
    /// Its card's title.
    pub card_title: String,
    /// Its card's ticket key.
    pub ticket_key: String,
    /// The agent's name.
    pub agent_id: String,
    pub status: AttemptStatus,
    pub created_at: Time,
    pub updated_at: Time,
    /// Its pull request.
    pub pr_url: Option<String>,
    /// Why it failed, shortened.
    pub error_summary: Option<String>,
    /// How long it has been silent or queued; null for the other kinds.
    pub stuck_for_seconds: Option<u64>,
}

/// Why something waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum InboxKind {
    NeedsInput,
    Review,
    Failed,
    Stuck,
}

/// A board at one look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the words say it")]
pub struct ProjectSnapshot {
    pub project_id: BoardId,
    /// The board's name.
    pub name: String,
    /// Queued, running or stopping now.
    pub active_attempts_count: u32,
    /// Cards that are not done.
    pub open_cards: u32,
    /// All cards.
    pub total_cards: u32,
    pub column_card_counts: ColumnCardCounts,
    /// First seen in the range.
    pub attempts_in_range: u32,
    /// Those that failed in the range.
    pub failed_attempts_in_range: u32,
    pub health: Health,
}

/// Cards in the columns that mean something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the words say it")]
pub struct ColumnCardCounts {
    /// In the column with that key.
    pub backlog: u32,
    /// In the column with that key.
    pub in_progress: u32,
    /// In the column with that key.
    pub review: u32,
    /// In the column with that key.
    pub done: u32,
}

/// How a board does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Health {
    /// Open cards + 3 × active attempts + 2 × attempts in the range.
    pub activity_score: u32,
    /// Failed of those that ended well or badly in the range, 0 to 1.
    pub failure_rate_in_range: Option<f64>,
    /// A score of 10 or more.
    pub is_high_activity: bool,
    /// 5 or more attempts in the range, and half of those that ended failed.
    pub is_at_risk: bool,
}

/// How an agent does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the words say it")]
pub struct AgentStat {
    /// The agent's name.
    pub agent_id: String,
    /// Its name for people.
    pub agent_name: String,
    /// First seen in the range.
    pub attempts_started: u32,
    /// Ended well in the range.
    pub attempts_succeeded: u32,
    /// Ended badly in the range.
    pub attempts_failed: u32,
    /// Succeeded of those that ended well or badly, 0 to 1.
    pub success_rate: Option<f64>,
    pub last_active_at: Option<Time>,
}

/// What the overview itself is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverviewMeta {
    /// `v1`.
    pub version: String,
    /// The ranges that can be asked for.
    pub available_time_range_presets: Vec<TimeRangePreset>,
}
