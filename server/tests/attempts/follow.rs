//! Follow-ups: while it runs, after it ended, after it was stopped; and permissions.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::world::{World, text};
use crate::harness::eventually;

const ECHO: &str = r#"read -r line; echo "asked: $line""#;

fn said(items: &Value) -> Vec<String> {
    let items = items["items"].as_array().unwrap().iter();
    items.filter(|item| item["role"] == "user").map(|item| text(item, "text")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_one_that_has_ended_begins_its_next_turn() {
    let world = World::start().await;
    world.script("echo", ECHO).await;
    let id = world.attempt(json!({"agent": "echo", "prompt": "one"})).await;
    world.until(&id, &["succeeded"]).await;
    let (status, attempt) = world.post(&format!("/attempts/{id}/messages"), json!({"text": "two"})).await;
    assert_eq!((status, text(&attempt, "status").as_str(), &attempt["endedAt"]), (202, "running", &Value::Null));
    world.until_line(&id, "asked: two").await;
    world.until(&id, &["succeeded"]).await;
    assert_eq!(said(&world.get(&format!("/attempts/{id}/conversation")).await), ["one", "two"]);
    insta::assert_snapshot!(world.facts(&id).await.join("\n"), @r"
    attempt.queued queued
    attempt.started
    attempt.status.changed running
    attempt.conversation.appended message
    attempt.log.appended info: asked: one
    attempt.status.changed succeeded
    attempt.conversation.appended message
    attempt.status.changed running
    attempt.log.appended info: asked: two
    attempt.status.changed succeeded
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_to_one_that_runs_wait_for_its_turns_end() {
    let world = World::start().await;
    world.script("gate", r#"read -r line; echo "asked: $line"; while [ ! -e go ]; do sleep 0.01; done; rm go"#).await;
    let id = world.attempt(json!({"agent": "gate", "prompt": "one"})).await;
    world.until_line(&id, "asked: one").await;
    for text in ["two", "three"] {
        let (status, attempt) = world.post(&format!("/attempts/{id}/messages"), json!({"text": text})).await;
        assert_eq!((status, attempt["status"].as_str().unwrap()), (202, "running"));
    }
    let gate = format!("{}/go", text(&world.shown(&id).await, "worktreePath"));
    for (line, next) in [("asked: one", "asked: two"), ("asked: two", "asked: three")] {
        assert_eq!(world.lines(&id).await.last().unwrap(), line);
        std::fs::write(&gate, "").unwrap();
        world.until_line(&id, next).await;
    }
    std::fs::write(&gate, "").unwrap();
    world.until(&id, &["succeeded"]).await;
    let facts = world.facts(&id).await;
    assert_eq!(facts.iter().filter(|fact| *fact == "attempt.status.changed succeeded").count(), 3);
    assert_eq!(facts.iter().filter(|fact| *fact == "attempt.status.changed running").count(), 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_back_what_waits_and_a_later_message_goes_on() {
    let world = World::start().await;
    world.script("hang", r#"read -r line; echo "asked: $line"; [ "$line" = last ] || exec sleep 1000"#).await;
    let id = world.attempt(json!({"agent": "hang", "prompt": "one"})).await;
    world.until_line(&id, "asked: one").await;
    world.post(&format!("/attempts/{id}/messages"), json!({"text": "never"})).await;
    world.post(&format!("/attempts/{id}/stop"), json!({})).await;
    world.until(&id, &["stopped"]).await;
    world.post(&format!("/attempts/{id}/messages"), json!({"text": "last"})).await;
    world.until(&id, &["succeeded"]).await;
    let lines = world.lines(&id).await;
    assert!(!lines.contains(&"asked: never".to_owned()) && lines.contains(&"asked: last".to_owned()), "{lines:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_agent_goes_on_in_its_session_and_waits_for_a_permission() {
    let world = World::start().await;
    let id = world.attempt(json!({"agent": "demo", "prompt": "/permission"})).await;
    let needs_input = async || world.shown(&id).await["needsInput"] == true;
    eventually("it needs input", Duration::from_secs(60), needs_input).await;
    let items = world.get(&format!("/attempts/{id}/conversation")).await;
    let asked = items["items"].as_array().unwrap().iter().find(|item| item["type"] == "permission").unwrap().clone();
    let request = text(&asked["request"], "requestId");
    let option = text(&asked["request"]["options"][0], "optionId");
    let path = format!("/attempts/{id}/permissions/{request}");
    assert_eq!(world.post(&path, json!({"optionId": "none of them"})).await.0, 422);
    assert_eq!(world.post(&format!("/attempts/{id}/permissions/other"), json!({"optionId": option})).await.0, 404);
    assert_eq!(world.post(&path, json!({"optionId": option})).await.0, 204);
    let (status, problem) = world.post(&path, json!({"optionId": option})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "permission_closed"));
    let ended = world.until(&id, &["succeeded", "failed"]).await;
    assert_eq!((text(&ended, "status").as_str(), &ended["needsInput"]), ("succeeded", &json!(false)));
    let facts = world.facts(&id).await;
    assert!(facts.contains(&"attempt.status.changed running needsInput".to_owned()), "{facts:?}");

    let session = text(&ended, "sessionId");
    world.post(&format!("/attempts/{id}/messages"), json!({"text": "/slow 0"})).await;
    let again = world.until(&id, &["succeeded", "failed"]).await;
    assert_eq!((text(&again, "sessionId"), text(&again, "status").as_str()), (session, "succeeded"));
    assert_eq!(world.call(Method::DELETE, &format!("/attempts/{id}?discard=1"), Value::Null).await.0, 204);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_refused() {
    let world = World::start().await;
    world.script("echo", ECHO).await;
    let id = world.attempt(json!({"agent": "echo"})).await;
    for body in
        [json!({}), json!({"text": ""}), json!({"text": " \n"}), json!({"text": 1}), json!({"text": "a", "b": 1})]
    {
        assert_eq!(world.post(&format!("/attempts/{id}/messages"), body.clone()).await.0, 422, "{body}");
    }
    let long = "x".repeat(256 * 1024 + 1);
    assert_eq!(world.post(&format!("/attempts/{id}/messages"), json!({"text": long})).await.0, 422);
    assert_eq!(world.post("/attempts/none/messages", json!({"text": "a"})).await.0, 404);
    world.until(&id, &["succeeded"]).await;
    world.end().await;
}
