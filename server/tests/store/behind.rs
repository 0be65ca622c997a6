//! Streams that still read the log when something happens to it.

use std::collections::VecDeque;

use axum::body::Body;
use boardcast::client::{Parsed, SseParser};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::life::Life;

async fn board(life: &Life, cards: usize) -> String {
    let board = life.send("POST", "/boards", &json!({"name": "Board"})).await.body["id"].as_str().unwrap().to_owned();
    for n in 0..cards {
        life.send("POST", &format!("/boards/{board}/cards"), &json!({"title": n.to_string()})).await;
    }
    board
}

/// A stream that goes on after `seq`; nothing is read of it yet.
async fn behind(life: &Life, boards: &[&str], seq: u64) -> Body {
    let query: Vec<String> = boards.iter().map(|board| format!("boardId={board}")).collect();
    let cursor = format!("{}-{seq}", life.store.epoch());
    life.stream(&format!("{}&state=patch", query.join("&")), Some(&cursor)).await
}

/// What is left of a stream, as event and data.
async fn rest(mut body: Body) -> VecDeque<(String, Value)> {
    let mut parser = SseParser::new(1 << 20);
    let mut frames = VecDeque::new();
    while let Some(chunk) = body.frame().await {
        let take = |parsed| {
            if let Parsed::Frame(frame) = parsed {
                frames.push_back((frame.event, serde_json::from_str(&frame.data).unwrap()));
            }
        };
        parser.push(&chunk.unwrap().into_data().unwrap(), take).unwrap();
    }
    frames
}

#[tokio::test]
async fn one_whose_board_is_deleted_is_told_which() {
    let life = Life::begin(tempfile::tempdir().unwrap(), 1000);
    let (kept, deleted) = (board(&life, 2).await, board(&life, 2).await);
    let alone = behind(&life, &[&deleted], 4).await;
    let beside = behind(&life, &[&kept, &deleted], 2).await;
    life.send("DELETE", &format!("/boards/{deleted}"), &Value::Null).await;
    for stream in [alone, beside] {
        let mut frames = rest(stream).await;
        assert_eq!(frames.pop_front().unwrap().1["replay"], "tail");
        let bye = json!({"reason": "board_deleted", "boardId": deleted, "retryMs": null});
        assert_eq!(frames, [("bye".to_owned(), bye)]);
    }
    // By the same cursor, the rest goes on and misses nothing.
    let again = behind(&life, &[&kept], 2).await;
    life.bus.drain();
    let frames = rest(again).await;
    let told: Vec<(&str, &Value)> = frames.iter().map(|(event, data)| (event.as_str(), &data["seq"])).collect();
    assert_eq!(told[1..], [("state_patch", &json!(3)), ("bye", &Value::Null)]);
}

#[tokio::test]
async fn one_whose_events_are_trimmed_ends_without_a_word_and_the_next_is_reset() {
    let life = Life::begin(tempfile::tempdir().unwrap(), 1);
    let board = board(&life, 5).await;
    let stream = behind(&life, &[&board], 2).await;
    while life.store.upkeep().await.unwrap() {}
    let frames = rest(stream).await;
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!((frames[0].0.as_str(), &frames[0].1["replay"]), ("hello", &json!("tail")));
    let again = behind(&life, &[&board], 2).await;
    life.bus.drain();
    assert_eq!(rest(again).await[0].1["replay"], "reset");
}
