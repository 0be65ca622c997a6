use std::collections::HashMap;

use boardcast_shared::{AttemptStatus, CardId, InboxItem, InboxItems, InboxKind, InboxMeta, Time};

use super::{AttemptSummary, BoardSummary, Boards, attempts, seconds};

/// Queued so long is stuck, in milliseconds ...
const QUEUED: i64 = 10 * 60_000;
/// ... and running so long without an event.
const SILENT: i64 = 30 * 60_000;

/// What waits for somebody, the latest first.
pub(super) fn inbox(boards: Boards<'_>, now: Time) -> InboxItems {
    let successes = last_successes(boards);
    let of = |kind: InboxKind, is: &dyn Fn(&BoardSummary, &AttemptSummary) -> bool| {
        let mut items: Vec<InboxItem> = attempts(boards)
            .filter(|(board, attempt)| is(board, attempt))
            .map(|(board, attempt)| item(kind, board, attempt, now))
            .collect();
        items.sort_by(|a, b| b.updated_at.cmp(&a.updated_at).then_with(|| a.id.cmp(&b.id)));
        items
    };
    let later_success = |board: &BoardSummary, attempt: &AttemptSummary| {
        successes.get(&(board.id.as_str(), &attempt.card_id)).is_some_and(|seq| *seq > attempt.created_seq)
    };
    let needs_input = of(InboxKind::NeedsInput, &|_, attempt| attempt.needs_input && attempt.is_active());
    let review = of(InboxKind::Review, &|_, attempt| attempt.status == AttemptStatus::Succeeded && !attempt.card_done);
    let failed = of(InboxKind::Failed, &|board, attempt| {
        attempt.status == AttemptStatus::Failed && !later_success(board, attempt)
    });
    let stuck = of(InboxKind::Stuck, &|_, attempt| stuck_at(attempt).is_some_and(|at| at <= now));
    let total = needs_input.len() + review.len() + failed.len() + stuck.len();
    InboxItems {
        needs_input,
        review,
        failed,
        stuck,
        meta: InboxMeta { total: u32::try_from(total).unwrap_or(u32::MAX) },
    }
}

/// The youngest attempt of each card that succeeded.
fn last_successes(boards: Boards<'_>) -> HashMap<(&str, &CardId), u64> {
    let mut successes = HashMap::new();
    for (board, attempt) in attempts(boards).filter(|(_, attempt)| attempt.status == AttemptStatus::Succeeded) {
        let last = successes.entry((board.id.as_str(), &attempt.card_id)).or_insert(0);
        *last = attempt.created_seq.max(*last);
    }
    successes
}

/// Since when it waits or is silent, and when it is stuck if that goes on.
fn stuck_at(attempt: &AttemptSummary) -> Option<Time> {
    let (since, patience) = waiting(attempt)?;
    Some(Time::from_millis(since.millis() + patience))
}

fn waiting(attempt: &AttemptSummary) -> Option<(Time, i64)> {
    match attempt.status {
        AttemptStatus::Queued => Some((attempt.created_at, QUEUED)),
        AttemptStatus::Running => Some((attempt.updated_at, SILENT)),
        _ => None,
    }
}

/// The next moment after `now` at which an attempt becomes stuck if nothing happens.
#[must_use]
pub fn next_stuck(boards: Boards<'_>, now: Time) -> Option<Time> {
    attempts(boards).filter_map(|(_, attempt)| stuck_at(attempt)).filter(|at| *at > now).min()
}

fn item(kind: InboxKind, board: &BoardSummary, attempt: &AttemptSummary, now: Time) -> InboxItem {
    let word = match kind {
        InboxKind::NeedsInput => "needsInput",
        InboxKind::Review => "review",
        InboxKind::Failed => "failed",
        InboxKind::Stuck => "stuck",
    };
    InboxItem {
        id: format!("{word}:{}", attempt.id),
        kind,
        attempt_id: attempt.id.clone(),
        project_id: board.id.clone(),
        project_name: board.name.clone(),
        card_id: attempt.card_id.clone(),
        card_title: attempt.card_title.clone(),
        ticket_key: attempt.ticket_key.clone(),
        agent_id: attempt.agent.clone(),
        status: attempt.status,
        created_at: attempt.created_at,
        updated_at: attempt.updated_at,
        pr_url: attempt.pr_url.clone(),
        error_summary: attempt.error_summary(),
        stuck_for_seconds: waiting(attempt).filter(|_| kind == InboxKind::Stuck).map(|(since, _)| seconds(since, now)),
    }
}
