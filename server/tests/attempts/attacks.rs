//! Names and texts that mean to be something else.

use std::fs;

use serde_json::json;

use super::world::{World, git, text};

async fn refused(world: &World, body: serde_json::Value) -> (u16, String) {
    let card = world.card("Attacked").await;
    let (status, problem) = world.post(&format!("/boards/{}/cards/{card}/attempts", world.board), body).await;
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_branch_is_refused_and_nothing_is_queued() {
    let world = World::start().await;
    world.script("quick", "true").await;
    let before = world.events("").await.iter().filter(|event| event["type"] == "attempt.queued").count();
    for name in [
        "",
        "-",
        "--force",
        "-b",
        "a b",
        "a..b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[",
        "a\\b",
        "a.lock",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "@{-1}",
        "a@{1}",
        "HEAD",
        "a\u{0}b",
        "a\nb",
        "a\u{7f}",
        "refs/../x",
    ] {
        let body = json!({"agent": "quick", "branchName": name});
        assert_eq!(refused(&world, body).await, (422, "invalid_branch".into()), "{name:?}");
    }
    for (name, code) in [
        ("-x", "invalid_branch"),
        ("--upload-pack=x", "invalid_branch"),
        ("a b", "invalid_branch"),
        ("nowhere", "unknown_base"),
        ("0123456789012345678901234567890123456789", "unknown_base"),
    ] {
        let body = json!({"agent": "quick", "baseBranch": name});
        assert_eq!(refused(&world, body).await, (422, code.into()), "{name:?}");
    }
    git(&world.repository(), &["branch", "there/below"]);
    for name in ["main", "there/below", "there", "main/below"] {
        let body = json!({"agent": "quick", "branchName": name});
        assert_eq!(refused(&world, body).await, (409, "branch_exists".into()), "{name:?}");
    }
    for body in [json!({"agent": "quick", "prompt": ""}), json!({"agent": "quick", "prompt": "x".repeat(300_000)})] {
        assert_eq!(refused(&world, body).await.0, 422);
    }
    let after = world.events("").await.iter().filter(|event| event["type"] == "attempt.queued").count();
    assert_eq!((before, after), (0, 0));
    assert_eq!(git(&world.repository(), &["worktree", "list"]).lines().count(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_waits_to_be_made_is_taken() {
    let world = World::start_with(&["--max-attempts", "1"]).await;
    world.script("gate", "echo up; while [ ! -e ../../../go ]; do sleep 0.01; done").await;
    let first = world.attempt(json!({"agent": "gate"})).await;
    world.until_line(&first, "up").await;
    let second = world.attempt(json!({"agent": "gate", "branchName": "wanted"})).await;
    let body = json!({"agent": "gate", "branchName": "wanted"});
    assert_eq!(refused(&world, body).await, (409, "branch_exists".into()));
    let go = format!("{}/../../../go", text(&world.shown(&first).await, "worktreePath"));
    fs::write(&go, "").unwrap();
    world.until(&second, &["succeeded"]).await;
    assert_eq!(text(&world.shown(&second).await, "branchName"), "wanted");
    fs::remove_file(go).unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_is_ever_a_command() {
    let world = World::start().await;
    // The command itself, its arguments and the prompt: passed on as they are.
    let hostile = "$(touch pwned); `touch pwned` && touch pwned | touch pwned\n../../x";
    let agent = json!({"agent": "args", "protocol": "command", "command": "/bin/echo", "args": [hostile, "-n", "--"]});
    world.server.make("/api/v1/agents", agent).await;
    world.script("cat", "cat").await;
    let missing = json!({"agent": "missing", "protocol": "command", "command": "no/such; touch pwned", "args": []});
    world.server.make("/api/v1/agents", missing).await;
    let id = world.attempt(json!({"agent": "args", "prompt": hostile})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    assert_eq!(fs::read_dir(&worktree).unwrap().count(), 2, "only .git and README");
    let id = world.attempt(json!({"agent": "cat", "prompt": hostile})).await;
    world.until(&id, &["succeeded"]).await;
    assert_eq!(world.lines(&id).await.join("\n"), hostile);
    let id = world.attempt(json!({"agent": "missing"})).await;
    let failed = world.until(&id, &["failed"]).await;
    assert!(!text(&failed, "error").is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_would_run_programs_is_refused() {
    let world = World::start().await;
    world.script("quick", "true").await;
    let body = json!({"agent": "quick"});
    let id = world.attempt(body.clone()).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    fs::write(format!("{worktree}/x"), "x\n").unwrap();
    git(&world.repository(), &["config", "filter.x.clean", "touch pwned"]);
    assert_eq!(refused(&world, body).await, (422, "unsafe_repository".into()));
    let (status, problem) = world.post(&format!("/attempts/{id}/commit"), json!({"subject": "x"})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (422, "unsafe_repository"));
    assert_eq!(world.call(hyper::Method::GET, &format!("/attempts/{id}/diff"), json!(null)).await.0, 422);
    git(&world.repository(), &["config", "--unset", "filter.x.clean"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reported_from_outside_is_not_run_here_and_one_run_here_is_not_reported() {
    let world = World::start().await;
    world.script("quick", "true").await;
    let card = world.card("Reported").await;
    let reported = json!({"boardId": world.board, "cardId": card, "attemptId": "elsewhere"});
    crate::harness::report(&world.server.client, &[crate::harness::event("attempt.queued", &reported)]).await.unwrap();
    for (path, body) in [
        ("stop", json!({})),
        ("messages", json!({"text": "x"})),
        ("permissions/x", json!({"optionId": "x"})),
        ("commit", json!({"subject": "x"})),
        ("push", json!({})),
    ] {
        let (status, problem) = world.post(&format!("/attempts/elsewhere/{path}"), body).await;
        assert_eq!((status, problem["code"].as_str().unwrap_or_default()), (409, "not_run_here"), "{path}");
    }
    let id = world.attempt_at(&card, json!({"agent": "quick"})).await;
    world.until(&id, &["succeeded"]).await;
    let forged = json!({"boardId": world.board, "cardId": card, "attemptId": id, "status": "running"});
    for kind in ["attempt.status.changed", "attempt.queued"] {
        let event = crate::harness::event(kind, &forged);
        assert!(crate::harness::report(&world.server.client, &[event]).await.is_err(), "{kind}");
    }
    assert_eq!(text(&world.shown(&id).await, "status"), "succeeded");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_without_a_repository_runs_nothing() {
    let world = World::start().await;
    world.set(json!({"repositoryPath": null})).await;
    assert_eq!(refused(&world, json!({"agent": "demo"})).await, (409, "no_repository".into()));
    assert_eq!(refused(&world, json!({})).await, (422, "no_agent".into()));
    let card = world.card("x").await;
    assert_eq!(world.post(&format!("/boards/none/cards/{card}/attempts"), json!({"agent": "demo"})).await.0, 404);
    let none = format!("/boards/{}/cards/none/attempts", world.board);
    assert_eq!(world.post(&none, json!({"agent": "demo"})).await.0, 404);
    world.end().await;
}
