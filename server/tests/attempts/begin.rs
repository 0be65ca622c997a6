//! How an attempt begins and ends.

use serde_json::json;

use super::world::{World, git, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_given_the_prompt_and_its_lines_are_logs() {
    let world = World::start().await;
    world.script("lines", r#"read -r line; echo "asked: $line"; echo "oops" >&2; echo done > result"#).await;
    let card = world.card("Say it").await;
    let id = world.attempt_at(&card, json!({"agent": "lines", "prompt": "hello"})).await;
    let ended = world.until(&id, &["succeeded", "failed"]).await;
    assert_eq!((text(&ended, "status").as_str(), &ended["error"]), ("succeeded", &json!(null)));
    assert!(ended["endedAt"].is_string() && ended["startedAt"].is_string());
    let mut lines = world.lines(&id).await;
    lines.sort_unstable();
    assert_eq!(lines, ["asked: hello", "oops"]);
    assert_eq!(world.column(&card).await, "review");
    let worktree = text(&ended, "worktreePath");
    assert_eq!(std::fs::read_to_string(format!("{worktree}/result")).unwrap(), "done\n");
    assert_eq!(git(worktree.as_ref(), &["branch", "--show-current"]), text(&ended, "branchName"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_facts_come_in_their_order_and_the_card_follows_in_the_same_transaction() {
    let world = World::start().await;
    world.script("fails", "exit 3").await;
    let card = world.card("Fail").await;
    let id = world.attempt_at(&card, json!({"agent": "fails"})).await;
    world.until(&id, &["failed"]).await;
    insta::assert_snapshot!(world.facts(&id).await.join("\n"), @r"
    attempt.queued queued
    attempt.started
    attempt.status.changed running
    attempt.conversation.appended message
    attempt.status.changed failed (the command exited with code 3)
    ");
    assert_eq!(world.column(&card).await, "inProgress");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_sees_only_the_environment_it_may_see() {
    let world = World::start().await;
    let agent = json!({
        "agent": "env", "protocol": "command", "command": "/usr/bin/env",
        "env": {"MINE": "yes", "BOARDCAST_ATTEMPT_ID": "forged"},
    });
    world.server.make("/api/v1/agents", agent).await;
    let id = world.attempt(json!({"agent": "env"})).await;
    world.until(&id, &["succeeded"]).await;
    let mut names: Vec<String> = world.lines(&id).await;
    names.retain(|line| !line.starts_with("PATH="));
    names.sort_unstable();
    let board = format!("BOARDCAST_BOARD_ID={}", world.board);
    assert_eq!(names, [format!("BOARDCAST_ATTEMPT_ID={id}"), board, "MINE=yes".into()]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_is_the_one_named_else_the_profiles_else_the_boards() {
    let world = World::start().await;
    for name in ["one", "two"] {
        world.script(name, "echo $0 $WHICH").await;
    }
    let card = world.card("Who").await;
    let path = format!("/boards/{}/cards/{card}/attempts", world.board);
    let (status, problem) = world.post(&path, json!({})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (422, "no_agent"));
    world.set(json!({"defaultAgent": "one"})).await;
    let profile = json!({"agent": "two", "label": "p", "config": {"env": {"WHICH": "profile"}}});
    let profile = text(&world.post("/agent-profiles", profile).await.1, "profileId");
    for (body, agent) in [
        (json!({}), "one"),
        (json!({"profileId": profile}), "two"),
        (json!({"agent": "two"}), "two"),
        (json!({"agent": "two", "profileId": profile}), "two"),
    ] {
        let (status, attempt) = world.post(&path, body).await;
        assert_eq!((status, text(&attempt, "agent").as_str()), (201, agent));
        world.until(&text(&attempt, "id"), &["succeeded"]).await;
    }
    for (body, code) in [
        (json!({"agent": "none"}), "unknown_agent"),
        (json!({"profileId": "none"}), "unknown_profile"),
        (json!({"agent": "one", "profileId": profile}), "invalid_field"),
    ] {
        let (status, problem) = world.post(&path, body).await;
        assert_eq!((status, text(&problem, "code").as_str()), (422, code));
    }
    world.end().await;
}
