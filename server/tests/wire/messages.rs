//! What is sent without being a fact.

use boardcast::domain::board::{BoardDoc, NewCard};
use boardcast::sse::frame;
use boardcast_shared::{
    AttemptStatus, AttemptStatusChanged, BoardState, Bye, ByeReason, Heartbeat, Hello, Replay, SseMsg, TicketType,
};

use super::given::{board, card, noon, status, whole_board};

#[track_caller]
fn check_message(message: &SseMsg, wire: &str) {
    assert_eq!(String::from_utf8_lossy(&frame::message(message)), wire);
}

#[test]
fn what_is_no_fact_has_no_id() {
    let at = "2026-01-31T12:00:00.000Z";
    assert_eq!(frame::retry(), "retry: 1500\n\n");
    let hello = Hello {
        server_time: noon(),
        epoch: "ep".into(),
        head_seq: 0,
        oldest_seq: 1,
        heartbeat_ms: 15_000,
        replay: Replay::Reset,
        boards: vec![board()],
        dashboard: false,
    };
    check_message(
        &SseMsg::Hello(hello),
        &format!(
            "event: hello\ndata: {{\"serverTime\":\"{at}\",\"epoch\":\"ep\",\"headSeq\":0,\"oldestSeq\":1,\"heartbeatMs\":15000,\"replay\":\"reset\",\"boards\":[\"web\"],\"dashboard\":false}}\n\n"
        ),
    );
    check_message(
        &SseMsg::AttemptStatus(AttemptStatusChanged { replayed: Some(true), ..status(AttemptStatus::Running, None) }),
        &format!(
            "event: attempt_status\ndata: {{\"boardId\":\"web\",\"attemptId\":\"a1\",\"cardId\":\"k1\",\"agent\":\"codex\",\"status\":\"running\",\"previousStatus\":null,\"needsInput\":false,\"startedAt\":null,\"endedAt\":null,\"error\":null,\"ts\":\"{at}\",\"replayed\":true}}\n\n"
        ),
    );
    check_message(
        &SseMsg::State(whole_board("Log in")),
        &format!(
            "event: state\ndata: {{\"boardId\":\"web\",\"seq\":7,\"columns\":{{\"c1\":{{\"id\":\"c1\",\"key\":\"inProgress\",\"title\":\"In progress\",\"cardIds\":[\"k1\"]}}}},\"columnOrder\":[\"c1\"],\"cards\":{{\"k1\":{{\"id\":\"k1\",\"ticketKey\":\"WEB-1\",\"title\":\"Log in\",\"description\":null,\"ticketType\":null,\"isEnhanced\":false,\"dependsOn\":[],\"prUrl\":null,\"createdAt\":\"{at}\",\"updatedAt\":\"{at}\"}}}}}}\n\n"
        ),
    );
    check_message(
        &SseMsg::Heartbeat(Heartbeat { ts: noon(), seq: 7 }),
        &format!("event: heartbeat\ndata: {{\"ts\":\"{at}\",\"seq\":7}}\n\n"),
    );
    check_message(
        &SseMsg::Bye(Bye { reason: ByeReason::Shutdown, board_id: None, retry_ms: Some(1500) }),
        "event: bye\ndata: {\"reason\":\"shutdown\",\"boardId\":null,\"retryMs\":1500}\n\n",
    );
    check_message(
        &SseMsg::Bye(Bye { reason: ByeReason::BoardDeleted, board_id: Some(board()), retry_ms: None }),
        "event: bye\ndata: {\"reason\":\"board_deleted\",\"boardId\":\"web\",\"retryMs\":null}\n\n",
    );
}

#[test]
fn a_board_is_written_as_the_contract_writes_it() {
    let mut doc = BoardDoc::new(board());
    let new = NewCard {
        id: card(),
        ticket_key: "WEB-1".into(),
        title: "Log in\n".into(),
        description: Some("so that".into()),
        ticket_type: Some(TicketType::Feat),
        depends_on: Vec::new(),
        column: None,
        index: None,
    };
    doc.add_card(new, noon()).expect("a card");
    doc.seq = 7;
    let state = BoardState::from(&doc);
    assert_eq!((state.columns.len(), state.cards.len()), (4, 1), "not an empty comparison");
    assert_eq!(serde_json::to_vec(&doc).expect("json"), SseMsg::State(state).data());
}
