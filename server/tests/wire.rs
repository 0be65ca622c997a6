//! What every fact is on the wire, byte for byte: who hears it, and in which words.

use boardcast::domain::board::{BoardDoc, NewCard};
use boardcast::domain::event::DomainEvent as E;
use boardcast::sse::frame;
use boardcast::sse::listeners::{self, Audience};
use boardcast_shared::{
    AgentId, AgentProfileChanged, AgentRegistered, AttemptId, AttemptLog, AttemptPr, AttemptSession, AttemptStarted,
    AttemptStatus, AttemptStatusChanged, AttemptTodos, BoardId, BoardState, Bye, ByeReason, Card, CardId, ChangeKind,
    Column, ColumnId, ColumnKey, ConversationAppended, ConversationItem, GitCommit, GitFile, GitFileStatus, GitOwner,
    GitPush, GitStatus, GitStatusChanged, GitSummary, Heartbeat, Hello, LogLevel, MessageFormat, MessageRole, PatchOp,
    ProfileId, PullRequest, PullRequestState, Replay, SseMsg, StatePatch, TicketType, Time, TodoItem, TodoStatus,
    Todos,
};
use proptest::prelude::*;

fn board() -> BoardId {
    BoardId::parse("web").expect("an id")
}

fn attempt() -> AttemptId {
    AttemptId::parse("a1").expect("an id")
}

fn card() -> CardId {
    CardId::parse("k1").expect("an id")
}

fn column() -> ColumnId {
    ColumnId::parse("c1").expect("an id")
}

fn codex() -> AgentId {
    AgentId::parse("codex").expect("an id")
}

fn noon() -> Time {
    Time::parse("2026-01-31T12:00:00Z").expect("a time")
}

fn status(status: AttemptStatus, previous_status: Option<AttemptStatus>) -> AttemptStatusChanged {
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

fn log(message: &str) -> AttemptLog {
    AttemptLog { board_id: board(), attempt_id: attempt(), level: LogLevel::Error, message: message.into(), ts: noon() }
}

fn pr(state: PullRequestState) -> AttemptPr {
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

fn whole_board(title: &str) -> BoardState {
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

/// One fact, who hears it, its event and its data.
type Row = (E, Audience, &'static str, &'static str);

#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Row> {
    let here = || Audience::Board(board());
    let patch = PatchOp::Replace { path: "/seq".into(), value: 7.into() };
    let item = ConversationItem::Message {
        id: "m1".into(),
        timestamp: noon(),
        role: MessageRole::Assistant,
        text: "Done.\nid: 9".into(),
        format: MessageFormat::Markdown,
    };
    let todo = TodoItem { id: "1".into(), text: "read".into(), status: TodoStatus::Done };
    let file = GitFile { path: "a.rs".into(), old_path: None, status: GitFileStatus::Untracked, staged: false };
    let checkout = GitStatus {
        branch: "web-1".into(),
        head: "4f2a9c1".into(),
        ahead: 1,
        behind: 0,
        has_uncommitted: true,
        files: vec![file],
        summary: GitSummary { untracked: 1, ..GitSummary::default() },
        truncated: false,
    };
    vec![
        (
            E::BoardStateChanged(StatePatch { board_id: board(), seq: 7, base_seq: 3, patch: vec![patch] }),
            here(),
            "state_patch",
            r#"{"boardId":"web","seq":7,"baseSeq":3,"patch":[{"op":"replace","path":"/seq","value":7}]}"#,
        ),
        (
            E::AttemptQueued(status(AttemptStatus::Queued, None)),
            here(),
            "attempt_status",
            r#"{"boardId":"web","attemptId":"a1","cardId":"k1","agent":"codex","status":"queued","previousStatus":null,"needsInput":false,"startedAt":null,"endedAt":null,"error":null,"ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::AttemptStarted(AttemptStarted {
                board_id: board(),
                attempt_id: attempt(),
                card_id: card(),
                agent: "codex".into(),
                profile_id: None,
                branch_name: "web-1".into(),
                base_branch: "main".into(),
                ts: noon(),
            }),
            here(),
            "attempt_started",
            r#"{"boardId":"web","attemptId":"a1","cardId":"k1","agent":"codex","profileId":null,"branchName":"web-1","baseBranch":"main","ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::AttemptStatusChanged(status(AttemptStatus::Stopping, Some(AttemptStatus::Running))),
            here(),
            "attempt_status",
            r#"{"boardId":"web","attemptId":"a1","cardId":"k1","agent":"codex","status":"stopping","previousStatus":"running","needsInput":false,"startedAt":"2026-01-31T12:00:00.000Z","endedAt":null,"error":null,"ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::AttemptLogAppended(log("a\r\nb")),
            here(),
            "attempt_log",
            r#"{"boardId":"web","attemptId":"a1","level":"error","message":"a\r\nb","ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::AttemptStopped { board_id: board(), attempt_id: attempt(), ts: noon() },
            here(),
            "attempt_log",
            r#"{"boardId":"web","attemptId":"a1","level":"info","message":"Attempt stopped by user","ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::AttemptConversationAppended(ConversationAppended { board_id: board(), attempt_id: attempt(), item }),
            here(),
            "conversation_item",
            r#"{"boardId":"web","attemptId":"a1","item":{"type":"message","id":"m1","timestamp":"2026-01-31T12:00:00.000Z","role":"assistant","text":"Done.\nid: 9","format":"markdown"}}"#,
        ),
        (
            E::AttemptSessionRecorded(AttemptSession {
                board_id: board(),
                attempt_id: attempt(),
                session_id: "s".into(),
            }),
            here(),
            "attempt_session",
            r#"{"boardId":"web","attemptId":"a1","sessionId":"s"}"#,
        ),
        (
            E::AttemptTodosUpdated(AttemptTodos {
                board_id: board(),
                attempt_id: attempt(),
                todos: Todos { total: 1, completed: 1, items: vec![todo] },
            }),
            here(),
            "attempt_todos",
            r#"{"boardId":"web","attemptId":"a1","todos":{"total":1,"completed":1,"items":[{"id":"1","text":"read","status":"done"}]}}"#,
        ),
        (
            E::GitStatusChanged(GitStatusChanged { board_id: board(), attempt_id: GitOwner(None), status: checkout }),
            here(),
            "git_status",
            r#"{"boardId":"web","attemptId":"","status":{"branch":"web-1","head":"4f2a9c1","ahead":1,"behind":0,"hasUncommitted":true,"files":[{"path":"a.rs","oldPath":null,"status":"?","staged":false}],"summary":{"added":0,"modified":0,"deleted":0,"untracked":1,"staged":0},"truncated":false}}"#,
        ),
        (
            E::GitCommitCreated(GitCommit {
                board_id: board(),
                attempt_id: GitOwner(Some(attempt())),
                short_sha: "4f2a9c1".into(),
                sha: "4f2a9c1d".into(),
                subject: "feat: log in".into(),
                ts: noon(),
            }),
            here(),
            "git_commit",
            r#"{"boardId":"web","attemptId":"a1","shortSha":"4f2a9c1","sha":"4f2a9c1d","subject":"feat: log in","ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::GitPushCompleted(GitPush {
                board_id: board(),
                attempt_id: GitOwner(None),
                remote: "origin".into(),
                branch: "web-1".into(),
                sha: "4f2a9c1d".into(),
                ts: noon(),
            }),
            here(),
            "git_push",
            r#"{"boardId":"web","attemptId":"","remote":"origin","branch":"web-1","sha":"4f2a9c1d","ts":"2026-01-31T12:00:00.000Z"}"#,
        ),
        (
            E::GithubPrCreated(pr(PullRequestState::Open)),
            here(),
            "attempt_pr",
            r#"{"boardId":"web","attemptId":"a1","pr":{"number":12,"url":"https://example.org/pull/12","state":"open","draft":false,"merged":false,"title":"feat: log in","headRef":"web-1","baseRef":"main","createdAt":"2026-01-31T12:00:00.000Z","updatedAt":"2026-01-31T12:00:00.000Z"}}"#,
        ),
        (
            E::GithubPrUpdated(pr(PullRequestState::Closed)),
            here(),
            "attempt_pr",
            r#"{"boardId":"web","attemptId":"a1","pr":{"number":12,"url":"https://example.org/pull/12","state":"closed","draft":false,"merged":true,"title":"feat: log in","headRef":"web-1","baseRef":"main","createdAt":"2026-01-31T12:00:00.000Z","updatedAt":"2026-01-31T12:00:00.000Z"}}"#,
        ),
        (
            E::AgentProfileChanged(AgentProfileChanged {
                kind: ChangeKind::Created,
                profile_id: ProfileId::parse("fast").expect("an id"),
                agent: codex(),
                label: Some("Fast".into()),
            }),
            Audience::Everyone,
            "agent_profile",
            r#"{"kind":"created","profileId":"fast","agent":"codex","label":"Fast"}"#,
        ),
        (
            E::AgentRegistered(AgentRegistered { agent: codex(), label: None }),
            Audience::Everyone,
            "agent_registered",
            r#"{"agent":"codex","label":null}"#,
        ),
    ]
}

/// A fact's place in [`rows`]; a fact that has none doesn't compile.
fn row_of(fact: &E) -> usize {
    match fact {
        E::BoardStateChanged(_) => 0,
        E::AttemptQueued(_) => 1,
        E::AttemptStarted(_) => 2,
        E::AttemptStatusChanged(_) => 3,
        E::AttemptLogAppended(_) => 4,
        E::AttemptStopped { .. } => 5,
        E::AttemptConversationAppended(_) => 6,
        E::AttemptSessionRecorded(_) => 7,
        E::AttemptTodosUpdated(_) => 8,
        E::GitStatusChanged(_) => 9,
        E::GitCommitCreated(_) => 10,
        E::GitPushCompleted(_) => 11,
        E::GithubPrCreated(_) => 12,
        E::GithubPrUpdated(_) => 13,
        E::AgentProfileChanged(_) => 14,
        E::AgentRegistered(_) => 15,
    }
}

#[track_caller]
fn check(fact: &E, audience: &Audience, event: &str, data: &str) {
    assert_eq!(&listeners::translate(fact).0, audience, "{}", fact.name());
    let (name, encoded) = listeners::encode(fact);
    let wire = frame::event("ep", 7, name, &encoded);
    assert_eq!(String::from_utf8_lossy(&wire), format!("id: ep-7\nevent: {event}\ndata: {data}\n\n"));
}

#[track_caller]
fn check_message(message: &SseMsg, wire: &str) {
    assert_eq!(String::from_utf8_lossy(&frame::message(message)), wire);
}

#[test]
fn every_fact_has_its_row() {
    let places: Vec<usize> = rows().iter().map(|(fact, ..)| row_of(fact)).collect();
    assert_eq!(places, (0..16).collect::<Vec<_>>());
}

#[test]
fn every_fact_is_told_to_its_audience_in_these_bytes() {
    for (fact, audience, event, data) in rows() {
        check(&fact, &audience, event, data);
    }
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

/// Lines as a browser splits them: at CRLF, LF and CR [WHATWG HTML 9.2.5].
fn lines(stream: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = stream;
    while let Some(end) = rest.find(['\r', '\n']) {
        lines.push(&rest[..end]);
        rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
    }
    lines.push(rest);
    lines
}

/// Text as it comes: any characters, and those that would end a line or begin a field, often.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "data: ",
            "id: 9",
            "event: bye",
            ":",
            "\0",
            "\u{2028}",
            "\u{feff}",
            "\"",
            "\\",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

/// The data of the one frame that `wire` is.
fn only_frame(wire: &[u8]) -> serde_json::Value {
    let wire = std::str::from_utf8(wire).expect("a stream is UTF-8");
    let lines = lines(wire);
    let [id, event, data, "", ""] = lines[..] else { panic!("not one frame: {lines:?}") };
    assert_eq!(id, "id: ep-7");
    assert!(event.starts_with("event: "));
    serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("one line of json")
}

proptest! {
    #[test]
    fn no_text_in_a_log_line_forges_a_frame(text in text()) {
        let (event, data) = listeners::encode(&E::AttemptLogAppended(log(&text)));
        let data = only_frame(&frame::event("ep", 7, event, &data));
        prop_assert_eq!(data["message"].as_str(), Some(text.as_str()));
    }

    #[test]
    fn no_title_of_a_card_forges_a_frame(title in text()) {
        let message = SseMsg::State(whole_board(&title));
        let data = only_frame(&frame::event("ep", 7, message.event(), &message.data()));
        prop_assert_eq!(data["cards"]["k1"]["title"].as_str(), Some(title.as_str()));
    }

    #[test]
    fn no_subject_of_a_commit_forges_a_frame(subject in text()) {
        let commit = GitCommit {
            board_id: board(),
            attempt_id: GitOwner(None),
            short_sha: "4f2a9c1".into(),
            sha: "4f2a9c1d".into(),
            subject: subject.clone(),
            ts: noon(),
        };
        let (event, data) = listeners::encode(&E::GitCommitCreated(commit));
        let data = only_frame(&frame::event("ep", 7, event, &data));
        prop_assert_eq!(data["subject"].as_str(), Some(subject.as_str()));
    }
}
