#![expect(clippy::needless_pass_by_value, reason = "a json! literal at the call reads best by value")]

use serde_json::json;

use super::*;

const TS: &str = "2026-01-31T12:00:00.000Z";

/// A board with the card T-3, at which attempt a1 works.
fn lines() -> Lines {
    let mut lines = Lines::default();
    let card = json!({"id": "c3", "ticketKey": "T-3", "title": "Fix login"});
    let state = json!({"boardId": "b1", "seq": 4, "columnOrder": ["todo"], "cards": {"c3": card},
        "columns": {"todo": {"id": "todo", "key": null, "title": "Backlog", "cardIds": ["c3"]}}});
    read(&mut lines, "state", &state);
    read(&mut lines, "attempt_status", &status_data("queued", json!(null)));
    lines
}

fn status_data(status: &str, previous: Value) -> Value {
    json!({"boardId": "b1", "attemptId": "a1", "cardId": "c3", "agent": "demo", "status": status,
        "previousStatus": previous, "needsInput": false, "startedAt": null, "endedAt": null, "error": null, "ts": TS})
}

fn read(lines: &mut Lines, event: &str, data: &Value) -> Line {
    let mut said = lines.read(&Frame { id: None, event: event.into(), data: data.to_string() });
    said.extend(lines.pause());
    assert!(said.len() < 2, "one line: {said:?}");
    said.pop().unwrap_or(Line::Nothing)
}

#[track_caller]
fn check(event: &str, data: Value, word: &str, text: &str) {
    match read(&mut lines(), event, &data) {
        Line::Say { word: said, text: told, .. } => assert_eq!((said, told.as_str()), (word, text)),
        other => panic!("{other:?}"),
    }
}

fn of_attempt(more: Value) -> Value {
    let mut data = json!({"boardId": "b1", "attemptId": "a1"});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

#[test]
fn a_board_says_what_is_on_it_and_what_changes() {
    let state =
        json!({"seq": 1, "columnOrder": ["a"], "cards": {}, "columns": {"a": {"title": "To do", "cardIds": []}}});
    check("state", state, "board", "0 cards: To do 0");
    let rename = json!({"boardId": "b1", "seq": 5, "baseSeq": 4, "patch": [
        {"op": "replace", "path": "/cards/c3/title", "value": "Fix logout"}, {"op": "replace", "path": "/seq", "value": 5}]});
    check("state_patch", rename, "card", "T-3 'Fix login' renamed to 'Fix logout'");
    let missed = json!({"boardId": "b1", "seq": 9, "baseSeq": 8, "patch": []});
    assert_eq!(read(&mut lines(), "state_patch", &missed), Line::Misfit);
}

#[test]
fn an_attempt_is_named_by_its_card() {
    check("attempt_status", status_data("running", json!("queued")), "attempt", "T-3 queued → running (demo)");
    check("attempt_status", status_data("queued", json!(null)), "attempt", "T-3 is queued (demo)");
    let mut failed = status_data("failed", json!("running"));
    failed["error"] = json!("exit code 1\n");
    check("attempt_status", failed, "attempt", "T-3 running → failed (demo): exit code 1");
    let mut asks = status_data("running", json!("running"));
    asks["needsInput"] = json!(true);
    check("attempt_status", asks, "attempt", "T-3 is running (demo), waits for your answer");
    let started = json!({"boardId": "b1", "attemptId": "a2", "cardId": "c3", "agent": "demo", "profileId": null,
        "branchName": "fix/login", "baseBranch": "main", "ts": TS});
    check("attempt_started", started, "started", "T-3 demo on fix/login from main");
    let other = json!({"boardId": "b1", "attemptId": "0123456789", "level": "warn", "message": "hm", "ts": TS});
    check("attempt_log", other, "warn", "01234567 hm");
}

#[test]
fn what_an_agent_says_and_does_is_one_line() {
    let log = of_attempt(json!({"level": "info", "message": "line one\n\u{1b}[31mline two", "ts": TS}));
    check("attempt_log", log, "log", "T-3 line one \\u{1b}[31mline two");
    let item = |item: Value| of_attempt(json!({"item": item}));
    check(
        "conversation_item",
        item(
            json!({"id": "i", "timestamp": TS, "type": "message", "role": "assistant", "text": "Done.\n\nAll good", "format": "markdown"}),
        ),
        "says",
        "T-3 assistant: Done.  All good",
    );
    check(
        "conversation_item",
        item(
            json!({"id": "i", "timestamp": TS, "type": "tool", "tool": {"callId": "1", "name": "Shell", "kind": "execute",
            "command": "npm test", "status": "succeeded", "startedAt": null, "completedAt": null, "exitCode": 0, "output": null}}),
        ),
        "tool",
        "T-3 npm test (succeeded, exit 0)",
    );
    check(
        "conversation_item",
        item(
            json!({"id": "i", "timestamp": TS, "type": "permission", "request": {"requestId": "r", "title": "Delete it?",
            "options": [{"optionId": "y", "name": "Yes", "kind": "allow_once"}, {"optionId": "n", "name": "No", "kind": "reject_once"}], "outcome": null}}),
        ),
        "asks",
        "T-3 Delete it? [Yes / No]",
    );
    let todos = json!({"todos": {"total": 2, "completed": 1, "items": [
        {"id": "1", "text": "Look", "status": "done"}, {"id": "2", "text": "Leap", "status": "open"}]}});
    check("attempt_todos", of_attempt(todos), "todos", "T-3 1/2, next: Leap");
    check("attempt_session", of_attempt(json!({"sessionId": "s-1"})), "session", "T-3 s-1");
}

#[test]
fn git_is_told_in_its_own_words() {
    let sha = "abc1234def5678abc1234def5678abc1234def56";
    let commit =
        json!({"boardId": "b1", "attemptId": "", "shortSha": "abc1234", "sha": sha, "subject": "fix: login", "ts": TS});
    check("git_commit", commit, "commit", "abc1234 fix: login");
    let push = json!({"remote": "origin", "branch": "main", "sha": sha, "ts": TS});
    check("git_push", of_attempt(push), "push", "T-3 origin/main → abc1234");
    let status = |branch: &str, modified: u32, ahead: u32| {
        json!({"boardId": "b1", "attemptId": "", "status": {"branch": branch, "head": sha, "ahead": ahead, "behind": 0,
            "hasUncommitted": modified > 0, "files": [], "truncated": false,
            "summary": {"added": 0, "modified": modified, "deleted": 1 - modified.min(1), "untracked": modified / 3, "staged": 0}}})
    };
    check("git_status", status("main", 3, 2), "git", "main: 3 changed, 1 untracked, ahead 2");
    let mut clean = status("", 0, 0);
    clean["status"]["summary"]["deleted"] = json!(0);
    check("git_status", clean, "git", "detached HEAD: clean");
}

#[test]
fn the_rest_is_told_too_and_what_is_unknown_is_shown_as_it_came() {
    check("agent_registered", json!({"agent": "demo", "label": "Demo"}), "agent", "'Demo' registered");
    let profile = json!({"kind": "created", "profileId": "p1", "agent": "demo", "label": null});
    check("agent_profile", profile, "profile", "p1 of demo created");
    check("bye", json!({"reason": "shutdown", "boardId": null, "retryMs": 250}), "bye", "the server shuts down");
    check("of_tomorrow", json!({"a": "\u{9b}"}), "event", "of_tomorrow {\"a\":\"\\u{9b}\"}");
    let heartbeat = json!({"ts": TS, "seq": 3});
    assert_eq!(read(&mut lines(), "heartbeat", &heartbeat), Line::Nothing);
}
