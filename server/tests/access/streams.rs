//! Streams end with the rights that opened them.

use std::time::{Duration, Instant};

use boardcast::client::{Client, Frame, Parsed, SseParser};
use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::world::{Listener, World};

async fn listen(client: &Client, query: &str, headers: &[(&str, &str)]) -> Listener {
    let open = client.open(&format!("/api/v1/sse{query}"), headers).await.unwrap();
    assert_eq!(open.status(), 200);
    Listener::of(open)
}

/// The end of a stream, after whatever came before.
async fn end(listener: &mut Listener) -> Frame {
    let mut last = None;
    while let Some(frame) = listener.next().await {
        last = Some(frame);
    }
    last.expect("a frame before the end")
}

#[track_caller]
fn is_revoked(frame: &Frame) {
    assert_eq!((frame.event.as_str(), &frame.id), ("bye", &None));
    let data: Value = serde_json::from_str(&frame.data).unwrap();
    assert_eq!(data, json!({"reason": "access_revoked", "boardId": null, "retryMs": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_token_ends_all_that_it_opened_and_nothing_else() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let board = world.board("A").await;
    let (id, token) = world.token(&["read"], &[&board]).await;
    let (_, other) = world.token(&["read"], &[&board]).await;
    let signed_in = world.call_as(None, "POST", "/session", &json!({ "token": token })).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let ticket = world.call_as(Some(&token), "POST", "/stream-tickets", &Value::Null).await.text("/ticket");
    let nobody = Client::new(format!("http://{}", world.server.addr).parse().unwrap());
    let query = format!("?boardId={board}");
    let mut by_token = listen(&world.client_with(&token), &query, &[]).await;
    let mut by_cookie = listen(&nobody, &query, &[("cookie", &cookie)]).await;
    let mut by_ticket = listen(&nobody, &format!("{query}&ticket={ticket}"), &[]).await;
    let mut others = listen(&world.client_with(&other), &query, &[]).await;
    world.card(&board, "before").await;
    let begun = Instant::now();
    assert_eq!(world.call("DELETE", &format!("/tokens/{id}"), &[], "").await.status, 204);
    for listener in [&mut by_token, &mut by_cookie, &mut by_ticket] {
        is_revoked(&end(listener).await);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    world.card(&board, "after").await;
    while !others.next().await.expect("the other goes on").data.contains("after") {}
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_ends_its_streams_at_its_time() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let new = json!({"label": "x", "rights": ["read"], "boards": ["*"], "expiresAt": "2026-01-01T00:00:10Z"});
    let token = world.made("/tokens", new).await["token"].as_str().unwrap().to_owned();
    let mut listener = listen(&world.client_with(&token), "", &[]).await;
    world.clock.advance(Duration::from_millis(9_999));
    let (hello, overview) = (listener.next().await.unwrap(), listener.next().await.unwrap());
    assert_eq!((hello.event.as_str(), overview.event.as_str()), ("hello", "dashboard_overview"));
    world.clock.advance(Duration::from_millis(1));
    is_revoked(&end(&mut listener).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_cookies_streams() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let operator = json!({ "token": super::world::OPERATOR });
    let signed_in = world.call_as(None, "POST", "/session", &operator).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let nobody = Client::new(format!("http://{}", world.server.addr).parse().unwrap());
    let mut by_cookie = listen(&nobody, "", &[("cookie", &cookie)]).await;
    let out = nobody.call(hyper::Method::DELETE, "/api/v1/session", &[("cookie", &cookie)], "".into()).await.unwrap();
    assert_eq!(out.status, 204);
    is_revoked(&end(&mut by_cookie).await);
    world.end().await;
}

/// A client that takes nothing can't be told; what it opened is closed all the same, and never in mid-frame for others.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_nobody_reads_is_closed_when_its_token_is_withdrawn() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::system()).await;
    let board = world.board("A").await;
    let card = world.card(&board, "card").await;
    world.report("a", "attempt.queued", json!({"boardId": board, "attemptId": "a", "cardId": card})).await;
    let (id, token) = world.token(&["read"], &[&board]).await;
    let mut stalled = world.client_with(&token).open(&format!("/api/v1/sse?boardId={board}"), &[]).await.unwrap();
    let text = "x".repeat(60_000);
    for n in 0..200 {
        let line = json!({"boardId": board, "attemptId": "a", "level": "info", "message": text});
        assert_eq!(world.report(&format!("line-{n}"), "attempt.log.appended", line).await.status, 202);
    }
    assert_eq!(world.call("DELETE", &format!("/tokens/{id}"), &[], "").await.status, 204);
    let closed = async {
        while world.server.state.bus.connections(&boardcast::domain::rights::Boards::All).total > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), closed).await.expect("it ends within a second");
    // What had left before is whole frames and maybe the begin of one.
    let mut parser = SseParser::new(1 << 20);
    let mut frames = Vec::new();
    while let Ok(Some(chunk)) = stalled.chunk().await {
        let take = |parsed| {
            if let Parsed::Frame(frame) = parsed {
                frames.push(frame);
            }
        };
        parser.push(&chunk, take).unwrap();
    }
    assert!(frames.len() < 200, "it was stalled: {}", frames.len());
    world.end().await;
}
