//! One fact of each kind that can be reported.

use serde_json::{Value, json};

const TIME: &str = "2026-01-31T12:00:00.000Z";

/// What an attempt can be told of, from its beginning to its end.
pub fn of_an_attempt(board: &str, card: &str) -> Vec<(&'static str, Value)> {
    let ids = |more: Value| {
        let mut data = json!({"boardId": board, "attemptId": "a"});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let summary = json!({"added": 0, "modified": 1, "deleted": 0, "untracked": 0, "staged": 0});
    let status = json!({
        "branch": "work", "head": "4f2a9c1", "ahead": 0, "behind": 0, "hasUncommitted": true,
        "files": [{"path": "b.rs", "oldPath": null, "status": "M", "staged": false}],
        "summary": summary, "truncated": false,
    });
    let pr = json!({
        "number": 1, "url": "https://example.org/pull/1", "state": "open", "draft": false, "merged": false,
        "title": "walk", "headRef": "work", "baseRef": "main", "createdAt": TIME, "updatedAt": TIME,
    });
    let item =
        json!({"type": "message", "id": "m", "timestamp": TIME, "role": "user", "text": "Go.", "format": "markdown"});
    let todos = json!({"total": 1, "completed": 0, "items": [{"id": "1", "text": "read", "status": "open"}]});
    vec![
        ("attempt.queued", ids(json!({"cardId": card}))),
        ("attempt.started", ids(json!({"cardId": card, "agent": "x", "branchName": "work", "baseBranch": "main"}))),
        ("attempt.session.recorded", ids(json!({"sessionId": "s"}))),
        ("attempt.log.appended", ids(json!({"level": "info", "message": "line"}))),
        ("attempt.conversation.appended", ids(json!({ "item": item }))),
        ("attempt.todos.updated", ids(json!({ "todos": todos }))),
        ("git.status.changed", ids(json!({ "status": status }))),
        ("git.commit.created", ids(json!({"shortSha": "4f2a9c1", "sha": "4f2a9c1d", "subject": "walk"}))),
        ("git.push.completed", ids(json!({"remote": "origin", "branch": "work", "sha": "4f2a9c1d"}))),
        ("github.pr.created", ids(json!({ "pr": pr }))),
        ("github.pr.updated", ids(json!({ "pr": pr }))),
        ("attempt.stopped", ids(json!({}))),
        ("attempt.status.changed", ids(json!({"cardId": card, "status": "stopped"}))),
    ]
}

/// The facts that no attempt is in.
pub fn of_a_board_and_agents(board: &str) -> Vec<(&'static str, Value)> {
    let state = json!({"columns": {}, "columnOrder": [], "cards": {}});
    let profile = json!({"kind": "created", "profileId": "fast", "agent": "x", "label": null});
    vec![
        ("agent.registered", json!({"agent": "x", "label": "X"})),
        ("agent.profile.changed", profile),
        ("board.state.changed", json!({"boardId": board, "state": state})),
    ]
}
