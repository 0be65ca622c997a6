//! What is deleted takes its agent and its worktree with it, and no uncommitted work that nobody gave up.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::world::{World, git, processes_under, text, worktrees};
use crate::harness::eventually;

const PATIENCE: Duration = Duration::from_secs(60);

async fn delete(world: &World, path: &str) -> (u16, String) {
    let (status, body) = world.call(Method::DELETE, path, Value::Null).await;
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

async fn no_worktrees(world: &World) {
    eventually("no worktree is left", PATIENCE, async || worktrees(&world.data()).is_empty()).await;
    eventually("git knows of none", PATIENCE, async || {
        git(&world.repository(), &["worktree", "list", "--porcelain"]).matches("worktree ").count() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_at_work_stays_and_one_with_uncommitted_work_only_goes_when_it_is_given_up() {
    let world = World::start().await;
    world.script("writes", "echo work > work; echo up; while [ ! -e ../../../go ]; do sleep 0.01; done").await;
    let id = world.attempt(json!({"agent": "writes"})).await;
    world.until_line(&id, "up").await;
    let path = format!("/attempts/{id}");
    assert_eq!(delete(&world, &path).await, (409, "attempt_active".into()));
    assert_eq!(delete(&world, &format!("{path}?discard=1")).await, (409, "attempt_active".into()));
    let branch = text(&world.shown(&id).await, "branchName");
    let worktree = text(&world.shown(&id).await, "worktreePath");
    std::fs::write(format!("{worktree}/../../../go"), "").unwrap();
    world.until(&id, &["succeeded"]).await;
    assert_eq!(delete(&world, &path).await, (409, "uncommitted_work".into()));
    assert_eq!(delete(&world, &format!("{path}?discard=maybe")).await, (400, "bad_parameter".into()));
    assert!(std::path::Path::new(&worktree).join("work").exists());
    assert_eq!(delete(&world, &format!("{path}?discard=1")).await.0, 204);
    assert!(!std::path::Path::new(&worktree).exists());
    assert_eq!(delete(&world, &path).await.0, 404);
    // What was committed stays where it was.
    assert_eq!(git(&world.repository(), &["branch", "--list", "--format=%(refname:short)", &branch]), branch);
    std::fs::remove_file(format!("{worktree}/../../../go")).unwrap_or_default();
    world.end().await;
}

/// Stopped while its worktree was being made: the files that aren't there yet are nobody's work.
#[tokio::test(flavor = "multi_thread")]
async fn a_half_made_worktree_of_one_that_never_began_is_no_work() {
    let world = World::start_with(&["--max-attempts", "1"]).await;
    world.script("waits", "echo up; exec sleep 1000").await;
    let first = world.attempt(json!({"agent": "waits"})).await;
    world.until_line(&first, "up").await;
    let id = world.attempt(json!({"agent": "waits"})).await;
    assert_eq!(world.post(&format!("/attempts/{id}/stop"), json!({})).await.0, 202);
    world.until(&id, &["stopped"]).await;
    let half_made = world.data().join("worktrees").join(&world.board).join(&id);
    let half_made_path = half_made.to_str().unwrap();
    git(&world.repository(), &["worktree", "add", "--quiet", "--no-checkout", "--detach", half_made_path]);
    assert_ne!(git(&half_made, &["status", "--porcelain"]), "");
    assert_eq!(delete(&world, &format!("/attempts/{id}")).await, (204, String::new()));
    assert!(!half_made.exists());
    assert_eq!(world.post(&format!("/attempts/{first}/stop"), json!({})).await.0, 202);
    world.until(&first, &["stopped"]).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_deletion_gets_its_first_answer() {
    let world = World::start().await;
    world.script("clean", "true").await;
    let id = world.attempt(json!({"agent": "clean"})).await;
    world.until(&id, &["succeeded"]).await;
    let key = [("idempotency-key", "once")];
    for replayed in [None, Some("true")] {
        let path = format!("/api/v1/attempts/{id}");
        let answer = world.server.client.call(Method::DELETE, &path, &key, Vec::new().into()).await.unwrap();
        let header = answer.headers.get("idempotency-replayed").map(|value| value.to_str().unwrap());
        assert_eq!((answer.status, header), (204, replayed));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_and_a_board_take_their_agents_and_worktrees_with_them() {
    for what in ["card", "board"] {
        let world = World::start().await;
        world.script("runs", "echo work > work; echo up; exec sleep 1000").await;
        world.script("ends", "echo work > work").await;
        let card = world.card("Doomed").await;
        let running = world.attempt_at(&card, json!({"agent": "runs"})).await;
        let ended = world.attempt_at(&card, json!({"agent": "ends"})).await;
        world.until_line(&running, "up").await;
        world.until(&ended, &["succeeded"]).await;
        let path = match what {
            "card" => format!("/boards/{}/cards/{card}", world.board),
            _ => format!("/boards/{}", world.board),
        };
        assert_eq!(delete(&world, &path).await.0, 204, "{what}");
        assert_eq!(processes_under(&world.data().join("worktrees")), Vec::<i32>::new(), "{what}");
        no_worktrees(&world).await;
        for id in [running, ended] {
            assert_eq!(world.call(Method::GET, &format!("/attempts/{id}"), Value::Null).await.0, 404);
        }
        if what == "card" {
            world.end().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_a_replaced_board_leaves_out_takes_its_agent_with_it() {
    let world = World::start().await;
    world.script("runs", "echo up; exec sleep 1000").await;
    let id = world.attempt(json!({"agent": "runs"})).await;
    world.until_line(&id, "up").await;
    let path = format!("/boards/{}/state", world.board);
    let mut state = world.get(&path).await;
    state["cards"] = json!({});
    for column in state["columns"].as_object_mut().unwrap().values_mut() {
        column["cardIds"] = json!([]);
    }
    assert_eq!(world.call(Method::PUT, &path, state).await.0, 200);
    no_worktrees(&world).await;
    let worktrees = world.data().join("worktrees");
    eventually("its agent is gone", PATIENCE, async || processes_under(&worktrees).is_empty()).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_refused_stops_nothing() {
    let world = World::start().await;
    world.script("runs", "echo up; exec sleep 1000").await;
    let card = world.card("Stays").await;
    let id = world.attempt_at(&card, json!({"agent": "runs"})).await;
    world.until_line(&id, "up").await;
    let path = format!("/api/v1/boards/{}/cards/{card}", world.board);
    let stale = [("if-match", "\"stale\"")];
    let answer = world.server.client.call(Method::DELETE, &path, &stale, Vec::new().into()).await.unwrap();
    assert_eq!(answer.status, 412);
    assert_eq!(text(&world.shown(&id).await, "status"), "running");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worktree_that_was_removed_by_hand_is_made_again_and_one_that_is_broken_can_be_given_up() {
    let world = World::start().await;
    world.script("echo", r#"read -r line; echo "asked: $line""#).await;
    let id = world.attempt(json!({"agent": "echo", "prompt": "one"})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    std::fs::remove_dir_all(&worktree).unwrap();
    world.post(&format!("/attempts/{id}/messages"), json!({"text": "two"})).await;
    world.until_line(&id, "asked: two").await;
    world.until(&id, &["succeeded"]).await;
    std::fs::write(format!("{worktree}/.git"), "gitdir: /nowhere\n").unwrap();
    assert_eq!(delete(&world, &format!("/attempts/{id}")).await, (409, "uncommitted_work".into()));
    assert_eq!(delete(&world, &format!("/attempts/{id}?discard=1")).await.0, 204);
    assert!(!std::path::Path::new(&worktree).exists());
    no_worktrees(&world).await;
    world.end().await;
}
