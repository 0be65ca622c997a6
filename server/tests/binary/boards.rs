//! A board is deleted under its readers.

use hyper::Method;
use serde_json::{Value, json};

use super::harness::{Reader, Server, seq};

#[tokio::test]
async fn deleting_a_board_says_bye_in_its_place_and_afterwards_it_is_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let (kept, doomed) = (server.board().await, server.board().await);
    let both = format!("boardId={}&boardId={}&state=patch", kept.id, doomed.id);
    let mut stream = server.open(&both, None).await;
    let mut alone = server.open(&format!("boardId={}", doomed.id), None).await;
    let mut other = server.open(&format!("boardId={}", kept.id), None).await;
    for reader in [&mut stream, &mut alone, &mut other] {
        reader.hello().await;
    }
    let first = kept.append(&server.client, 200).await;
    let last = doomed.append(&server.client, 200).await;
    let path = format!("/api/v1/boards/{}", doomed.id);
    assert_eq!(server.call(Method::DELETE, &path, &Value::Null).await.status, 204);
    // Of the board that stays, this is no matter of the ended stream any more.
    let later = kept.append(&server.client, 10).await;

    let frames = stream.rest().await;
    let (bye, before) = frames.split_last().unwrap();
    assert_eq!(bye.event, "bye");
    assert_eq!(bye.id, None);
    let said: Value = serde_json::from_str(&bye.data).unwrap();
    assert_eq!(said["reason"], "board_deleted");
    assert_eq!(said["boardId"], json!(doomed.id));
    let seqs: Vec<u64> = before.iter().filter_map(seq).filter(|seq| *seq > first - 200).collect();
    assert!(seqs.iter().copied().eq(first - 199..=last), "{seqs:?}");
    ends_with_bye(&mut alone).await;
    let frames = other.until(later).await;
    assert!(frames.iter().all(|frame| frame.event != "bye"));

    // The rest goes on from where it was.
    let mut again =
        server.open(&format!("boardId={}&state=patch", kept.id), before.last().unwrap().id.as_deref()).await;
    assert_eq!(again.hello().await["replay"], "tail");
    let frames = again.until(later).await;
    assert_eq!(frames.iter().filter_map(seq).count(), 10);

    for query in [both, format!("boardId={}", doomed.id)] {
        let answer = server.call(Method::GET, &format!("/api/v1/sse?{query}"), &Value::Null).await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.json::<Value>().unwrap()["boardId"], json!(doomed.id));
    }
    assert_eq!(server.call(Method::GET, &path, &Value::Null).await.status, 404);
}

async fn ends_with_bye(reader: &mut Reader) {
    assert_eq!(reader.rest().await.last().unwrap().event, "bye");
}
