//! A whole attempt of the built-in agent, fact by fact.

use std::collections::HashMap;

use hyper::Method;
use serde_json::{Value, json};

use super::world::{PATIENCE, World, short, text, worktrees};
use crate::harness::eventually;

/// The facts, without the versions of an item that a later one replaces, and without what the watcher sees: those come
/// when they come.
fn told(events: &[Value]) -> Vec<String> {
    let mut newest: HashMap<String, usize> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        if event["type"] == "attempt.conversation.appended" {
            newest.insert(text(&event["data"]["item"], "id"), at);
        }
    }
    let is_newest = |at: usize, event: &Value| {
        event["type"] != "attempt.conversation.appended" || newest[&text(&event["data"]["item"], "id")] == at
    };
    let kept = events.iter().enumerate().filter(|(at, event)| is_newest(*at, event));
    kept.map(|(_, event)| fact(event)).filter(|fact| !fact.starts_with("git.")).collect()
}

fn fact(event: &Value) -> String {
    let (data, item) = (&event["data"], &event["data"]["item"]);
    match text(event, "type").as_str() {
        "attempt.log.appended" => format!("attempt.log.appended {}", text(data, "level")),
        "attempt.todos.updated" => {
            format!("attempt.todos.updated {}/{}", data["todos"]["completed"], data["todos"]["total"])
        }
        "attempt.conversation.appended" if item["type"] == "tool" => {
            format!("tool {}: {}", text(&item["tool"], "kind"), text(&item["tool"], "status"))
        }
        "attempt.conversation.appended" if item["type"] == "message" => format!("message of {}", text(item, "role")),
        _ => short(event),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_turn_shows_everything_once() {
    let world = World::start().await;
    world.set(json!({"defaultAgent": "demo"})).await;
    let card = world.card("Write a note").await;
    let id = world.attempt_at(&card, json!({})).await;
    let ended = world.until(&id, &["succeeded", "failed"]).await;
    assert_eq!(ended["error"], Value::Null);
    let mut told = told(&world.events(&format!("&cardId={card}")).await);
    // It writes its line to another pipe: when that is read isn't said.
    let lines = told.extract_if(.., |fact| fact == "attempt.log.appended info").count();
    assert_eq!(lines, 1);
    insta::assert_snapshot!(told.join("\n"), @r"
    board.state.changed
    attempt.queued queued
    attempt.started
    board.state.changed
    attempt.status.changed running
    message of user
    attempt.session.recorded
    attempt.conversation.appended thinking
    attempt.todos.updated 0/3
    message of assistant
    tool read: succeeded
    attempt.todos.updated 1/3
    tool edit: succeeded
    attempt.todos.updated 2/3
    tool execute: succeeded
    attempt.todos.updated 3/3
    message of assistant
    attempt.status.changed succeeded
    board.state.changed
    ");
    assert_eq!(world.column(&card).await, "review");
    assert_eq!(ended["todos"]["completed"], ended["todos"]["total"]);
    assert_eq!(world.get(&format!("/attempts/{id}/git-status")).await["hasUncommitted"], true);
    world.end().await;
}

/// What a newcomer sees first is one of these attempts, from the queue to the pushed branch.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_plays_real_attempts() {
    let world = World::start().await;
    let (status, board) = world.post("/demo", Value::Null).await;
    assert_eq!((status, &board["defaultAgent"]), (200, &json!("demo")), "{board}");
    let events = format!("/boards/{}/events?limit=1000&attemptId=", text(&board, "id"));
    let pushed = async || {
        let page = world.get(&format!("/boards/{}/events?limit=1000", text(&board, "id"))).await;
        let of = |event: &Value| text(&event["data"], "attemptId");
        let events = page["events"].as_array().unwrap();
        events.iter().find(|event| event["type"] == "git.push.completed" && !of(event).is_empty()).map(of)
    };
    eventually("an attempt's branch is pushed", PATIENCE, async || pushed().await.is_some()).await;
    let attempt = pushed().await.unwrap();
    let shown = world.shown(&attempt).await;
    assert_eq!((&shown["agent"], &shown["status"]), (&json!("demo"), &json!("succeeded")), "{shown}");
    assert_eq!(shown["todos"], json!({"total": 4, "completed": 4}));
    let page = world.get(&format!("{events}{attempt}")).await;
    let commits = page["events"].as_array().unwrap().iter().filter(|event| event["type"] == "git.commit.created");
    assert_eq!(commits.count(), 2, "{page}");
    let (gone, _) = world.call(Method::DELETE, &format!("/boards/{}", text(&board, "id")), Value::Null).await;
    assert_eq!(gone, 204);
    eventually("its worktrees are gone", PATIENCE, async || worktrees(&world.data()).is_empty()).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_mid_turn_is_a_failure_that_says_so() {
    let world = World::start().await;
    let id = world.attempt(json!({"agent": "demo", "prompt": "/crash"})).await;
    let failed = world.until(&id, &["failed", "succeeded"]).await;
    assert!(!text(&failed, "error").is_empty(), "{failed}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_can_be_tried() {
    let world = World::start().await;
    world.script("fails", "echo no >&2; exit 7").await;
    let (status, trial) = world.post("/agents/demo/try", Value::Null).await;
    assert_eq!((status, &trial["ok"]), (200, &json!(true)), "{trial}");
    let (status, trial) = world.post("/agents/fails/try", Value::Null).await;
    assert_eq!((status, &trial["ok"]), (200, &json!(false)), "{trial}");
    assert_eq!(trial["detail"], "the command exited with code 7\nno");
    let hello =
        r#"read x; echo noise >&2; echo '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Who?"}}'; read x"#;
    for (name, script) in [("mute", "echo 'no licence' >&2; exit 1"), ("stern", hello)] {
        let agent = json!({"agent": name, "protocol": "acp", "command": "/bin/sh", "args": ["-c", script]});
        assert_eq!(world.post("/agents", agent).await.0, 201);
    }
    let (_, trial) = world.post("/agents/mute/try", Value::Null).await;
    assert_eq!(trial["detail"], "it exited with code 1 before it answered initialize\nno licence");
    let (_, trial) = world.post("/agents/stern/try", Value::Null).await;
    let detail = text(&trial, "detail");
    assert!(detail.starts_with("not signed in: Who?") && !detail.contains("noise"), "{detail}");
    assert_eq!(world.post("/agents/none/try", Value::Null).await.0, 404);
    let presets = world.get("/agents/presets").await;
    let known = presets["presets"].as_array().unwrap();
    assert!(known.iter().any(|preset| preset["agent"] == "claude" && preset["found"].is_boolean()), "{presets}");
    assert_eq!(std::fs::read_dir(world.data().join("scratch")).unwrap().count(), 0);
    world.end().await;
}
