//! All boards at one look: what is known of each, and what that says about a range of time. Pure.
//!
//! ```text
//! range.rs   which time
//! series.rs  sums by hour, as buckets with a trend
//! inbox.rs   what waits for somebody
//! ```

mod inbox;
mod range;
mod series;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use boardcast_shared::{
    ActiveAttempt, AgentStat, AttemptId, AttemptStatus, BoardId, CardId, ColumnCardCounts, DashboardOverview, Health,
    Metrics, OverviewMeta, ProjectSnapshot, RecentAttempt, Time, TimeRangePreset,
};

pub use inbox::next_stuck;
pub use range::Range;
pub use series::Hour;

/// The most active attempts that are shown.
const ACTIVE: usize = 200;
/// The most recent ones.
const RECENT: usize = 40;
/// The longest summary of an error, in characters.
const SUMMARY_CHARS: usize = 200;
/// From this score on a board is busy.
const HIGH_ACTIVITY: u32 = 10;
/// A board with fewer attempts in the range isn't called at risk.
const RISK_ATTEMPTS: u32 = 5;

/// What is known of a board.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct BoardSummary {
    pub id: BoardId,
    pub name: String,
    pub total_cards: u32,
    pub columns: ColumnCardCounts,
    /// All of them.
    pub attempts: Vec<AttemptSummary>,
    /// In order; hours in which nothing happened are left out.
    pub hours: Vec<Hour>,
}

/// What is known of an attempt.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "as in Attempt and Card")]
pub struct AttemptSummary {
    pub id: AttemptId,
    pub card_id: CardId,
    pub card_title: String,
    pub ticket_key: String,
    /// Whether its card is in the column that stands for done.
    pub card_done: bool,
    pub agent: String,
    pub status: AttemptStatus,
    pub needs_input: bool,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub updated_at: Time,
    pub error: Option<String>,
    pub pr_url: Option<String>,
    /// Which came first.
    pub created_seq: u64,
}

impl AttemptSummary {
    fn is_active(&self) -> bool {
        !self.status.is_final()
    }

    /// When it ended; attempts that were told as over without a time ended when that was heard.
    fn over_at(&self) -> Option<Time> {
        self.status.is_final().then(|| self.ended_at.unwrap_or(self.updated_at))
    }

    fn ended_as(&self, status: AttemptStatus, range: &Range) -> bool {
        self.status == status && self.over_at().is_some_and(|at| range.contains(at))
    }

    fn error_summary(&self) -> Option<String> {
        let line = self.error.as_deref()?.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(line.chars().take(SUMMARY_CHARS).collect())
    }
}

/// What is known of an agent: its label, by its id.
pub type AgentNames = BTreeMap<String, Option<String>>;

/// The overview of `boards` over `range`, at `now`. `common` are the hours of the facts that concern no board.
#[must_use]
pub fn overview(
    boards: &[std::sync::Arc<BoardSummary>],
    common: &[Hour],
    agents: &AgentNames,
    range: &Range,
    now: Time,
) -> DashboardOverview {
    let inbox = inbox::inbox(boards, now);
    let hours = || boards.iter().map(|board| board.hours.as_slice()).chain([common]);
    DashboardOverview {
        time_range: range.shown(),
        generated_at: now,
        metrics: metrics(boards, series::by_key(hours, range), range, inbox.review.len()),
        active_attempts: active_attempts(boards, now),
        recent_attempt_activity: recent_attempts(boards, range),
        inbox_items: inbox,
        project_snapshots: boards.iter().map(|board| snapshot(board, range)).collect(),
        agent_stats: agent_stats(boards, agents, range),
        meta: OverviewMeta {
            version: "v1".into(),
            available_time_range_presets: vec![
                TimeRangePreset::Last24h,
                TimeRangePreset::Last7d,
                TimeRangePreset::Last30d,
                TimeRangePreset::Last90d,
                TimeRangePreset::AllTime,
            ],
        },
    }
}

type Boards<'a> = &'a [std::sync::Arc<BoardSummary>];

fn attempts(boards: Boards<'_>) -> impl Iterator<Item = (&BoardSummary, &AttemptSummary)> {
    boards.iter().flat_map(|board| board.attempts.iter().map(move |attempt| (&**board, attempt)))
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

fn seconds(from: Time, to: Time) -> u64 {
    u64::try_from((to.millis() - from.millis()) / 1000).unwrap_or(0)
}

/// Succeeded of those that ended well or badly; nothing when none did.
fn rate(part: u32, other: u32) -> Option<f64> {
    (part + other > 0).then(|| f64::from(part) / f64::from(part + other))
}

fn metrics(
    boards: Boards<'_>,
    by_key: BTreeMap<String, boardcast_shared::Series>,
    range: &Range,
    review_items: usize,
) -> Metrics {
    let ended = |status| count(attempts(boards).filter(|(_, attempt)| attempt.ended_as(status, range)));
    Metrics {
        by_key,
        active_attempts: count(attempts(boards).filter(|(_, attempt)| attempt.is_active())),
        attempts_in_range: count(attempts(boards).filter(|(_, attempt)| range.contains(attempt.created_at))),
        success_rate_in_range: rate(ended(AttemptStatus::Succeeded), ended(AttemptStatus::Failed)),
        review_items_count: u32::try_from(review_items).unwrap_or(u32::MAX),
        projects_with_activity: count(
            boards.iter().filter(|board| board.hours.iter().any(|hour| hour.events > 0 && range.overlaps(hour.hour))),
        ),
    }
}

fn active_attempts(boards: Boards<'_>, now: Time) -> Vec<ActiveAttempt> {
    let mut active: Vec<_> = attempts(boards).filter(|(_, attempt)| attempt.is_active()).collect();
    active.sort_by(|(_, a), (_, b)| b.updated_at.cmp(&a.updated_at).then_with(|| b.created_seq.cmp(&a.created_seq)));
    active.truncate(ACTIVE);
    let shown = active.into_iter().map(|(board, attempt)| ActiveAttempt {
        attempt_id: attempt.id.clone(),
        project_id: board.id.clone(),
        project_name: board.name.clone(),
        card_id: attempt.card_id.clone(),
        card_title: attempt.card_title.clone(),
        ticket_key: attempt.ticket_key.clone(),
        agent_id: attempt.agent.clone(),
        status: attempt.status,
        needs_input: attempt.needs_input,
        started_at: attempt.started_at,
        updated_at: attempt.updated_at,
        elapsed_seconds: seconds(attempt.started_at.unwrap_or(attempt.created_at), now),
    });
    shown.collect()
}

fn recent_attempts(boards: Boards<'_>, range: &Range) -> Vec<RecentAttempt> {
    let occurred = |attempt: &AttemptSummary| attempt.over_at().unwrap_or(attempt.updated_at);
    let mut recent: Vec<_> = attempts(boards).filter(|(_, attempt)| range.contains(occurred(attempt))).collect();
    recent.sort_by(|(_, a), (_, b)| occurred(b).cmp(&occurred(a)).then_with(|| b.created_seq.cmp(&a.created_seq)));
    recent.truncate(RECENT);
    let shown = recent.into_iter().map(|(board, attempt)| RecentAttempt {
        attempt_id: attempt.id.clone(),
        project_id: board.id.clone(),
        project_name: board.name.clone(),
        card_id: attempt.card_id.clone(),
        card_title: attempt.card_title.clone(),
        ticket_key: attempt.ticket_key.clone(),
        agent_id: attempt.agent.clone(),
        status: attempt.status,
        occurred_at: occurred(attempt),
        duration_seconds: attempt.over_at().zip(attempt.started_at).map(|(end, start)| seconds(start, end)),
        error_summary: attempt.error_summary(),
    });
    shown.collect()
}

fn snapshot(board: &BoardSummary, range: &Range) -> ProjectSnapshot {
    let ended = |status| count(board.attempts.iter().filter(|attempt| attempt.ended_as(status, range)));
    let (succeeded, failed) = (ended(AttemptStatus::Succeeded), ended(AttemptStatus::Failed));
    let active = count(board.attempts.iter().filter(|attempt| attempt.is_active()));
    let in_range = count(board.attempts.iter().filter(|attempt| range.contains(attempt.created_at)));
    let open = board.total_cards - board.columns.done;
    let score = open + 3 * active + 2 * in_range;
    let failure_rate = rate(failed, succeeded);
    ProjectSnapshot {
        project_id: board.id.clone(),
        name: board.name.clone(),
        active_attempts_count: active,
        open_cards: open,
        total_cards: board.total_cards,
        column_card_counts: board.columns,
        attempts_in_range: in_range,
        failed_attempts_in_range: failed,
        health: Health {
            activity_score: score,
            failure_rate_in_range: failure_rate,
            is_high_activity: score >= HIGH_ACTIVITY,
            is_at_risk: in_range >= RISK_ATTEMPTS && failure_rate.is_some_and(|rate| rate >= 0.5),
        },
    }
}

/// Every registered agent, and every other one that had an attempt in the range.
fn agent_stats(boards: Boards<'_>, names: &AgentNames, range: &Range) -> Vec<AgentStat> {
    let stat = |id: &str, label: Option<&String>| AgentStat {
        agent_id: id.to_owned(),
        agent_name: label.map_or_else(|| id.to_owned(), Clone::clone),
        attempts_started: 0,
        attempts_succeeded: 0,
        attempts_failed: 0,
        success_rate: None,
        last_active_at: None,
    };
    let mut stats: BTreeMap<&str, AgentStat> =
        names.iter().map(|(id, label)| (id.as_str(), stat(id, label.as_ref()))).collect();
    for (_, attempt) in attempts(boards).filter(|(_, attempt)| !attempt.agent.is_empty()) {
        let stat = stats.entry(&attempt.agent).or_insert_with(|| stat(&attempt.agent, None));
        stat.attempts_started += u32::from(range.contains(attempt.created_at));
        stat.attempts_succeeded += u32::from(attempt.ended_as(AttemptStatus::Succeeded, range));
        stat.attempts_failed += u32::from(attempt.ended_as(AttemptStatus::Failed, range));
        stat.last_active_at = stat.last_active_at.max(Some(attempt.updated_at));
    }
    let mut stats: Vec<AgentStat> = stats.into_values().collect();
    for stat in &mut stats {
        stat.success_rate = rate(stat.attempts_succeeded, stat.attempts_failed);
    }
    stats
}
