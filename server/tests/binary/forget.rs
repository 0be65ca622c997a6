//! A deleted card's text is gone from the disk, not only from the answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::harness::{Board, Server, event, eventually, report, seq};

/// In no other text, and in no other form in any file.
const MARK: &str = "quetzalcoatlus";
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_deleted_cards_text_is_in_no_file_within_seconds() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let deleted = fill_and_delete(&server, &board, dir.path()).await;
    eventually("the text is in no file", SOON, gone(dir.path())).await;

    // The deletion itself is kept, and the card that stays keeps all it has.
    let mut stream = server.open(&format!("boardId={}&state=patch", board.id), Some(&deleted)).await;
    assert_eq!(stream.hello().await["replay"], "tail");
    let head = board.append(&server.client, 1).await;
    assert_eq!(stream.until(head).await.iter().filter_map(seq).count(), 1);
    assert_eq!(server.log(&board.id).await[0].id, deleted);
    let logs = server.get(&format!("/api/v1/attempts/{}/logs?limit=1000", board.attempt)).await;
    assert_eq!(logs["items"].as_array().unwrap().len(), 51);
    assert_eq!(server.call(Method::GET, "/api/v1/attempts/doomed", &Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_crash_right_after_the_deletion_keeps_no_text() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let deleted = fill_and_delete(&server, &board, dir.path()).await;
    server.kill().await;
    let server = Server::start(dir.path()).await;
    eventually("the text is in no file", SOON, gone(dir.path())).await;
    assert_eq!(server.log(&board.id).await[0].id, deleted);
}

/// Brings the mark into every kind of text that a card has, and deletes the card; gives the id of the deletion.
async fn fill_and_delete(server: &Server, board: &Board, dir: &Path) -> String {
    let cards = format!("/api/v1/boards/{}/cards", board.id);
    let text = json!({"title": format!("{MARK} title"), "description": format!("{MARK} ").repeat(3000)});
    let made = server.client.post(&cards, &text, "kept-answer").await.unwrap();
    let card = made.json::<Value>().unwrap()["id"].as_str().unwrap().to_owned();
    let attempt = json!({"boardId": board.id, "cardId": card, "attemptId": "doomed"});
    let said = |message: &str| json!({"boardId": board.id, "attemptId": "doomed", "level": "info", "message": message});
    let item = json!({"id": "item", "timestamp": "2026-01-01T00:00:00.000Z", "type": "message",
        "role": "assistant", "text": format!("{MARK} said"), "format": "plaintext"});
    let mut batch = vec![
        event("attempt.queued", &attempt),
        event("attempt.conversation.appended", &json!({"boardId": board.id, "attemptId": "doomed", "item": item})),
    ];
    batch.extend((0..2000).map(|n| event("attempt.log.appended", &said(&format!("{MARK} line {n}")))));
    report(&server.client, &batch).await.unwrap();
    let changed = json!({"title": format!("{MARK} renamed")});
    server.call(Method::PATCH, &format!("{cards}/{card}"), &changed).await.ok().unwrap();
    board.append(&server.client, 50).await;
    assert!(!files_with_mark(dir).is_empty(), "it was there");
    let answer = server.call(Method::DELETE, &format!("{cards}/{card}"), &Value::Null).await.ok().unwrap();
    answer.header("x-event-id").unwrap().to_owned()
}

fn gone(dir: &Path) -> impl AsyncFnMut() -> bool {
    async || files_with_mark(dir).is_empty()
}

fn files_with_mark(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    // One that is gone since the listing holds nothing.
    let holds = |path: &PathBuf| fs::read(path).is_ok_and(|bytes| contains(&bytes, MARK.as_bytes()));
    files.filter(holds).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == part[0]) {
        if rest[at..].starts_with(part) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}
