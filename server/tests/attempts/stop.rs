//! Stopping: queued, running, deaf; and what it is like to stop twice.

use serde_json::json;

use super::world::{World, processes_under, text};

/// Says that it runs, and runs until it is ended.
const RUNS: &str = "echo up; exec sleep 1000";

#[tokio::test(flavor = "multi_thread")]
async fn a_running_one_is_stopped_once_its_whole_group_is_gone() {
    let world = World::start().await;
    world.script("family", "sleep 1000 & sleep 1001 & echo up; wait").await;
    let id = world.attempt(json!({"agent": "family"})).await;
    world.until_line(&id, "up").await;
    let (status, stopping) = world.post(&format!("/attempts/{id}/stop"), json!({})).await;
    assert_eq!((status, text(&stopping, "status").as_str()), (202, "stopping"));
    let stopped = world.until(&id, &["stopped"]).await;
    assert_eq!(processes_under(&world.data().join("worktrees")), Vec::<i32>::new());
    assert!(stopped["endedAt"].is_string() && stopped["error"].is_null());
    let facts = world.facts(&id).await;
    let last: Vec<&str> = facts.iter().rev().take(3).rev().map(String::as_str).collect();
    assert_eq!(last, ["attempt.status.changed stopping", "attempt.stopped", "attempt.status.changed stopped"]);
    assert!(world.lines(&id).await.contains(&"Attempt stopped by user".to_owned()));
    let (status, problem) = world.post(&format!("/attempts/{id}/stop"), json!({})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "attempt_ended"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_listen_is_killed() {
    let world = World::start().await;
    world.script("deaf", "trap '' TERM INT HUP; echo up; while :; do sleep 1; done").await;
    let id = world.attempt(json!({"agent": "deaf"})).await;
    world.until_line(&id, "up").await;
    for _ in 0..3 {
        let (status, _) = world.post(&format!("/attempts/{id}/stop"), json!({})).await;
        assert_eq!(status, 202);
    }
    world.until(&id, &["stopped"]).await;
    let facts = world.facts(&id).await;
    assert_eq!(facts.iter().filter(|fact| *fact == "attempt.stopped").count(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_one_is_stopped_without_a_process() {
    let world = World::start_with(&["--max-attempts", "1"]).await;
    world.script("runs", RUNS).await;
    let first = world.attempt(json!({"agent": "runs"})).await;
    world.until_line(&first, "up").await;
    let second = world.attempt(json!({"agent": "runs"})).await;
    let (status, stopped) = world.post(&format!("/attempts/{second}/stop"), json!({})).await;
    assert_eq!((status, text(&stopped, "status").as_str()), (202, "stopped"));
    insta::assert_snapshot!(world.facts(&second).await.join("\n"), @r"
    attempt.queued queued
    attempt.status.changed stopping
    attempt.stopped
    attempt.status.changed stopped
    ");
    assert!(world.shown(&second).await["startedAt"].is_null());
    world.post(&format!("/attempts/{first}/stop"), json!({})).await;
    world.until(&first, &["stopped"]).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_at_any_moment_of_the_beginning_stops_it() {
    let world = World::start().await;
    world.script("runs", RUNS).await;
    for _ in 0..8 {
        let id = world.attempt(json!({"agent": "runs"})).await;
        // However far it has come by now.
        let (status, _) = world.post(&format!("/attempts/{id}/stop"), json!({})).await;
        assert_eq!(status, 202);
        world.until(&id, &["stopped"]).await;
        assert!(world.facts(&id).await.contains(&"attempt.stopped".to_owned()));
    }
    world.end().await;
}
