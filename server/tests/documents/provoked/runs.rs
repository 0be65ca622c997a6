//! What is refused to an attempt that is run here.

use std::fs;

use boardcast::store::Idempotency;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::documents::codes::Given;
use crate::documents::until::until;
use crate::documents::world::World;

struct Scene<'a> {
    world: World,
    given: &'a mut Given,
    board: String,
    card: String,
}

impl Scene<'_> {
    async fn refuse(&mut self, call: &str, body: Value, code: &str) {
        let (method, path) = call.split_once(' ').unwrap();
        let got = self.world.send(method, path, &body).await;
        self.given.note(call, got.status, &got.body, code);
    }

    fn attempts(&self) -> String {
        format!("/boards/{}/cards/{}/attempts", self.board, self.card)
    }

    async fn attempt(&self, agent: &str) -> String {
        let attempt = self.world.made(&self.attempts(), json!({"agent": agent})).await;
        attempt["id"].as_str().unwrap().to_owned()
    }

    async fn until(&self, id: &str, status: &str) -> Value {
        until(&self.world, &format!("/attempts/{id}"), "/status", status).await
    }
}

#[tokio::main]
pub async fn provoke(given: &mut Given) {
    let world = World::start().await;
    let repository = world.dir.path().join("repository");
    super::init(&repository);
    super::commit(&repository);
    let board = world.made("/boards", json!({"name": "Runs", "repositoryPath": repository})).await;
    let board = board["id"].as_str().unwrap().to_owned();
    let card = world.card(&board, "first").await;
    for (name, script) in [("ends", "echo x > x"), ("runs", "exec sleep 1000")] {
        let agent = json!({"agent": name, "protocol": "command", "command": "/bin/sh", "args": ["-c", script]});
        world.made("/agents", agent).await;
    }
    let mut scene = Scene { world, given, board, card };
    before_it_is_queued(&mut scene).await;
    ended(&mut scene).await;
    running(&mut scene).await;
    scene.world.end().await;
}

async fn before_it_is_queued(scene: &mut Scene<'_>) {
    let attempts = format!("POST {}", scene.attempts());
    scene.refuse(&attempts, json!({}), "no_agent").await;
    scene.refuse(&attempts, json!({"profileId": "nothing"}), "unknown_profile").await;
    scene.refuse(&attempts, json!({"agent": "ends", "branchName": "main"}), "branch_exists").await;
}

async fn ended(scene: &mut Scene<'_>) {
    let id = scene.attempt("ends").await;
    let worktree = scene.until(&id, "succeeded").await["worktreePath"].as_str().unwrap().to_owned();
    let path = format!("/attempts/{id}");
    scene.refuse(&format!("POST {path}/stop"), json!({}), "attempt_ended").await;
    scene.refuse(&format!("DELETE {path}"), json!(null), "uncommitted_work").await;
    let commit = format!("POST {path}/commit");
    let dot_git = fs::read_to_string(format!("{worktree}/.git")).unwrap();
    let git_dir = dot_git.trim().strip_prefix("gitdir: ").unwrap();
    fs::write(format!("{git_dir}/index.lock"), "").unwrap();
    scene.refuse(&commit, json!({"subject": "x"}), "commit_refused").await;
    fs::remove_file(format!("{git_dir}/index.lock")).unwrap();
    assert_eq!(scene.world.send("POST", &format!("{path}/commit"), &json!({"subject": "x"})).await.status, 200);
    scene.refuse(&commit, json!({"subject": "x"}), "nothing_to_commit").await;
    rebases(scene, &path, &worktree).await;
    cut_off(scene, &path).await;
    let data = json!({"boardId": scene.board, "attemptId": id, "cardId": scene.card});
    let got = scene.world.report("run here", "attempt.queued", data).await;
    scene.given.note("a report of one that is run here", got.status, &got.body, "run_here");
    fs::remove_file(format!("{worktree}/.git")).unwrap();
    scene.refuse(&format!("GET {path}/diff"), json!(null), "no_worktree").await;
}

/// Both sides write the same file: a conflict, one that somebody leaves unfinished, and a worktree that is elsewhere.
async fn rebases(scene: &mut Scene<'_>, path: &str, worktree: &str) {
    let repository = scene.world.dir.path().join("repository");
    fs::write(repository.join("x"), "another\n").unwrap();
    super::git(&repository, &["add", "."]);
    super::git(&repository, &["commit", "-q", "-m", "base"]);
    let rebase = format!("POST {path}/rebase");
    scene.refuse(&rebase, json!({}), "rebase_conflict").await;
    scene.refuse(&format!("DELETE {path}/rebase"), json!(null), "no_rebase").await;
    super::git(worktree.as_ref(), &["checkout", "-q", "--detach"]);
    scene.refuse(&rebase, json!({}), "rebase_refused").await;
    super::git(worktree.as_ref(), &["checkout", "-q", "-"]);
    super::leave_rebase_unfinished(worktree.as_ref(), "main");
    scene.refuse(&rebase, json!({}), "rebase_unfinished").await;
    super::git(worktree.as_ref(), &["rebase", "--abort"]);
}

/// A server that ended between a commit and its answer has left only the key.
async fn cut_off(scene: &mut Scene<'_>, path: &str) {
    let body = r#"{"subject":"y"}"#;
    let mut request = Sha256::new();
    request.update([0]);
    request.update(body);
    let scope = format!("POST {path}/commit");
    let once = Idempotency { scope, key: "k".into(), request: request.finalize().into() };
    scene.world.server.state.store.write(move |tx| tx.begin_once(&once)).await.unwrap();
    let keyed = [("content-type", "application/json"), ("idempotency-key", "k")];
    let got = scene.world.call("POST", &format!("{path}/commit"), &keyed, body).await;
    scene.given.note("an answer that was cut off", got.status, &got.body, "outcome_unknown");
}

async fn running(scene: &mut Scene<'_>) {
    let id = scene.attempt("runs").await;
    scene.until(&id, "running").await;
    let data = json!({"boardId": scene.board, "attemptId": id, "item": {"type": "permission", "id": "p",
        "timestamp": "2026-01-01T00:00:00.000Z", "request": {"requestId": "r", "title": "x", "options": [], "outcome": null}}});
    assert_eq!(scene.world.report("asked", "attempt.conversation.appended", data).await.status, 202);
    let permit = format!("POST /attempts/{id}/permissions/r");
    scene.refuse(&permit, json!({"optionId": "o"}), "permission_closed").await;
    for _ in 0..100 {
        let said = scene.world.send("POST", &format!("/attempts/{id}/messages"), &json!({"text": "x"})).await;
        assert_eq!(said.status, 202);
    }
    scene.refuse(&format!("POST /attempts/{id}/messages"), json!({"text": "x"}), "too_many_messages").await;
    assert_eq!(scene.world.send("POST", &format!("/attempts/{id}/stop"), &json!({})).await.status, 202);
    scene.until(&id, "stopped").await;
}
