//! A walk over all routes, by callers of every kind.

use std::time::Duration;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::document::{self, Documented};
use super::world::World;

/// A board with a card and an attempt.
struct Scene {
    board: String,
    card: String,
    attempt: String,
}

impl Scene {
    async fn make(world: &World, name: &str) -> Self {
        let board = world.board(name).await;
        let card = world.card(&board, "card").await;
        let attempt = format!("of-{board}");
        let queued = json!({"boardId": board, "attemptId": attempt, "cardId": card});
        assert_eq!(world.report(&attempt, "attempt.queued", queued).await.status, 202);
        Self { board, card, attempt }
    }

    fn path(&self, template: &str) -> String {
        template
            .replace("{board}", &self.board)
            .replace("{card}", &self.card)
            .replace("{attempt}", &self.attempt)
            .replace(['{', '}'], "")
    }
}

/// Whether everybody may call it.
fn is_public(operation: &Documented) -> bool {
    matches!((operation.method, operation.path), ("post", "/session") | ("get", "/healthz" | "/readyz"))
}

fn guarded() -> impl Iterator<Item = Documented> {
    document::operations().into_iter().filter(|operation| !is_public(operation))
}

async fn status(world: &World, token: Option<&str>, operation: &Documented, scene: &Scene) -> (u16, Value) {
    let body = if operation.method == "get" { Value::Null } else { json!({}) };
    let got = world.call_as(token, &operation.method.to_uppercase(), &scene.path(operation.path), &body).await;
    (got.status, got.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_tells_anything_without_a_good_token() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let scene = Scene::make(&world, "A").await;
    let (withdrawn_id, withdrawn) = world.token(&["read", "write", "ingest", "admin"], &["*"]).await;
    assert_eq!(world.call("DELETE", &format!("/tokens/{withdrawn_id}"), &[], "").await.status, 204);
    let soon = json!({"label": "x", "rights": ["read"], "boards": ["*"], "expiresAt": "2026-01-01T00:00:01Z"});
    let expired = world.made("/tokens", soon).await["token"].as_str().unwrap().to_owned();
    assert_eq!(world.call_as(Some(&expired), "GET", "/boards", &Value::Null).await.status, 200);
    world.clock.advance(Duration::from_secs(1));
    let mut walked = 0;
    for operation in guarded() {
        for token in [None, Some("wrong"), Some(withdrawn.as_str()), Some(expired.as_str())] {
            // So much later that no answer has to wait.
            world.clock.advance(Duration::from_secs(60));
            let (status, body) = status(&world, token, &operation, &scene).await;
            let what = format!("{} {} by {token:?}", operation.method, operation.path);
            assert_eq!((status, &body["code"]), (401, &json!("unauthorized")), "{what}: {body}");
        }
        walked += 1;
    }
    assert!(walked > 50, "{walked} routes");
    for (method, path) in [("GET", "/nothing"), ("PUT", "/boards"), ("OPTIONS", "/boards"), ("GET", "/session")] {
        assert_eq!(world.call_as(None, method, path, &Value::Null).await.status, 401, "{method} {path}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_boards_is_as_if_it_were_not_there() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (mine, theirs) = (Scene::make(&world, "A").await, Scene::make(&world, "B").await);
    let nowhere = Scene { board: "nowhere".into(), card: theirs.card.clone(), attempt: "nothing".into() };
    let (_, token) = world.token(&["read", "write", "ingest", "admin"], &[&mine.board]).await;
    let mut walked = 0;
    for operation in
        guarded().filter(|operation| operation.path.contains("{board}") || operation.path.contains("{attempt}"))
    {
        let (status_there, body) = status(&world, Some(&token), &operation, &theirs).await;
        let (status_nowhere, nothing) = status(&world, Some(&token), &operation, &nowhere).await;
        let what = format!("{} {}", operation.method, operation.path);
        assert_eq!((status_there, status_nowhere), (404, 404), "{what}: {body}");
        let same = body.to_string().replace(&theirs.board, "nowhere").replace(&theirs.attempt, "nothing");
        let same = same.replace("of-nowhere", "nothing");
        assert_eq!(serde_json::from_str::<Value>(&same).unwrap(), nothing, "{what}");
        walked += 1;
    }
    assert!(walked > 25, "{walked} routes");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_right_on_a_board_that_is_known_is_403() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let scene = Scene::make(&world, "A").await;
    let (_, reader) = world.token(&["read"], &[&scene.board]).await;
    let (_, blind) = world.token(&["ingest"], &[&scene.board]).await;
    for operation in guarded() {
        let what = format!("{} {}", operation.method, operation.path);
        let always = ["/openapi.json", "/asyncapi.json", "/session"].contains(&operation.path);
        let reads = (operation.method == "get"
            && !["/tokens", "/metrics", "/connections/streams"].contains(&operation.path))
            || operation.path == "/stream-tickets";
        if operation.path != "/sse" {
            let (got, _) = status(&world, Some(&reader), &operation, &scene).await;
            assert_eq!(got == 403, !reads && !always, "a reader: {what} {got}");
        }
        let (got, _) = status(&world, Some(&blind), &operation, &scene).await;
        assert_eq!(got == 403, !always && operation.path != "/events", "a reporter: {what} {got}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_a_token_that_allows_more_than_its_own() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (_, admin) = world.token(&["admin", "read"], &["*"]).await;
    let asked = |rights: &[&str]| json!({"label": "x", "rights": rights, "boards": ["*"]});
    let made = world.call_as(Some(&admin), "POST", "/tokens", &asked(&["read"])).await;
    assert_eq!(made.status, 201);
    let more = world.call_as(Some(&admin), "POST", "/tokens", &asked(&["read", "write"])).await;
    assert_eq!((more.status, more.text("/code")), (403, "forbidden".into()));
    for (field, value) in
        [("rights", json!([])), ("rights", json!(["all"])), ("boards", json!([])), ("label", json!(""))]
    {
        let mut body = asked(&["read"]);
        body[field] = value;
        let refused = world.send("POST", "/tokens", &body).await;
        assert_eq!((refused.status, refused.text("/field").starts_with(field)), (422, true), "{refused:?}");
    }
    let unknown = json!({"label": "x", "rights": ["read"], "boards": ["nowhere"]});
    assert_eq!(world.send("POST", "/tokens", &unknown).await.text("/code"), "unknown_board");
    assert_eq!(world.get("/tokens").await.body["tokens"].as_array().unwrap().len(), 2);
    world.end().await;
}

/// Whoever could choose a checkout would see that of any board.
#[tokio::test(flavor = "multi_thread")]
async fn where_a_checkout_is_only_those_choose_who_may_write_everywhere() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let board = world.board("A").await;
    let (_, writer) = world.token(&["read", "write"], &[&board]).await;
    let path = format!("/boards/{board}");
    for (change, status) in [
        (json!({"name": "B"}), 200),
        (json!({"repositoryPath": null}), 200),
        (json!({"repositoryPath": world.dir.path()}), 403),
    ] {
        assert_eq!(world.call_as(Some(&writer), "PATCH", &path, &change).await.status, status, "{change}");
    }
    world.end().await;
}

/// One caller's key is nothing to another.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_answer_is_only_given_to_whoever_got_it() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (_, writer) = world.token(&["read", "write"], &["*"]).await;
    let keyed = [("content-type", "application/json"), ("idempotency-key", "k")];
    let body = json!({"name": "mine"}).to_string();
    let first = world.call("POST", "/boards", &keyed, body.clone()).await;
    let other = world.client_with(&writer);
    let second = other.call(hyper::Method::POST, "/api/v1/boards", &keyed, body.into()).await.unwrap();
    assert!(second.headers.get("idempotency-replayed").is_none());
    let second: Value = serde_json::from_slice(&second.body).unwrap();
    assert_ne!(first.body["id"], second["id"]);
    world.end().await;
}

/// What the store keeps is no token, and it is known again after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_outlive_a_restart_and_only_their_hashes_are_on_the_disk() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (id, token) = world.token(&["read"], &["*"]).await;
    let (gone, withdrawn) = world.token(&["read"], &["*"]).await;
    world.call("DELETE", &format!("/tokens/{gone}"), &[], "").await;
    let dir = world.end().await;
    for file in std::fs::read_dir(dir.path().join("data")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in [&token, &withdrawn, super::world::OPERATOR.unwrap()] as [&str; 3] {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{}", path.display());
            }
        }
    }
    let world = World::guarded(dir, Clock::manual()).await;
    assert_eq!(world.call_as(Some(&token), "GET", "/boards", &Value::Null).await.status, 200);
    assert_eq!(world.call_as(Some(&withdrawn), "GET", "/boards", &Value::Null).await.status, 401);
    let listed = world.get("/tokens").await;
    assert_eq!(listed.text("/tokens/0/tokenId"), id);
    assert_eq!(listed.text("/tokens/0/lastUsedAt"), "2026-01-01T00:00:00.000Z");
    assert!(!listed.body.to_string().contains(&token));
    world.end().await;
}
