//! A reader that takes nothing, beside one that takes everything.

use hyper::Method;
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Board, Server, event, report, seq, unique, within};

const EVENTS: usize = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_reader_delays_nobody_and_gets_every_event_when_it_reads_again() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let mut stalled = narrow_socket(&server);
    let request = format!("GET /api/v1/sse?boardId={} HTTP/1.1\r\nHost: localhost\r\n\r\n", board.id);
    stalled.write_all(request.as_bytes()).await.unwrap();
    let mut healthy = server.open(&format!("boardId={}", board.id), None).await;
    let before = healthy.hello().await["headSeq"].as_u64().unwrap();
    let counted = async || server.get("/api/v1/connections").await["total"] == 2;
    super::harness::eventually("both streams are open", super::harness::DEADLINE, counted).await;

    let reading = tokio::spawn(async move { healthy.until(before + EVENTS as u64).await });
    let head = board.append(&server.client, EVENTS).await;
    let first = before + 1;
    let frames = reading.await.unwrap();
    let live = frames.iter().filter_map(seq).filter(|seq| *seq >= first);
    assert!(live.eq(first..=head), "the healthy one gets every event in order");

    let mut expected = first;
    let mut text = Vec::new();
    while expected <= head {
        assert!(within("the stalled events", stalled.read_buf(&mut text)).await.unwrap() > 0, "at {expected}");
        let complete = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for line in String::from_utf8_lossy(&text[..complete]).lines() {
            let Some(id) = line.strip_prefix("id: ") else { continue };
            let seq: u64 = id.rsplit_once('-').unwrap().1.parse().unwrap();
            if seq >= first {
                assert_eq!(seq, expected, "the stalled one gets every event in order");
                expected += 1;
            }
        }
        text.drain(..complete);
    }
}

/// Control characters, so that a frame is six times as large as its text.
const LARGE_TEXT: usize = 200 << 10;
const LARGE_FRAMES: usize = 8;
/// So many that the frames which they share, whichever each is at, are little for each.
const STALLED: usize = 500;
/// What each may cost [PROTOCOL 3.7].
const BOUND: usize = 256 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_stalled_on_frames_larger_than_what_leaves_together_share_them() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let query = format!("boardId={}&state=patch", board.id);
    let mut healthy = server.open(&query, None).await;
    healthy.hello().await;
    let start = healthy.until(board.append(&server.client, 1).await).await.pop().unwrap().id.unwrap();
    // What such frames cost by themselves isn't the stalled readers'.
    let first = publish_large(&server, &board).await;
    healthy.until(first).await;
    let before = memory(&server);

    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        let mut socket = narrow_socket(&server);
        let request = format!("GET /api/v1/sse?{query} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {start}\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        // The head has come: from here on it is the log that waits for room.
        within("the head", socket.readable()).await.unwrap();
        stalled.push(socket);
    }
    let last = publish_large(&server, &board).await;
    healthy.until(last).await;
    let lag = async || metric(&server, "boardcast_slowest_stream_lag_events").await > 0;
    super::harness::eventually("they lag behind", super::harness::DEADLINE, lag).await;
    let each = memory(&server).saturating_sub(before) / STALLED;
    assert!(each <= BOUND, "{each} bytes for each stalled reader");
    drop(stalled);
}

/// Publishes large frames and gives the seq of the last.
async fn publish_large(server: &Server, board: &Board) -> u64 {
    let mut last = 0;
    for _ in 0..LARGE_FRAMES {
        let id = format!("item-{}", unique());
        let item = json!({"id": id, "timestamp": "2026-01-01T00:00:00.000Z", "type": "thinking",
            "text": "\u{1}".repeat(LARGE_TEXT)});
        let data = json!({"boardId": board.id, "attemptId": board.attempt, "item": item});
        let taken = report(&server.client, &[event("attempt.conversation.appended", &data)]).await.unwrap();
        last = taken.accepted[0].seq.unwrap();
    }
    last
}

async fn metric(server: &Server, name: &str) -> u64 {
    let answer = server.call(Method::GET, "/metrics", &Value::Null).await.ok().unwrap();
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
}

/// The server's own memory in bytes; what it shares counts by its share.
fn memory(server: &Server) -> usize {
    let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", server.pid())).unwrap();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<usize>().unwrap() * 1024
}

/// The kernel holds next to nothing for this one.
fn narrow_socket(server: &Server) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&server.addr.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    TcpStream::from_std(socket.into()).unwrap()
}
