//! Killed under load, again and again: what was acknowledged is there, and nobody saw what isn't.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use boardcast::client::{Client, ClientError, Frame};
use serde_json::json;
use tokio::sync::watch;

use super::harness::{Board, DEADLINE, Reader, Server, eventually, report, seq, unique};

const ROUNDS: usize = 5;
const WRITERS: usize = 4;
const READERS: usize = 4;
const END: &str = "that is all";

/// Who the server is just now.
type Now = watch::Receiver<Client>;

#[derive(Default)]
struct Load {
    stop: AtomicBool,
    acknowledged: AtomicU64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_acknowledged_and_readers_see_every_event_once_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(dir.path()).await;
    let board = server.board().await;
    let (turn, now) = watch::channel(server.client.clone());
    let load = Arc::new(Load::default());
    let writers: Vec<_> = (0..WRITERS).map(|_| tokio::spawn(write(board.clone(), load.clone(), now.clone()))).collect();
    let cards = tokio::spawn(make_cards(board.clone(), load.clone(), now.clone()));
    let readers: Vec<_> = (0..READERS).map(|_| tokio::spawn(follow(board.id.clone(), now.clone()))).collect();

    for _ in 0..ROUNDS {
        let enough = load.acknowledged.load(Ordering::Relaxed) + 60;
        let busy = async || load.acknowledged.load(Ordering::Relaxed) >= enough;
        eventually("sixty batches are acknowledged", DEADLINE, busy).await;
        server = restart(server, dir.path(), &turn).await;
    }
    load.stop.store(true, Ordering::Relaxed);
    let mut acknowledged = HashMap::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    let cards = cards.await.unwrap();
    report(&server.client, &board.lines([END.to_owned()])).await.unwrap();

    let log = server.log(&board.id).await;
    assert!(log.iter().map(|event| event.seq).eq(1..=log.len() as u64), "the log has no gap");
    let mut messages: HashMap<String, Vec<u64>> = HashMap::new();
    for event in log.iter().filter(|event| event.kind == "attempt.log.appended") {
        let data: serde_json::Value = serde_json::from_str(event.data.get()).unwrap();
        messages.entry(data["message"].as_str().unwrap().to_owned()).or_default().push(event.seq);
    }
    for (message, at) in &acknowledged {
        let found = messages.get(message).map(Vec::as_slice).unwrap_or_default();
        assert_eq!(found.len(), 1, "{message} is in the log once");
        assert!(at.is_none_or(|at| at == found[0]), "{message} is where the answer said");
    }
    assert_eq!(messages.len(), acknowledged.len() + 1);
    let state = server.get(&format!("/api/v1/boards/{}/state", board.id)).await;
    for card in cards {
        assert!(state["cards"].get(&card).is_some(), "the card {card} is there");
    }
    let mut reopened = 0;
    for reader in readers {
        let (frames, openings) = reader.await.unwrap();
        reopened += openings - 1;
        let first = seq(&frames[0]).unwrap();
        // The first is the end of the opening: not an event of the log.
        assert!(frames.iter().map(|frame| seq(frame).unwrap()).eq(first..=log.len() as u64));
        for (frame, event) in frames[1..].iter().zip(&log[usize::try_from(first).unwrap()..]) {
            assert_eq!(*frame, event.frame());
        }
    }
    assert!(reopened >= READERS, "the readers were cut off: {reopened}");
}

async fn restart(server: Server, dir: &Path, turn: &watch::Sender<Client>) -> Server {
    server.kill().await;
    let server = Server::start(dir).await;
    turn.send_replace(server.client.clone());
    server
}

/// Posts until told to stop. A batch without an answer is sent again as it was, to the next server.
async fn write(board: Board, load: Arc<Load>, mut now: Now) -> HashMap<String, Option<u64>> {
    let mut acknowledged = HashMap::new();
    while !load.stop.load(Ordering::Relaxed) {
        let messages: Vec<String> = (0..10).map(|_| format!("message {}", unique())).collect();
        let batch = board.lines(messages.clone());
        let taken = loop {
            let client = now.borrow_and_update().clone();
            match report(&client, &batch).await {
                Ok(taken) => break taken,
                Err(error) => next_server(&error, &mut now).await,
            }
        };
        // All or none of a batch: what was taken before the crash is all a duplicate now.
        assert!(taken.accepted.is_empty() || taken.duplicates.is_empty());
        assert_eq!(taken.accepted.len() + taken.duplicates.len(), batch.len());
        let seqs: HashMap<_, _> = taken.accepted.into_iter().map(|accepted| (accepted.id, accepted.seq)).collect();
        for (event, message) in batch.iter().zip(messages) {
            let seq = seqs.get(event["id"].as_str().unwrap()).map(|seq| seq.expect("a line always appends"));
            acknowledged.insert(message, seq);
        }
        load.acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    acknowledged
}

/// Makes cards under idempotency keys, so that one made just before the crash isn't made again.
async fn make_cards(board: Board, load: Arc<Load>, mut now: Now) -> Vec<String> {
    let mut cards = Vec::new();
    let path = format!("/api/v1/boards/{}/cards", board.id);
    while !load.stop.load(Ordering::Relaxed) && cards.len() < 300 {
        let title = format!("Card {}", unique());
        let card: serde_json::Value = loop {
            let client = now.borrow_and_update().clone();
            match client.post(&path, &json!({"title": title}), &title.replace(' ', "-")).await {
                Ok(answer) => break answer.json().unwrap(),
                Err(error) => next_server(&error, &mut now).await,
            }
        };
        cards.push(card["id"].as_str().unwrap().to_owned());
    }
    cards
}

async fn next_server(error: &ClientError, now: &mut Now) {
    assert!(error.is_passing(), "{error}");
    super::harness::within("the next server", now.changed()).await.unwrap();
}

/// Reads to the end, across all crashes; every frame with an id, and how often the stream was opened.
async fn follow(board: String, mut now: Now) -> (Vec<Frame>, usize) {
    let mut frames: Vec<Frame> = Vec::new();
    let mut openings = 0;
    loop {
        let client = now.borrow_and_update().clone();
        let cursor = frames.last().and_then(|frame| frame.id.clone());
        let opened = Reader::open(&client, &format!("boardId={board}&state=patch"), cursor.as_deref()).await;
        let Ok(mut reader) = opened else {
            super::harness::within("the next server", now.changed()).await.unwrap();
            continue;
        };
        openings += 1;
        while let Ok(Some(frame)) = reader.next().await {
            if frame.event == "hello" {
                let tail = frame.data.contains(r#""replay":"tail""#);
                assert_eq!(tail, cursor.is_some(), "{}", frame.data);
            }
            if frame.id.is_some() {
                let end = frame.data.contains(END);
                frames.push(frame);
                if end {
                    return (frames, openings);
                }
            }
        }
    }
}
