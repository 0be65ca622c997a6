//! The server ends while agents are at work, is killed while they are, and starts again.

use std::time::Duration;

use serde_json::json;

use super::world::{End, World, git, processes_under, text};
use crate::harness::eventually;

const ENDS: [End; 2] = [End::Terminated, End::Killed];
const PATIENCE: Duration = Duration::from_secs(60);
const INTERRUPTED: &str = "attempt.status.changed failed (interrupted by a restart)";

async fn nothing_runs(world: &World) {
    let worktrees = world.data().join("worktrees");
    eventually("no agent is left", PATIENCE, async || processes_under(&worktrees).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_has_failed_and_a_message_takes_it_up_again() {
    for end in ENDS {
        let world = World::start().await;
        world.script("hang", r#"read -r line; echo "asked: $line"; [ "$line" = go ] || exec sleep 1000"#).await;
        let id = world.attempt(json!({"agent": "hang", "prompt": "wait"})).await;
        world.until_line(&id, "asked: wait").await;
        let world = world.restarted(end).await;
        let failed = world.until(&id, &["failed"]).await;
        assert_eq!(text(&failed, "error"), "interrupted by a restart", "{end:?}");
        assert!(failed["endedAt"].is_string());
        nothing_runs(&world).await;
        world.post(&format!("/attempts/{id}/messages"), json!({"text": "go"})).await;
        world.until_line(&id, "asked: go").await;
        let ended = world.until(&id, &["succeeded"]).await;
        assert!(ended["error"].is_null());
        let facts = world.facts(&id).await;
        assert_eq!(facts.iter().filter(|fact| *fact == INTERRUPTED).count(), 1, "{facts:?}");
        assert_eq!(facts.iter().filter(|fact| *fact == "attempt.started").count(), 1, "{facts:?}");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_queued_runs_and_what_was_asked_meanwhile_is_asked() {
    for end in ENDS {
        let world = World::start_with(&["--max-attempts", "1"]).await;
        world.script("hang", r#"read -r line; echo "asked: $line"; [ "$line" = go ] || exec sleep 1000"#).await;
        let first = world.attempt(json!({"agent": "hang", "prompt": "wait"})).await;
        world.until_line(&first, "asked: wait").await;
        let second = world.attempt(json!({"agent": "hang", "prompt": "go"})).await;
        world.post(&format!("/attempts/{first}/messages"), json!({"text": "go"})).await;
        let world = world.restarted(end).await;
        world.until(&second, &["succeeded"]).await;
        world.until_line(&first, "asked: go").await;
        world.until(&first, &["succeeded"]).await;
        assert!(world.facts(&first).await.contains(&INTERRUPTED.to_owned()));
        assert_eq!(world.lines(&second).await, ["asked: go"]);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_stopped_is_stopped() {
    for end in ENDS {
        let world = World::start().await;
        world.script("deaf", "trap '' TERM INT HUP; echo up; while :; do sleep 1; done").await;
        let id = world.attempt(json!({"agent": "deaf"})).await;
        world.until_line(&id, "up").await;
        world.post(&format!("/attempts/{id}/stop"), json!({})).await;
        let world = world.restarted(end).await;
        world.until(&id, &["stopped"]).await;
        assert_eq!(processes_under(&world.data().join("worktrees")), Vec::<i32>::new(), "{end:?}");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_agents_session_is_loaded_and_its_words_are_not_repeated() {
    for end in ENDS {
        let world = World::start().await;
        let id = world.attempt(json!({"agent": "demo", "prompt": "/slow 0"})).await;
        let first = world.until(&id, &["succeeded"]).await;
        let said = async |world: &World| {
            let page = world.get(&format!("/attempts/{id}/conversation?limit=1000")).await;
            page["items"].as_array().unwrap().clone()
        };
        let before = said(&world).await.len();
        world.post(&format!("/attempts/{id}/messages"), json!({"text": "/slow 600"})).await;
        eventually("it answers", PATIENCE, async || said(&world).await.len() > before + 1).await;
        let world = world.restarted(end).await;
        world.until(&id, &["failed"]).await;
        nothing_runs(&world).await;
        world.post(&format!("/attempts/{id}/messages"), json!({"text": "/slow 0"})).await;
        let again = world.until(&id, &["succeeded"]).await;
        let lines = world.lines(&id).await;
        let says = |word: &str| lines.iter().any(|line| line.contains(word));
        assert!(says("same session") || says("new one"), "{lines:?}");
        if says("same session") {
            assert_eq!(text(&again, "sessionId"), text(&first, "sessionId"));
        }
        let said = said(&world).await;
        let of = |role: &str| said.iter().filter(|item| item["role"] == role).count();
        assert_eq!(of("user"), 3, "{said:#?}");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_of_the_beginning_leaves_nothing_half_done() {
    let mut world = World::start().await;
    world.script("runs", "echo up; exec sleep 1000").await;
    for round in 0..4 {
        let id = world.attempt(json!({"agent": "runs"})).await;
        // The further the round, the further it has come.
        if round > 0 {
            world.until(&id, &["running"]).await;
        }
        if round > 1 {
            world.until_line(&id, "up").await;
        }
        world = world.restarted(End::Killed).await;
        if round == 0 {
            let has_settled = async || {
                text(&world.shown(&id).await, "status") == "failed" || world.lines(&id).await.contains(&"up".to_owned())
            };
            eventually("it has failed or runs", PATIENCE, has_settled).await;
            world.post(&format!("/attempts/{id}/stop"), json!({})).await;
        }
        world.until(&id, &["failed", "stopped"]).await;
        nothing_runs(&world).await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commits_of_a_worktree_are_seen_after_a_restart_too() {
    let world = World::start().await;
    world.script("quick", "true").await;
    let id = world.attempt(json!({"agent": "quick"})).await;
    let ended = world.until(&id, &["succeeded"]).await;
    let world = world.restarted(End::Killed).await;
    let worktree = text(&ended, "worktreePath");
    let mut stream = world.stream().await;
    std::fs::write(format!("{worktree}/more"), "more\n").unwrap();
    // Watching has begun again once the change is told.
    loop {
        let frame = stream.next().await.unwrap().unwrap();
        if frame.event == "git_status" && frame.data.contains(&id) && frame.data.contains("more") {
            break;
        }
    }
    git(worktree.as_ref(), &["add", "."]);
    git(worktree.as_ref(), &["commit", "-q", "-m", "by hand"]);
    loop {
        let frame = stream.next().await.unwrap().unwrap();
        if frame.event == "git_commit" {
            assert!(frame.data.contains(&id) && frame.data.contains("by hand"), "{}", frame.data);
            break;
        }
    }
    assert!(
        world.lines(&id).await.iter().any(|line| line.starts_with("[git] committed ") && line.ends_with("by hand"))
    );
    world.end().await;
}
