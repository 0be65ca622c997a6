//! Who caused each fact.

use std::process::Command;
use std::time::Duration;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::world::{OPERATOR, World};

async fn actors(world: &World, board: &str) -> Vec<(String, Value)> {
    let got = world.get(&format!("/boards/{board}/events?limit=1000")).await;
    let events = got.body["events"].as_array().unwrap().clone();
    events.iter().map(|event| (event["type"].as_str().unwrap().to_owned(), event["actor"].clone())).collect()
}

fn actor(kind: &str, name: Option<&str>, via: Option<&str>) -> Value {
    json!({"kind": kind, "name": name, "via": via})
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fact_says_who_caused_it_whatever_a_report_says() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let board = world.board("A").await;
    let made = json!({"label": "ci", "rights": ["read", "write", "ingest"], "boards": [board]});
    let token = world.made("/tokens", made).await["token"].as_str().unwrap().to_owned();
    let cards = format!("/boards/{board}/cards");
    let card = world.call_as(Some(&token), "POST", &cards, &json!({"title": "by a token"})).await.text("/id");
    let signed_in = world.call_as(None, "POST", "/session", &json!({ "token": OPERATOR })).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let nobody = boardcast::client::Client::new(format!("http://{}", world.server.addr).parse().unwrap());
    let headers = [("cookie", cookie.as_str()), ("content-type", "application/json")];
    let path = format!("/api/v1{cards}/{card}");
    let body = json!({"title": "at the page"}).to_string();
    assert_eq!(nobody.call(hyper::Method::PATCH, &path, &headers, body.into()).await.unwrap().status, 200);
    // A report that claims to be somebody else: extension attributes are not looked at, unknown fields refused.
    let mut event = json!({"specversion": "1.0", "source": "/ci/7", "id": "1", "type": "attempt.queued",
        "actor": {"kind": "operator", "name": null, "via": null},
        "data": {"boardId": board, "cardId": card, "attemptId": "a"}});
    let report = async |event: &Value| {
        let headers = [("content-type", "application/cloudevents+json")];
        let client = world.client_with(&token);
        client.call(hyper::Method::POST, "/api/v1/events", &headers, event.to_string().into()).await.unwrap().status
    };
    assert_eq!(report(&event).await, 202);
    event["data"]["actor"] = json!("operator");
    event["id"] = json!("2");
    assert_eq!(report(&event).await, 422);
    assert_eq!(
        actors(&world, &board).await,
        [
            ("board.state.changed".into(), actor("operator", None, None)),
            ("board.state.changed".into(), actor("token", Some("ci"), None)),
            ("board.state.changed".into(), actor("page", None, None)),
            ("attempt.queued".into(), actor("source", Some("/ci/7"), Some("ci"))),
        ]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_git_and_agents_do_is_theirs() {
    let world = World::open(tempfile::tempdir().unwrap(), Clock::system()).await;
    let repository = world.dir.path().join("repository");
    let git = |args: &[&str]| {
        let done = Command::new("git").arg("-C").arg(&repository).args(args).status().unwrap();
        assert!(done.success(), "{args:?}");
    };
    std::fs::create_dir(&repository).unwrap();
    git(&["init", "-q", "-b", "main"]);
    git(&["-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "-q", "--allow-empty", "-m", "begin"]);
    let board = world.made("/boards", json!({"name": "A", "repositoryPath": repository})).await;
    let board = board["id"].as_str().unwrap();
    let card = world.card(board, "run").await;
    world.made(&format!("/boards/{board}/cards/{card}/attempts"), json!({"agent": "demo"})).await;
    let is_told = async {
        loop {
            let told = actors(&world, board).await;
            let kinds = |kind: &str| told.iter().filter(|(fact, _)| fact == kind).map(|(_, who)| who.clone()).next();
            let facts = ["board.state.changed", "attempt.queued", "attempt.started", "git.status.changed"];
            if let [Some(made), Some(queued), Some(started), Some(seen)] = facts.map(kinds) {
                return [made, queued, started, seen];
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), is_told).await.expect("all of it happens");
    let expected = ["local", "local", "agent", "git"].map(|kind| actor(kind, None, None));
    assert_eq!(told, expected);
    world.end().await;
}
