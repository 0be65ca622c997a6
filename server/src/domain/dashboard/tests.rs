use std::sync::Arc;

use super::*;

/// One that ended an hour before [`noon`].
fn ended(nth: u64, status: AttemptStatus) -> AttemptSummary {
    let at = Time::from_millis(noon().millis() - 3_600_000);
    AttemptSummary {
        id: AttemptId::parse(&format!("a{nth}")).unwrap(),
        card_id: CardId::parse(&format!("k{nth}")).unwrap(),
        card_title: "Log in".into(),
        ticket_key: format!("WEB-{nth}"),
        card_done: false,
        agent: format!("agent-{}", nth % 8),
        status,
        needs_input: false,
        created_at: at,
        started_at: Some(at),
        ended_at: Some(at),
        updated_at: at,
        error: None,
        pr_url: None,
        created_seq: nth,
    }
}

fn noon() -> Time {
    Time::parse("2026-03-04T12:00:00Z").unwrap()
}

fn board(nth: u64, attempts: Vec<AttemptSummary>, hours: Vec<Hour>) -> Arc<BoardSummary> {
    let columns = ColumnCardCounts::default();
    let id = BoardId::parse(&format!("b{nth}")).unwrap();
    Arc::new(BoardSummary { id, name: "Web".into(), total_cards: 0, columns, attempts, hours })
}

fn seen(boards: &[Arc<BoardSummary>]) -> DashboardOverview {
    let range = Range::preset(TimeRangePreset::Last7d, noon());
    overview(boards, &[], &AgentNames::new(), &range, noon())
}

#[test]
fn a_board_is_busy_from_ten_on_and_at_risk_when_half_of_five_or_more_failed() {
    for (succeeded, failed, busy, at_risk) in [
        (0, 4, false, false),
        (4, 0, false, false),
        (0, 5, true, true),
        (5, 0, true, false),
        (3, 2, true, false),
        (3, 3, true, true),
    ] {
        let all = [(succeeded, AttemptStatus::Succeeded), (failed, AttemptStatus::Failed)];
        let attempts = all.into_iter().flat_map(|(count, status)| (0..count).map(move |nth| ended(nth, status)));
        let health = seen(&[board(1, attempts.collect(), Vec::new())]).project_snapshots[0].health;
        assert_eq!((health.is_high_activity, health.is_at_risk), (busy, at_risk), "{succeeded} and {failed}");
    }
}

/// The time that this thread has had of a processor, in nanoseconds.
#[cfg(target_os = "linux")]
fn worked() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_thousand_boards_with_ten_thousand_attempts_are_seen_within_20_ms_of_a_core() {
    let hour = noon().millis() / 3_600_000;
    let statuses = [AttemptStatus::Succeeded, AttemptStatus::Failed, AttemptStatus::Running, AttemptStatus::Queued];
    let of = |nth: u64| {
        (0..10).map(move |other| nth * 10 + other).map(|id| ended(id, statuses[usize::try_from(id % 4).unwrap()]))
    };
    // A week in which something happened each hour.
    let hours: Vec<Hour> = (hour - 168..=hour).map(|hour| Hour { hour, events: 1, ..Hour::default() }).collect();
    let boards: Vec<_> = (0..1000).map(|nth| board(nth, of(nth).collect(), hours.clone())).collect();
    let cost = |_| {
        let before = worked();
        let document = serde_json::to_vec(&seen(&boards)).unwrap();
        assert!(document.len() > 100_000);
        worked() - before
    };
    let least = (0..5).map(cost).min().unwrap();
    // Without optimisation it is slow, but not without a bound.
    let limit = if cfg!(debug_assertions) { 600_000_000 } else { 20_000_000 };
    assert!(least < limit, "{least} ns");
}
