//! What goes wrong on the server's side: a log and tables that can't be read, git that gives no answer.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::documents::codes::Given;
use crate::documents::world::{Got, World};

fn note(given: &mut Given, got: &Got, code: &str) {
    given.note(code, got.status, &got.body, code);
}

#[tokio::main]
pub async fn provoke(given: &mut Given) {
    demo_without_folder(given).await;
    damaged_rows(given).await;
    git_without_answer(given).await;
}

async fn demo_without_folder(given: &mut Given) {
    let world = World::start().await;
    fs::write(world.dir.path().join("data/demo"), "in the way").unwrap();
    note(given, &world.send("POST", "/demo", &json!({})).await, "demo_unavailable");
    world.end().await;
}

async fn damaged_rows(given: &mut Given) {
    let world = World::start().await;
    let board = world.board("Damaged").await;
    world.made("/agents", json!({"agent": "one", "protocol": "acp", "command": "x"})).await;
    let clock = world.clock.clone();
    let dir = world.end().await;
    let database = rusqlite::Connection::open(dir.path().join("data/boardcast.db")).unwrap();
    database.execute_batch("UPDATE events SET data = x'7b'; UPDATE agents SET args = '{'").unwrap();
    drop(database);
    let world = World::open(dir, clock).await;
    note(given, &world.get(&format!("/boards/{board}/events")).await, "internal");
    note(given, &world.get("/agents").await, "storage_unavailable");
    world.end().await;
}

async fn git_without_answer(given: &mut Given) {
    let world = World::start().await;
    let path = world.dir.path().join("repository");
    super::init(&path);
    let board = world.made("/boards", json!({"name": "Git", "repositoryPath": path})).await;
    fs::write(path.join(".git/index"), "this was an index").unwrap();
    let status = format!("/boards/{}/git-status", board["id"].as_str().unwrap());
    note(given, &world.get(&status).await, "git_failed");
    super::configure(&path, "filter.evil.clean", "cat");
    note(given, &world.get(&status).await, "unsafe_repository");
    gone(&path);
    note(given, &world.get(&status).await, "no_repository");
    world.end().await;
}

fn gone(path: &Path) {
    fs::remove_dir_all(path).unwrap();
}
