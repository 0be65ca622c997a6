//! Every documented answer that is no refusal, given at least once.

use std::collections::BTreeSet;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::document;
use super::provoked;
use super::standin;
use super::until::until;
use super::world::{Got, World};

/// The answers that were seen, as `method path status`. That each is as documented, the world sees to itself.
#[derive(Default)]
struct Seen(BTreeSet<String>);

struct Walk {
    world: World,
    seen: Seen,
    github: standin::Standin,
}

impl Walk {
    async fn call(&mut self, call: &str, headers: &[(&str, &str)], body: Value) -> Got {
        let (method, path) = call.split_once(' ').unwrap();
        let mut headers = headers.to_vec();
        if headers.iter().all(|(name, _)| *name != "content-type") {
            headers.push(("content-type", "application/json"));
        }
        let got = self.world.call(method, path, &headers, body.to_string()).await;
        assert!(got.status < 400, "{call}: {got:?}");
        self.note(method, path, got.status);
        got
    }

    fn note(&mut self, method: &str, path: &str, status: u16) {
        let known = document::find(method, path).expect("a documented operation");
        self.seen.0.insert(format!("{} {} {status}", known.method, known.path));
    }

    async fn send(&mut self, call: &str, body: Value) -> Got {
        self.call(call, &[], body).await
    }

    /// A read, and again with its version.
    async fn versions(&mut self, path: &str) {
        let got = self.send(&format!("GET {path}"), Value::Null).await;
        let tag = got.header("etag").to_owned();
        let again = self.call(&format!("GET {path}"), &[("if-none-match", &tag)], Value::Null).await;
        assert_eq!(again.status, 304);
    }

    async fn report(&mut self, kind: &str, data: Value) {
        let event = json!({"specversion": "1.0", "id": kind, "source": "/walk", "type": kind, "data": data});
        self.call("POST /events", &[("content-type", "application/cloudevents+json")], event).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_answer_is_given() {
    let mut walk = {
        let github = standin::Standin::start().await;
        let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::manual());
        let world = World::at_github(dir, clock, &github.url, Some(standin::TOKEN)).await;
        Walk { world, seen: Seen::default(), github }
    };
    about_itself(&mut walk).await;
    agents(&mut walk).await;
    access(&mut walk).await;
    let repository = walk.world.dir.path().join("repository");
    provoked::init(&repository);
    provoked::commit(&repository);
    let board = walk.send("POST /boards", json!({"name": "Walk", "repositoryPath": repository})).await.text("/id");
    columns_and_cards(&mut walk, &board).await;
    attempts(&mut walk, &board).await;
    runs(&mut walk, &board).await;
    board_itself(&mut walk, &board).await;
    walk.world.end().await;

    let answers = |known: document::Documented| {
        let statuses = known.node["responses"].as_object().unwrap().keys().filter(|status| status.as_str() < "400");
        statuses.map(move |status| format!("{} {} {status}", known.method, known.path)).collect::<Vec<_>>()
    };
    let documented: BTreeSet<String> = document::operations().into_iter().flat_map(answers).collect();
    assert_eq!(documented, walk.seen.0);
}

async fn about_itself(walk: &mut Walk) {
    for path in ["/openapi.json", "/asyncapi.json", "/connections", "/connections/streams", "/dashboard"] {
        walk.send(&format!("GET {path}"), Value::Null).await;
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        let got = walk.world.client.call(hyper::Method::GET, path, &[], "".into()).await.unwrap();
        document::check("GET", path, got.status, &got.headers, &got.body);
        walk.note("GET", path, got.status);
    }
    let stream = walk.world.client.open("/api/v1/sse", &[]).await.unwrap();
    assert!(stream.is_event_stream());
    walk.note("GET", "/sse", stream.status());
    walk.send("POST /demo", Value::Null).await;
}

async fn agents(walk: &mut Walk) {
    let env = json!({"TOKEN": "secret"});
    walk.send("POST /agents", json!({"agent": "one", "protocol": "acp", "command": "x", "env": env})).await;
    walk.send("GET /agents", Value::Null).await;
    walk.send("PATCH /agents/one", json!({"label": "One", "args": ["-v"]})).await;
    let made =
        walk.send("POST /agent-profiles", json!({"agent": "one", "config": {"env": env, "model": "fast"}})).await;
    let profile = format!("/agent-profiles/{}", made.text("/profileId"));
    walk.send("GET /agent-profiles", Value::Null).await;
    walk.send(&format!("PATCH {profile}"), json!({"label": null, "config": {"env": ["TOKEN"]}})).await;
    walk.send(&format!("DELETE {profile}"), Value::Null).await;
    walk.send("DELETE /agents/one", Value::Null).await;
}

async fn access(walk: &mut Walk) {
    let new = json!({"label": "Walk", "rights": ["read"], "boards": ["*"], "expiresAt": null});
    let made = walk.send("POST /tokens", new).await;
    walk.send("GET /tokens", Value::Null).await;
    walk.send("POST /session", json!({"token": made.text("/token")})).await;
    walk.send("DELETE /session", Value::Null).await;
    walk.send("POST /stream-tickets", Value::Null).await;
    walk.send(&format!("DELETE /tokens/{}", made.text("/tokenId")), Value::Null).await;
}

async fn columns_and_cards(walk: &mut Walk, board: &str) {
    let column = walk.send(&format!("POST /boards/{board}/columns"), json!({"title": "Later", "index": 1})).await;
    let column = column.text("/id");
    walk.send(&format!("PATCH /boards/{board}/columns/{column}"), json!({"index": 0})).await;
    let card = json!({"title": "walk", "ticketType": "feat", "description": "…"});
    let card = walk.send(&format!("POST /boards/{board}/cards"), card).await.text("/id");
    let path = format!("/boards/{board}/cards/{card}");
    walk.versions(&path).await;
    walk.send(&format!("PATCH {path}"), json!({"isEnhanced": true})).await;
    let column_id = walk.world.column(board, 1).await;
    walk.send(&format!("POST {path}/move"), json!({"columnId": column_id, "index": 0})).await;
    walk.send(&format!("DELETE {path}"), Value::Null).await;
    walk.send(&format!("DELETE /boards/{board}/columns/{column}"), Value::Null).await;
}

async fn attempts(walk: &mut Walk, board: &str) {
    let card = walk.world.card(board, "attempted").await;
    let told = super::facts::of_an_attempt(board, &card);
    for (kind, data) in told {
        walk.report(kind, data).await;
    }
    walk.send(&format!("GET /boards/{board}/attempts"), Value::Null).await;
    for what in ["", "/logs", "/conversation", "/todos", "/git-status", "/pull-request"] {
        walk.send(&format!("GET /attempts/a{what}"), Value::Null).await;
    }
    walk.send(&format!("GET /boards/{board}/events?limit=1000"), Value::Null).await;
    walk.send("DELETE /attempts/a", Value::Null).await;
}

/// The built-in agent, as anybody else's that is registered: it asks for a permission, changes a file and ends.
async fn runs(walk: &mut Walk, board: &str) {
    let program = env!("CARGO_BIN_EXE_boardcast");
    walk.send("POST /agents", json!({"agent": "run", "protocol": "acp", "command": program, "args": ["agent"]})).await;
    walk.send("GET /agents/presets", Value::Null).await;
    walk.send("POST /agents/run/try", Value::Null).await;
    let card = walk.world.card(board, "run").await;
    let asked = json!({"agent": "run", "prompt": "/permission"});
    let id = walk.send(&format!("POST /boards/{board}/cards/{card}/attempts"), asked).await.text("/id");
    let path = format!("/attempts/{id}");
    until(&walk.world, &path, "/needsInput", true).await;
    let items = walk.send(&format!("GET {path}/conversation"), Value::Null).await.body;
    let asks = items["items"].as_array().unwrap().iter().find(|item| item["type"] == "permission").unwrap();
    let (request, option) = (asks["request"]["requestId"].clone(), asks["request"]["options"][0]["optionId"].clone());
    let permit = format!("POST {path}/permissions/{}", request.as_str().unwrap());
    walk.send(&permit, json!({ "optionId": option })).await;
    until(&walk.world, &path, "/status", "succeeded").await;
    let worktree = walk.send(&format!("GET {path}"), Value::Null).await.text("/worktreePath");
    std::fs::write(format!("{worktree}/more"), "more\n").unwrap();
    for what in ["diff", "git-status"] {
        walk.send(&format!("GET {path}/{what}"), Value::Null).await;
    }
    walk.send(&format!("POST {path}/commit"), json!({"subject": "more", "body": null})).await;
    rebased(walk, &path, worktree.as_ref()).await;
    saved(walk, board, &path).await;
    walk.send(&format!("POST {path}/messages"), json!({"text": "/slow 60"})).await;
    walk.send(&format!("POST {path}/stop"), json!({})).await;
    until(&walk.world, &path, "/status", "stopped").await;
    walk.send(&format!("DELETE {path}?discard=1"), Value::Null).await;
}

/// Put on its base, then left half-way by somebody and given up.
async fn rebased(walk: &mut Walk, path: &str, worktree: &std::path::Path) {
    walk.send(&format!("POST {path}/rebase"), json!({})).await;
    let repository = walk.world.dir.path().join("repository");
    std::fs::write(repository.join("more"), "another\n").unwrap();
    provoked::git(&repository, &["add", "."]);
    provoked::git(&repository, &["commit", "-q", "-m", "base"]);
    provoked::leave_rebase_unfinished(worktree, "main");
    walk.call(&format!("DELETE {path}/rebase"), &[], Value::Null).await;
}

/// Pushed, and in a pull request: a new one, then the same.
async fn saved(walk: &mut Walk, board: &str, path: &str) {
    let bare = walk.world.dir.path().join("remote.git");
    provoked::bare(&bare);
    provoked::configure(&walk.world.dir.path().join("repository"), "remote.origin.url", bare.to_str().unwrap());
    walk.send(&format!("PATCH /boards/{board}"), json!({"githubRepo": "acme/app"})).await;
    let branch = walk.send(&format!("POST {path}/push"), json!({})).await.text("/branch");
    walk.github.will_say(201, standin::pull(1, &branch));
    walk.send(&format!("POST {path}/pull-request"), json!({"title": "x"})).await;
    walk.github.will_say(422, json!({"message": "A pull request already exists"}));
    walk.github.will_say(200, json!([standin::pull(1, &branch)]));
    walk.send(&format!("POST {path}/pull-request"), json!({"title": "x"})).await;
}

async fn board_itself(walk: &mut Walk, board: &str) {
    walk.send("GET /boards", Value::Null).await;
    walk.send(&format!("GET /boards/{board}"), Value::Null).await;
    walk.send(&format!("PATCH /boards/{board}"), json!({"name": "Walked", "githubRepo": "a/b"})).await;
    walk.versions(&format!("/boards/{board}/state")).await;
    walk.send(&format!("GET /boards/{board}/git-status"), Value::Null).await;
    let state = json!({"columns": {}, "columnOrder": [], "cards": {}});
    walk.send(&format!("PUT /boards/{board}/state"), state).await;
    walk.send(&format!("DELETE /boards/{board}"), Value::Null).await;
}
