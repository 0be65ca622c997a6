//! Cookies and tickets.

use std::time::Duration;

use boardcast::client::Client;
use boardcast::clock::Clock;
use hyper::Method;
use serde_json::{Value, json};

use super::world::{Got, OPERATOR, World};

fn nobody(world: &World) -> Client {
    Client::new(format!("http://{}", world.server.addr).parse().unwrap())
}

async fn call(world: &World, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Got {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/json"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let verb = Method::from_bytes(method.as_bytes()).unwrap();
    let answer = nobody(world).call(verb, &format!("/api/v1{path}"), &headers, body.into()).await.unwrap();
    let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    Got { status: answer.status, headers: answer.headers, body }
}

async fn sign_in(world: &World, token: &str) -> (String, String) {
    let got = call(world, "POST", "/session", &[], &json!({ "token": token })).await;
    assert_eq!(got.status, 204, "{got:?}");
    let set = got.header("set-cookie").to_owned();
    (set.split(';').next().unwrap().to_owned(), set)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_stands_for_its_token_until_it_is_signed_out() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (cookie, set) = sign_in(&world, OPERATOR.unwrap()).await;
    let flags: Vec<&str> = set.split("; ").skip(1).collect();
    assert_eq!(flags, ["Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"]);
    assert!(!set.contains(OPERATOR.unwrap()), "{set}");
    let headers = [("cookie", cookie.as_str())];
    assert_eq!(call(&world, "GET", "/boards", &headers, &Value::Null).await.status, 200);
    let dir = world.end().await;
    // Signed in once, signed in after a restart.
    let world = World::guarded(dir, Clock::manual()).await;
    assert_eq!(call(&world, "GET", "/boards", &headers, &Value::Null).await.status, 200);
    let out = call(&world, "DELETE", "/session", &headers, &Value::Null).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
    assert_eq!(call(&world, "GET", "/boards", &headers, &Value::Null).await.status, 401);
    assert_eq!(call(&world, "POST", "/session", &[], &json!({"token": "wrong"})).await.status, 401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_is_over_with_its_token_and_with_its_time() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (id, token) = world.token(&["read"], &["*"]).await;
    let (cookie, _) = sign_in(&world, &token).await;
    let headers = [("cookie", cookie.as_str())];
    let more = call(&world, "POST", "/boards", &headers, &json!({"name": "x"})).await;
    assert_eq!(more.status, 403, "no more than the token");
    assert_eq!(world.call("DELETE", &format!("/tokens/{id}"), &[], "").await.status, 204);
    assert_eq!(call(&world, "GET", "/boards", &headers, &Value::Null).await.status, 401);
    let (cookie, _) = sign_in(&world, OPERATOR.unwrap()).await;
    let headers = [("cookie", cookie.as_str())];
    world.clock.advance(Duration::from_secs(30 * 24 * 60 * 60 - 1));
    assert_eq!(call(&world, "GET", "/boards", &headers, &Value::Null).await.status, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(call(&world, "GET", "/boards", &headers, &Value::Null).await.status, 401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_stream_within_half_a_minute() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let ticket = async || world.send("POST", "/stream-tickets", &Value::Null).await.text("/ticket");
    let open = async |path: String| nobody(&world).open(&path, &[]).await.unwrap().status();
    let once = ticket().await;
    assert_eq!(open(format!("/api/v1/boards?ticket={once}")).await, 401, "only for a stream");
    assert_eq!(open(format!("/api/v1/sse?boardId=nowhere&ticket={once}")).await, 404, "a refusal costs none");
    assert_eq!(open(format!("/api/v1/sse?ticket={once}")).await, 200);
    assert_eq!(open(format!("/api/v1/sse?ticket={once}")).await, 401, "used");
    assert_eq!(open("/api/v1/sse?ticket=wrong".into()).await, 401);
    let (late, later) = (ticket().await, ticket().await);
    world.clock.advance(Duration::from_millis(29_999));
    assert_eq!(open(format!("/api/v1/sse?ticket={late}")).await, 200);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(open(format!("/api/v1/sse?ticket={later}")).await, 401, "late");
    world.end().await;
}

/// Of many who race with one ticket, one gets a stream.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_spent_once_by_whoever_comes_first() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let ticket = world.send("POST", "/stream-tickets", &Value::Null).await.text("/ticket");
    let path = format!("/api/v1/sse?ticket={ticket}");
    let race = (0..8).map(|_| {
        let (client, path) = (nobody(&world), path.clone());
        tokio::spawn(async move { client.open(&path, &[]).await.unwrap() })
    });
    let mut opened = Vec::new();
    for racer in race.collect::<Vec<_>>() {
        opened.push(racer.await.unwrap());
    }
    assert_eq!(opened.iter().filter(|stream| stream.status() == 200).count(), 1);
    world.end().await;
}
