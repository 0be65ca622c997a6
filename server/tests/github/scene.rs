//! A board with a repository, a bare remote, and an attempt that has changed something.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::standin::{Standin, TOKEN};
use super::world::{Got, World};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Scene {
    pub world: World,
    pub github: Standin,
    pub board: String,
    pub card: String,
    pub attempt: String,
}

/// Git as a user runs it, with nothing of the caller's.
pub fn git(dir: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    git.args(["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]);
    let output = git.args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Scene {
    /// One whose attempt has committed and succeeded on the branch `work`.
    pub async fn start() -> Self {
        Self::with(Some(TOKEN), json!({"githubRepo": "acme/app"})).await
    }

    pub async fn with(token: Option<&str>, settings: Value) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repository = dir.path().join("repository");
        std::fs::create_dir(&repository).unwrap();
        git(dir.path(), &["init", "-q", "--bare", "remote.git"]);
        git(&repository, &["init", "-q"]);
        git(&repository, &["commit", "-q", "--allow-empty", "-m", "begin"]);
        git(&repository, &["remote", "add", "origin", dir.path().join("remote.git").to_str().unwrap()]);
        let github = Standin::start().await;
        let world = World::at_github(dir, Clock::manual(), &github.url, token).await;
        let board = world.made("/boards", json!({"name": "Pulls", "repositoryPath": repository})).await;
        let board = board["id"].as_str().unwrap().to_owned();
        let got = world.send("PATCH", &format!("/boards/{board}"), &settings).await;
        assert_eq!(got.status, 200, "{got:?}");
        let commit = "echo a > a; git add a; git -c user.name=A -c user.email=a@localhost commit -qm work";
        let agent = json!({"agent": "worker", "protocol": "command", "command": "/bin/sh", "args": ["-c", commit]});
        world.made("/agents", agent).await;
        let card = world.card(&board, "Do it").await;
        let dropped = json!({"columnId": world.column(&board, 1).await, "index": 0});
        assert_eq!(world.send("POST", &format!("/boards/{board}/cards/{card}/move"), &dropped).await.status, 200);
        let begun = json!({"agent": "worker", "branchName": "work"});
        let attempt = world.made(&format!("/boards/{board}/cards/{card}/attempts"), begun).await;
        let attempt = attempt["id"].as_str().unwrap().to_owned();
        let scene = Self { world, github, board, card, attempt };
        scene.until("the attempt's end", async || scene.shown("").await.text("/status") == "succeeded").await;
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.world.dir.path().join(name)
    }

    pub async fn worktree(&self) -> PathBuf {
        self.shown("").await.text("/worktreePath").into()
    }

    /// GET of the attempt or something of it.
    pub async fn shown(&self, of: &str) -> Got {
        self.world.get(&format!("/attempts/{}{of}", self.attempt)).await
    }

    pub async fn post(&self, of: &str, body: Value) -> Got {
        self.world.send("POST", &format!("/attempts/{}{of}", self.attempt), &body).await
    }

    pub async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let begun = Instant::now();
        while !holds().await {
            assert!(begun.elapsed() < PATIENCE, "{what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The board's events of a type.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let got = self.world.get(&format!("/boards/{}/events?limit=1000", self.board)).await;
        let mut events = got.body["events"].as_array().unwrap().clone();
        events.retain(|event| event["type"] == kind);
        events
    }

    /// The card, and the key of its column.
    pub async fn card(&self) -> (Value, String) {
        let state = self.world.get(&format!("/boards/{}/state", self.board)).await.body;
        let holds = |column: &&Value| column["cardIds"].as_array().unwrap().contains(&json!(self.card));
        let column = state["columns"].as_object().unwrap().values().find(holds).unwrap();
        (state["cards"][&self.card].clone(), column["key"].as_str().unwrap().to_owned())
    }

    /// The branch at the remote.
    pub fn pushed(&self) -> Option<String> {
        let found = git(&self.path("remote.git"), &["for-each-ref", "--format=%(objectname)", "refs/heads/work"]);
        (!found.is_empty()).then_some(found)
    }
}
