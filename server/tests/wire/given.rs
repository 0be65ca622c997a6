//! Parts of facts.

use boardcast_shared::{
    AgentId, AttemptId, AttemptLog, AttemptPr, AttemptStatus, AttemptStatusChanged, BoardId, BoardState, Card, CardId,
    Column, ColumnId, ColumnKey, LogLevel, PullRequest, PullRequestState, Time,
};

pub fn board() -> BoardId {
    BoardId::parse("web").expect("an id")
}

pub fn attempt() -> AttemptId {
    AttemptId::parse("a1").expect("an id")
}

pub fn card() -> CardId {
    CardId::parse("k1").expect("an id")
}

pub fn column() -> ColumnId {
    ColumnId::parse("c1").expect("an id")
}

pub fn codex() -> AgentId {
    AgentId::parse("codex").expect("an id")
}

pub fn noon() -> Time {
    Time::parse("2026-01-31T12:00:00Z").expect("a time")
}

pub fn status(status: AttemptStatus, previous_status: Option<AttemptStatus>) -> AttemptStatusChanged {
    AttemptStatusChanged {
        board_id: board(),
        attempt_id: attempt(),
        card_id: card(),
        agent: "codex".into(),
        status,
        previous_status,
        needs_input: false,
        started_at: previous_status.map(|_| noon()),
        ended_at: None,
        error: None,
        ts: noon(),
        replayed: None,
    }
}

pub fn log(message: &str) -> AttemptLog {
    AttemptLog { board_id: board(), attempt_id: attempt(), level: LogLevel::Error, message: message.into(), ts: noon() }
}

pub fn pr(state: PullRequestState) -> AttemptPr {
    let pr = PullRequest {
        number: 12,
        url: "https://example.org/pull/12".into(),
        state,
        draft: false,
        merged: state == PullRequestState::Closed,
        title: "feat: log in".into(),
        head_ref: "web-1".into(),
        base_ref: "main".into(),
        created_at: noon(),
        updated_at: noon(),
    };
    AttemptPr { board_id: board(), attempt_id: attempt(), pr }
}

pub fn whole_board(title: &str) -> BoardState {
    let lane =
        Column { id: column(), key: Some(ColumnKey::InProgress), title: "In progress".into(), card_ids: vec![card()] };
    let task = Card {
        id: card(),
        ticket_key: "WEB-1".into(),
        title: title.into(),
        description: None,
        ticket_type: None,
        is_enhanced: false,
        depends_on: Vec::new(),
        pr_url: None,
        created_at: noon(),
        updated_at: noon(),
    };
    BoardState {
        board_id: board(),
        seq: 7,
        columns: [(column(), lane)].into(),
        column_order: vec![column()],
        cards: [(card(), task)].into(),
    }
}
