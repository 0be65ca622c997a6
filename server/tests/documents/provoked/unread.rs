//! Requests that never reach a route, and bodies that don't arrive.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use boardcast::api;
use boardcast::http::guard::Guard;
use boardcast::http::limits::Limits;
use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt;
use hyper::Request;
use serde_json::Value;
use tower::ServiceExt;

use crate::documents::codes::Given;
use crate::documents::world::World;

/// Takes what was answered to these bytes.
async fn raw(world: &World, given: &mut Given, request: &str, code: &str) {
    let answer = world.raw(request.as_bytes()).await;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let what: String = request.chars().take(80).collect();
    given.note(&what, status, &serde_json::from_str(body).unwrap_or_default(), code);
}

/// Takes what the routes answer to a request that comes over no connection.
async fn direct(world: &World, given: &mut Given, request: hyper::http::request::Builder, body: Body, code: &str) {
    let router = api::router(world.server.state.clone(), Guard::default());
    let request: Request<Body> = request.header("host", "localhost").body(body).unwrap();
    let what = request.uri().to_string();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    given.note(&what, status, &serde_json::from_slice::<Value>(&body).unwrap(), code);
}

/// A body that never comes, so that time passes as soon as nothing else is to do.
struct Silent;

impl http_body::Body for Silent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::main(flavor = "current_thread")]
pub async fn provoke(given: &mut Given) {
    let world = World::start().await;
    let host = "Host: localhost\r\nConnection: close\r\n";
    let json = "Content-Type: application/json\r\n";
    for (request, code) in [
        ("GET\r\n\r\n".to_owned(), "malformed_request"),
        (format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(70_000)), "uri_too_long"),
        (format!("GET / HTTP/1.1\r\n{host}X: {}\r\n\r\n", "x".repeat(200_000)), "head_too_large"),
        ("GET /api/v1/boards HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "bad_host"),
        ("GET /api/v1/boards HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n".to_owned(), "misdirected"),
        (format!("GET /api/v1/boards HTTP/1.1\r\n{host}Origin: https://example.org\r\n\r\n"), "cross_origin"),
        (format!("POST /api/v1/boards HTTP/1.1\r\n{host}{json}Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "bad_body"),
        (format!("POST /api/v1/boards HTTP/1.1\r\n{host}{json}Content-Length: 2000000\r\n\r\n"), "too_large"),
    ] {
        raw(&world, given, &request, code).await;
    }
    slow(&world, given).await;
    flood(given).await;
    world.server.state.shutdown.begin();
    direct(&world, given, Request::get("/readyz"), Body::empty(), "draining").await;
    direct(&world, given, Request::get("/api/v1/boards"), Body::empty(), "draining").await;
    world.end().await;
}

/// What is too much for one caller.
async fn flood(given: &mut Given) {
    let limits = [
        ("too_many_connections", Limits { connections_per_second: 1, ..Limits::default() }),
        ("too_many_requests", Limits { requests_per_second: 1, ..Limits::default() }),
        ("too_many_streams", Limits { streams_per_address: 1, ..Limits::default() }),
    ];
    for (code, limits) in limits {
        let world = World::limited(limits).await;
        let open = world.client.open("/api/v1/sse", &[]).await.unwrap();
        assert_eq!(open.status(), 200);
        raw(&world, given, "GET /api/v1/sse HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", code).await;
        world.end().await;
    }
}

/// What takes ten seconds on a real clock.
async fn slow(world: &World, given: &mut Given) {
    let turns = world.server.state.large_bodies.clone();
    let taken = turns.acquire_many(8).await.unwrap();
    tokio::time::pause();
    let typed = |request: hyper::http::request::Builder, media_type| request.header("content-type", media_type);
    let create = typed(Request::post("/api/v1/boards"), "application/json");
    direct(world, given, create, Body::new(Silent), "too_slow").await;
    let report =
        typed(Request::post("/api/v1/events"), "application/cloudevents+json").header("content-length", "2000000");
    direct(world, given, report, Body::new(Silent), "overloaded").await;
    tokio::time::resume();
    drop(taken);
}
