//! What is refused before a body is looked at: media types, methods, sizes, malformed heads.

use serde_json::json;

use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn other_media_types_are_415() {
    let world = World::start().await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let got = world.call("POST", "/boards", &[("content-type", content_type)], r#"{"name":"x"}"#).await;
        assert_eq!((got.status, got.text("/code")), (415, "unsupported_media_type".into()), "{content_type}");
    }
    assert_eq!(world.call("POST", "/boards", &[], r#"{"name":"x"}"#).await.status, 415);
    assert_eq!(world.call("POST", "/events", &[("content-type", "application/json")], "{}").await.status, 415);
    assert_eq!(world.head(), 0);
    let with_charset = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(world.call("POST", "/boards", &with_charset, r#"{"name":"x"}"#).await.status, 201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_405_and_says_which_are_right() {
    let world = World::start().await;
    let board = world.board("x").await;
    for (method, path, allowed) in [
        ("DELETE", "/boards".to_owned(), vec!["GET", "POST"]),
        ("PUT", format!("/boards/{board}"), vec!["GET", "PATCH", "DELETE"]),
        ("POST", format!("/boards/{board}/state"), vec!["GET", "PUT"]),
        ("GET", format!("/boards/{board}/columns"), vec!["POST"]),
        ("GET", format!("/boards/{board}/cards"), vec!["POST"]),
        ("POST", "/sse".to_owned(), vec!["GET"]),
        ("GET", "/events".to_owned(), vec!["POST"]),
    ] {
        let got = world.call(method, &path, &[], "").await;
        assert_eq!((got.status, got.text("/code")), (405, "method_not_allowed".into()), "{method} {path}");
        assert_eq!(got.header("content-type"), "application/problem+json");
        for method in allowed {
            assert!(got.header("allow").contains(method), "{path}: {}", got.header("allow"));
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_their_limits() {
    let world = World::start().await;
    let board = world.board("x").await;
    let head = world.head();
    let json = [("content-type", "application/json")];
    let padded = |size: usize| format!("{{\"name\":\"x\"{}}}", " ".repeat(size - 12));
    let got = world.call("POST", "/boards", &json, padded((1 << 20) + 1)).await;
    assert_eq!((got.status, got.text("/code")), (413, "too_large".into()));
    assert_eq!(world.head(), head);
    assert_eq!(world.call("POST", "/boards", &json, padded(1 << 20)).await.status, 201);
    // A whole board may have 16 MiB; one more byte is too many, before it is read.
    let mut state = world.get(&format!("/boards/{board}/state")).await.body.to_string();
    state.push_str(&" ".repeat(2 << 20));
    assert_eq!(world.call("PUT", &format!("/boards/{board}/state"), &json, state).await.status, 200);
    let announced = format!(
        "PUT /api/v1/boards/{board}/state HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        (16 << 20) + 1
    );
    let answer = world.raw(announced.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    // Without a length it is counted.
    let mut chunked = b"POST /api/v1/boards HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n100001\r\n".to_vec();
    chunked.extend(vec![b' '; (1 << 20) + 1]);
    chunked.extend(b"\r\n0\r\n\r\n");
    assert!(world.raw(&chunked).await.starts_with("HTTP/1.1 413 "));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lengths_and_a_huge_head_are_refused() {
    let world = World::start().await;
    let start = "POST /api/v1/boards HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let answer =
        world.raw(format!("{start}content-length: 12\r\ncontent-length: 2\r\n\r\n{{\"name\":\"x\"}}").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let head = |size: usize| {
        let start = "GET /api/v1/boards HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-padding: ";
        format!("{start}{}\r\n\r\n", "x".repeat(size - start.len() - 4))
    };
    let answer = world.raw(head(32 << 10).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let answer = world.raw(head((128 << 10) + 1).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many: String = (0..300).map(|n| format!("x-{n}: {}\r\n", "y".repeat(90))).collect();
    let answer = world
        .raw(format!("GET /api/v1/boards HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{many}\r\n").as_bytes())
        .await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(world.head(), 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_of_a_board_says_where_in_the_log_it_stands() {
    let world = World::start().await;
    let board = world.board("x").await;
    let card = world.card(&board, "x").await;
    let data = json!({"boardId": board, "cardId": card, "attemptId": "a1"});
    assert_eq!(world.report("1", "attempt.queued", data).await.status, 202);
    let expected = format!("{}-{}", world.epoch(), world.head());
    for path in [
        format!("/boards/{board}"),
        format!("/boards/{board}/state"),
        format!("/boards/{board}/cards/{card}"),
        format!("/boards/{board}/attempts"),
        format!("/boards/{board}/events"),
        "/boards".to_owned(),
        "/attempts/a1".to_owned(),
        "/attempts/a1/logs".to_owned(),
        "/attempts/a1/conversation".to_owned(),
        "/attempts/a1/todos".to_owned(),
    ] {
        let got = world.get(&path).await;
        assert_eq!((got.status, got.header("x-event-id")), (200, expected.as_str()), "{path}");
    }
    world.end().await;
}
