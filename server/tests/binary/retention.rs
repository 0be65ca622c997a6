//! What is trimmed is gone, and everybody is told so.

use hyper::Method;
use serde_json::Value;

use super::harness::{DEADLINE, Server, eventually, seq};

#[tokio::test]
async fn a_cursor_before_the_trimmed_part_is_reset_and_the_log_says_gone() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_with(dir.path(), &["--retain-events", "10", "--retain-days", "0"]).await;
    let board = server.board().await;
    let query = format!("boardId={}&state=patch", board.id);
    let epoch = server.open(&query, None).await.hello().await["epoch"].as_str().unwrap().to_owned();
    let head = board.append(&server.client, 500).await;
    let events = format!("/api/v1/boards/{}/events", board.id);
    let trimmed = async || server.get(&events).await["events"][0]["seq"].as_u64().unwrap() == head - 9;
    eventually("all but ten events are trimmed", DEADLINE, trimmed).await;
    let log = server.log(&board.id).await;
    assert!(log.iter().map(|event| event.seq).eq(head - 9..=head), "the newest ten are kept");

    for old in [format!("{epoch}-0"), format!("{epoch}-2"), format!("{epoch}-{}", head - 11)] {
        let mut stream = server.open(&query, Some(&old)).await;
        let hello = stream.hello().await;
        assert_eq!(hello["replay"], "reset", "{old}");
        assert_eq!(hello["oldestSeq"], head - 9, "{old}");
        let frames = stream.until(head).await;
        assert_eq!(frames[0].event, "state", "{old}: a fresh start");
        let after = old.rsplit_once('-').unwrap().1;
        for after in [old.as_str(), after] {
            let answer = server.call(Method::GET, &format!("{events}?after={after}"), &Value::Null).await;
            assert_eq!(answer.status, 410, "{after}");
            assert_eq!(answer.json::<Value>().unwrap()["code"], "trimmed", "{after}");
        }
    }
    // Nothing after this one is gone.
    let mut stream = server.open(&query, Some(&format!("{epoch}-{}", head - 10))).await;
    assert_eq!(stream.hello().await["replay"], "tail");
    assert!(stream.until(head).await.iter().filter_map(seq).eq(head - 9..=head));
    // What the attempt is doesn't depend on it.
    let attempt = server.get(&format!("/api/v1/attempts/{}", board.attempt)).await;
    assert_eq!(attempt["status"], "queued");
    let logs = server.get(&format!("/api/v1/attempts/{}/logs?limit=1000", board.attempt)).await;
    assert_eq!(logs["items"].as_array().unwrap().len(), 500);
}
