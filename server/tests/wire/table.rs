//! Every fact: who hears it, and in which bytes.

use boardcast::domain::event::DomainEvent as E;
use boardcast::sse::frame;
use boardcast::sse::listeners::{self, Audience};
use boardcast_shared::{
    AgentProfileChanged, AgentRegistered, AttemptSession, AttemptStarted, AttemptStatus, AttemptTodos, ChangeKind,
    ConversationAppended, ConversationItem, GitCommit, GitFile, GitFileStatus, GitOwner, GitPush, GitStatus,
    GitStatusChanged, GitSummary, MessageFormat, MessageRole, PatchOp, ProfileId, PullRequestState, StatePatch,
    TodoItem, TodoStatus, Todos,
};

use super::given::{attempt, board, card, codex, log, noon, pr, status};

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
