//! A server with a repository, and words for its attempts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Reader, Server, eventually};

/// Longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    pub server: Server,
    pub dir: TempDir,
    pub board: String,
    options: Vec<&'static str>,
}

/// Git as a user runs it, with nothing of the caller's.
pub fn git(dir: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.current_dir(dir).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    git.args(["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]);
    let output = git.args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(&["--max-attempts", "4"]).await
    }

    pub async fn start_with(options: &[&'static str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start_with(&dir.path().join("data"), options).await;
        Self::around(server, dir, options).await
    }

    /// One whose server logs all that it can, into the file `log`, and has these in its environment.
    pub async fn logging(environment: &[(String, String)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut command = crate::harness::program();
        command
            .args(["serve", "--addr", "127.0.0.1:0", "--log-level", "trace", "--data-dir"])
            .arg(dir.path().join("data"));
        command.envs(environment.iter().cloned()).stderr(fs::File::create(dir.path().join("log")).unwrap());
        let server = Server::spawn(command).await;
        Self::around(server, dir, &[]).await
    }

    async fn around(server: Server, dir: TempDir, options: &[&'static str]) -> Self {
        let repository = dir.path().join("repository");
        fs::create_dir(&repository).unwrap();
        git(&repository, &["init", "-q"]);
        git(&repository, &["config", "user.name", "Somebody"]);
        git(&repository, &["config", "user.email", "somebody@localhost"]);
        fs::write(repository.join("README"), "one\n").unwrap();
        git(&repository, &["add", "."]);
        git(&repository, &["commit", "-q", "-m", "begin"]);
        let board = json!({"name": "Attempts", "repositoryPath": repository});
        let board = text(&server.make("/api/v1/boards", board).await, "id");
        Self { server, dir, board, options: options.to_vec() }
    }

    pub fn repository(&self) -> PathBuf {
        self.dir.path().join("repository")
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Ends the server as `end` does, and starts another on what it left.
    pub async fn restarted(self, end: End) -> Self {
        let Self { mut server, dir, board, options } = self;
        match end {
            End::Terminated => {
                server.terminate();
                assert!(server.ended().await.success());
            }
            End::Killed => server.kill().await,
        }
        let server = Server::start_with(&dir.path().join("data"), &options).await;
        Self { server, dir, board, options }
    }

    pub async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.server.call(method, &format!("/api/v1{path}"), &body).await;
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        (answer.status, body)
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.server.get(&format!("/api/v1{path}")).await
    }

    /// Sets the board's settings.
    pub async fn set(&self, change: Value) {
        let (status, body) = self.call(Method::PATCH, &format!("/boards/{}", self.board), change).await;
        assert_eq!(status, 200, "{body}");
    }

    pub async fn card(&self, title: &str) -> String {
        text(&self.server.make(&format!("/api/v1/boards/{}/cards", self.board), json!({"title": title})).await, "id")
    }

    /// Registers an agent that is a shell script.
    pub async fn script(&self, name: &str, script: &str) {
        let agent = json!({"agent": name, "protocol": "command", "command": "/bin/sh", "args": ["-c", script]});
        self.server.make("/api/v1/agents", agent).await;
    }

    pub async fn attempt_at(&self, card: &str, body: Value) -> String {
        text(&self.server.make(&format!("/api/v1/boards/{}/cards/{card}/attempts", self.board), body).await, "id")
    }

    /// An attempt at a card of its own.
    pub async fn attempt(&self, body: Value) -> String {
        let card = self.card("A card").await;
        self.attempt_at(&card, body).await
    }

    pub async fn shown(&self, id: &str) -> Value {
        self.get(&format!("/attempts/{id}")).await
    }

    /// Waits until the attempt is in one of the states.
    pub async fn until(&self, id: &str, states: &[&str]) -> Value {
        let what = format!("attempt {id} in {states:?}");
        let begun = Instant::now();
        eventually(&what, PATIENCE + PATIENCE, async || {
            let facts = if begun.elapsed() > PATIENCE { Some(self.facts(id).await) } else { None };
            assert!(facts.is_none(), "{what}: {facts:#?}");
            states.contains(&text(&self.shown(id).await, "status").as_str())
        })
        .await;
        self.shown(id).await
    }

    /// Waits until the attempt's log has a line.
    pub async fn until_line(&self, id: &str, line: &str) {
        eventually(&format!("line {line:?} of {id}"), PATIENCE, async || {
            self.lines(id).await.iter().any(|l| l == line)
        })
        .await;
    }

    pub async fn lines(&self, id: &str) -> Vec<String> {
        let page = self.get(&format!("/attempts/{id}/logs?limit=1000")).await;
        page["items"].as_array().unwrap().iter().map(|line| text(line, "message")).collect()
    }

    /// What a board's log says of an attempt: names of facts, with the status where one is told. Without what the watcher
    /// sees: that comes when it comes.
    pub async fn facts(&self, id: &str) -> Vec<String> {
        self.events(&format!("&attemptId={id}"))
            .await
            .iter()
            .map(short)
            .filter(|fact| !fact.starts_with("git."))
            .collect()
    }

    pub async fn events(&self, narrowed: &str) -> Vec<Value> {
        let page = self.get(&format!("/boards/{}/events?limit=1000{narrowed}", self.board)).await;
        page["events"].as_array().unwrap().clone()
    }

    pub async fn stream(&self) -> Reader {
        self.server.open(&format!("boardId={}&state=patch", self.board), None).await
    }

    /// The column that a card is in.
    pub async fn column(&self, card: &str) -> String {
        let state = self.get(&format!("/boards/{}/state", self.board)).await;
        let columns = state["columns"].as_object().unwrap().values();
        let holds = |column: &&Value| column["cardIds"].as_array().unwrap().iter().any(|id| id == card);
        text(columns.clone().find(holds).unwrap(), "key")
    }

    /// Ends the server and checks that nothing is left behind that shouldn't be.
    pub async fn end(mut self) {
        let attempts = self.get(&format!("/boards/{}/attempts?limit=1000", self.board)).await;
        let known: Vec<String> =
            attempts["attempts"].as_array().unwrap().iter().map(|attempt| text(attempt, "id")).collect();
        self.server.terminate();
        assert!(self.server.ended().await.success());
        for left in worktrees(&self.data()) {
            assert!(known.contains(&left), "the worktree of {left} is left");
        }
        let listed = git(&self.repository(), &["worktree", "list", "--porcelain"]).matches("worktree ").count();
        assert!(listed <= known.len() + 1, "git knows of {listed} worktrees");
        assert_eq!(processes_under(&self.data()), Vec::<i32>::new(), "processes are left");
    }
}

#[derive(Debug, Clone, Copy)]
pub enum End {
    Terminated,
    Killed,
}

/// The attempts that have a worktree.
pub fn worktrees(data: &Path) -> Vec<String> {
    let boards = fs::read_dir(data.join("worktrees")).into_iter().flatten().flatten();
    let attempts = boards.flat_map(|board| fs::read_dir(board.path()).unwrap().flatten());
    attempts.map(|attempt| attempt.file_name().into_string().unwrap()).collect()
}

/// Agents, and what they started, that work under `data`.
pub fn processes_under(data: &Path) -> Vec<i32> {
    let data = fs::canonicalize(data).unwrap_or_else(|_| data.to_owned());
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_agents = |pid: &i32| {
        let cwd = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        cwd.starts_with(&data) && String::from_utf8_lossy(&environment).contains("BOARDCAST_ATTEMPT_ID=")
    };
    pids.filter(is_agents).collect()
}

pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

/// A fact in a word or two.
pub fn short(event: &Value) -> String {
    let (kind, data) = (text(event, "type"), &event["data"]);
    match kind.as_str() {
        "attempt.queued" | "attempt.status.changed" => {
            let input = if data["needsInput"] == true { " needsInput" } else { "" };
            let error = data["error"].as_str().map(|error| format!(" ({error})")).unwrap_or_default();
            format!("{kind} {}{input}{error}", text(data, "status"))
        }
        "attempt.log.appended" => format!("{kind} {}: {}", text(data, "level"), text(data, "message")),
        "attempt.conversation.appended" => format!("{kind} {}", text(&data["item"], "type")),
        _ => kind,
    }
}
