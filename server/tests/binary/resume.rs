//! A stream that is cut anywhere and taken up again is the stream that wasn't cut.

use boardcast::client::Client;
use hyper::Method;
use serde_json::{Value, json};

use super::harness::{Board, Chance, Server, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_at_any_byte_and_resumed_it_is_the_whole_stream_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let mut chance = Chance::new();
    let mut first = server.open(&format!("boardId={}&state=patch", board.id), None).await;
    let head = first.hello().await["headSeq"].as_u64().unwrap();
    let begin = first.until(head).await.pop().unwrap().id.unwrap();

    let busy = tokio::spawn(keep_busy(server.client.clone(), board.clone()));
    let whole = tokio::spawn(read(server.client.clone(), board.id.clone(), begin.clone(), usize::MAX));
    let mut pieces = Vec::new();
    let mut cursor = begin.clone();
    let mut cuts = 0;
    while !pieces.ends_with(b"\n\n") || !is_end(&pieces) {
        // Mostly small, so that many cuts fall inside lines and inside the first frames.
        let size = 4 + chance.below(10);
        let bytes = usize::try_from(chance.below(1 << size)).unwrap();
        let piece = read(server.client.clone(), board.id.clone(), cursor.clone(), bytes).await;
        if let Some(id) = last_id(&piece) {
            cursor = id;
        }
        pieces.extend(piece);
        cuts += 1;
    }
    busy.await.unwrap();
    let live = whole.await.unwrap();
    let replayed = read(server.client.clone(), board.id.clone(), begin, usize::MAX).await;
    assert!(cuts >= 20, "{cuts} cuts");
    assert!(live == replayed, "live and replayed differ");
    if let Some(at) = (0..pieces.len().max(replayed.len())).find(|at| pieces.get(*at) != replayed.get(*at)) {
        let around = |bytes: &[u8]| {
            let part = at.saturating_sub(200).min(bytes.len())..(at + 200).min(bytes.len());
            String::from_utf8_lossy(&bytes[part]).into_owned()
        };
        panic!("after {cuts} cuts, at {at}:\n{}\ninstead of\n{}", around(&pieces), around(&replayed));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_is_served_from_the_moment_that_anybody_can_see_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let query = format!("boardId={}&state=patch", board.id);
    let state = format!("/api/v1/boards/{}/state", board.id);
    let mut cursor = server.call(Method::GET, &state, &Value::Null).await.header("x-event-id").unwrap().to_owned();
    let (client, written) = (server.client.clone(), board.clone());
    // Large commits: it takes a while until they are published.
    let busy = tokio::spawn(async move {
        loop {
            written.append(&client, 1000).await;
        }
    });
    for _ in 0..40 {
        // What a stream has just brought ...
        let mut stream = server.open(&query, Some(&cursor)).await;
        assert_eq!(stream.hello().await["replay"], "tail", "{cursor} from a stream");
        cursor = stream.next().await.unwrap().unwrap().id.unwrap();
        // ... and what the log has just shown, before all streams have it.
        let answer = server.call(Method::GET, &state, &Value::Null).await;
        let shown = answer.header("x-event-id").unwrap();
        let mut stream = server.open(&query, Some(shown)).await;
        assert_eq!(stream.hello().await["replay"], "tail", "{shown} from an answer");
        cursor = std::cmp::max_by_key(cursor, shown.to_owned(), |cursor| number(cursor));
    }
    busy.abort();
}

fn number(cursor: &str) -> u64 {
    cursor.rsplit_once('-').unwrap().1.parse().unwrap()
}

fn is_end(stream: &[u8]) -> bool {
    stream[stream.len().saturating_sub(400)..].windows(11).any(|part| part == b"that is all")
}

async fn keep_busy(client: Client, board: Board) {
    for round in 0..40 {
        board.append(&client, 25).await;
        let body = json!({"title": format!("Card {round} \u{1F980}\u{2028}é")});
        client.post(&format!("/api/v1/boards/{}/cards", board.id), &body, &format!("card-{round}")).await.unwrap();
    }
    super::harness::report(&client, &board.lines(["that is all".to_owned()])).await.unwrap();
}

/// Reads `bytes` of a stream after `cursor`, or up to the last event, and gives its complete events: not the
/// greeting, not heartbeats, no event that was cut.
async fn read(client: Client, board: String, cursor: String, bytes: usize) -> Vec<u8> {
    let path = format!("/api/v1/sse?boardId={board}&state=patch");
    let mut stream = client.open(&path, &[("last-event-id", &cursor)]).await.unwrap();
    let mut taken = Vec::new();
    while taken.len() < bytes && !(taken.ends_with(b"\n\n") && is_end(&taken)) {
        taken.extend(within("bytes", stream.chunk()).await.unwrap().expect("the stream goes on"));
    }
    taken.truncate(bytes);
    let text = String::from_utf8_lossy(&taken);
    let complete = text.rfind("\n\n").map_or("", |at| &text[..at + 2]);
    let events = complete.split_inclusive("\n\n").filter(|event| event.starts_with("id: "));
    events.collect::<String>().into_bytes()
}

fn last_id(events: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(events).unwrap();
    Some(text.lines().rev().find_map(|line| line.strip_prefix("id: "))?.to_owned())
}
