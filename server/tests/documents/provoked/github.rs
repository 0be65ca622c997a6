//! What remotes and GitHub refuse.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use crate::documents::codes::Given;
use crate::documents::standin::{Standin, TOKEN};
use crate::documents::until::until;
use crate::documents::world::World;

#[tokio::main]
pub async fn provoke(given: &mut Given) {
    let github = Standin::start().await;
    let dir = tempfile::tempdir().unwrap();
    let repository = dir.path().join("repository");
    super::init(&repository);
    super::commit(&repository);
    let world = World::at_github(dir, Clock::manual(), &github.url, Some(TOKEN)).await;
    let board = world.made("/boards", json!({"name": "Pulls", "repositoryPath": repository})).await;
    let board = board["id"].as_str().unwrap().to_owned();
    let attempt = ended(&world, &board).await;
    let (push, open) = (format!("/attempts/{attempt}/push"), format!("/attempts/{attempt}/pull-request"));
    let mut refuse = async |path: &str, body: Value, code: &str| {
        let got = world.send("POST", path, &body).await;
        given.note(path, got.status, &got.body, code);
    };
    refuse(&push, json!({}), "unknown_remote").await;
    super::configure(&repository, "remote.origin.url", "/nothing/here");
    refuse(&push, json!({}), "remote_unreachable").await;
    refuse(&open, json!({"title": "x"}), "github_not_configured").await;
    let bare = repository.with_file_name("remote.git");
    super::bare(&bare);
    super::configure(&repository, "remote.origin.url", bare.to_str().unwrap());
    git(&bare, &["config", "transfer.hideRefs", "refs/heads/work"]);
    refuse(&push, json!({}), "push_rejected").await;
    git(&bare, &["config", "--unset", "transfer.hideRefs"]);
    let named = world.send("PATCH", &format!("/boards/{board}"), &json!({"githubRepo": "acme/app"})).await;
    assert_eq!(named.status, 200);
    for (status, code) in
        [(401, "github_refused"), (404, "github_not_found"), (422, "github_rejected"), (500, "github_unavailable")]
    {
        github.will_say(status, json!({"message": "no"}));
        refuse(&open, json!({"title": "x"}), code).await;
    }
    github.will_be_silent();
    let late = async {
        github.until_asked(5).await;
        world.clock.advance(Duration::from_secs(15));
    };
    tokio::join!(refuse(&open, json!({"title": "x"}), "github_timeout"), late);
    world.end().await;
}

async fn ended(world: &World, board: &str) -> String {
    let agent = json!({"agent": "ends", "protocol": "command", "command": "/bin/true", "args": []});
    world.made("/agents", agent).await;
    let card = world.card(board, "first").await;
    let begun = json!({"agent": "ends", "branchName": "work"});
    let attempt = world.made(&format!("/boards/{board}/cards/{card}/attempts"), begun).await;
    let id = attempt["id"].as_str().unwrap();
    until(world, &format!("/attempts/{id}"), "/status", "succeeded").await;
    id.to_owned()
}

fn git(path: &Path, args: &[&str]) {
    assert!(Command::new("git").arg("-C").arg(path).args(args).status().unwrap().success());
}
