//! A disk that takes no more: for the server, a log that can't grow is the same as one on a full disk.

use std::fs;

use hyper::Method;
use rustix::process::Resource;
use serde_json::{Value, json};

use super::harness::{Server, seq};

#[tokio::test]
async fn a_write_that_does_not_fit_is_503_and_nothing_of_it_takes_effect_until_there_is_room_again() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_without_file_size_signal(dir.path()).await;
    let board = server.board().await;
    let head = board.append(&server.client, 10).await;
    let state = format!("/api/v1/boards/{}/state", board.id);
    let cards = format!("/api/v1/boards/{}/cards", board.id);
    let before = server.get(&state).await;
    let mut stream = server.open(&format!("boardId={}", board.id), None).await;
    stream.until(head).await;

    // The write-ahead log is where a commit goes first.
    let size = fs::metadata(dir.path().join("boardcast.db-wal")).unwrap().len();
    let unlimited = server.limit(Resource::Fsize, Some(size));
    for _ in 0..3 {
        let answer = server.call(Method::POST, &cards, &json!({"title": "too much"})).await;
        let problem: Value = answer.json().unwrap();
        assert_eq!((answer.status, &problem["code"]), (503, &json!("storage_unavailable")), "{problem}");
        let retry_after: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(retry_after > 0);
        assert!(!problem.to_string().contains(dir.path().to_str().unwrap()), "nothing internal is told: {problem}");
    }
    assert_eq!(server.get(&state).await, before, "reading goes on, and nothing has changed");
    assert_eq!(server.log(&board.id).await.last().unwrap().seq, head);

    server.limit(Resource::Fsize, unlimited);
    let card = server.make(&cards, json!({"title": "fits"})).await;
    // The first thing that the stream hears after the head, at the next seq: nothing else was published.
    let next = stream.next().await.unwrap().unwrap();
    assert_eq!((next.event.as_str(), seq(&next)), ("state", Some(head + 1)));
    assert!(next.data.contains("fits") && !next.data.contains("too much"), "{}", next.data);
    // And it holds.
    server.kill().await;
    let server = Server::start(dir.path()).await;
    let after = server.get(&state).await;
    assert_eq!(after["seq"], head + 1);
    assert_eq!(after["cards"].as_object().unwrap().len(), 2);
    assert_eq!(after["cards"][card["id"].as_str().unwrap()], card);
}
