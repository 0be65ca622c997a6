//! Readers that don't take what waits for them, by a clock that the test moves.

use std::time::Duration;

use boardcast::client::{Frame, Parsed, SseParser};
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::metrics;
use super::world::World;

/// More than the kernel keeps for a reader, on both sides together.
const FLOOD: usize = 1024 * 1024;

/// A stream whose bytes are left in the kernel until the test takes them.
struct Stalled {
    socket: TcpStream,
    taken: Vec<u8>,
}

impl Stalled {
    /// Opens a stream and reads its opening, up to the first id.
    async fn open(world: &World, query: &str) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&world.server.addr.into()).unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut socket = TcpStream::from_std(socket.into()).unwrap();
        let request = format!("GET /api/v1/sse?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut stalled = Self { socket, taken: Vec::new() };
        while !stalled.frames().iter().any(|frame| frame.id.is_some()) {
            assert!(stalled.socket.read_buf(&mut stalled.taken).await.unwrap() > 0, "the stream opens");
        }
        stalled
    }

    /// The whole frames among what was taken so far.
    fn frames(&self) -> Vec<Frame> {
        let head = self.taken.windows(4).position(|part| part == b"\r\n\r\n").map_or(self.taken.len(), |at| at + 4);
        let mut frames = Vec::new();
        let take = |parsed| {
            if let Parsed::Frame(frame) = parsed {
                frames.push(frame);
            }
        };
        SseParser::new(4 * FLOOD).push(&without_chunks(&self.taken[head..]), take).unwrap();
        frames
    }

    /// Everything that the kernel still has, up to the end of the connection; its whole frames.
    async fn rest(mut self) -> Vec<Frame> {
        // The connection may end by a reset.
        let _ = self.socket.read_to_end(&mut self.taken).await;
        assert!(!self.taken.ends_with(b"\r\n0\r\n\r\n"), "it was cut off, not ended");
        self.frames()
    }
}

/// The content of chunks, of a cut one as much as is there [RFC 9112 7.1].
fn without_chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(at) = bytes.windows(2).position(|part| part == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..at]).unwrap(), 16).unwrap();
        let end = bytes.len().min(at + 2 + size);
        content.extend_from_slice(&bytes[at + 2..end]);
        bytes = &bytes[bytes.len().min(end + 2)..];
    }
    content
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("never so: {what}"));
}

async fn streams(world: &World) -> u64 {
    world.get("/connections").await.body["total"].as_u64().unwrap()
}

/// Log lines of an attempt, together more than the kernel keeps.
async fn flood(world: &World, board: &str, attempt: &str) {
    for n in 0..32 {
        let message = format!("{n} {}", "x".repeat(FLOOD / 32));
        let data = json!({"boardId": board, "attemptId": attempt, "level": "info", "message": message});
        assert_eq!(world.report(&format!("line {n}"), "attempt.log.appended", data).await.status, 202);
    }
}

fn last_id(frames: &[Frame]) -> String {
    frames.iter().rev().find_map(|frame| frame.id.clone()).unwrap()
}

fn seqs(frames: &[Frame]) -> Vec<u64> {
    frames.iter().filter_map(|frame| frame.id.as_ref()?.rsplit_once('-')?.1.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_for_a_minute_is_cut_off_and_misses_nothing_by_its_cursor() {
    let world = World::start().await;
    let board = world.board("Slow").await;
    let card = world.card(&board, "one").await;
    let queued = json!({"boardId": board, "attemptId": "a1", "cardId": card});
    assert_eq!(world.report("q", "attempt.queued", queued).await.status, 202);
    let before = world.head();
    let mut healthy = world.stream(&format!("?boardId={board}"), &[]).await;
    healthy.take(3).await;
    let stalled = Stalled::open(&world, &format!("boardId={board}")).await;
    flood(&world, &board, "a1").await;
    let all: Vec<u64> = (before + 1..=world.head()).collect();
    assert_eq!(seqs(&healthy.take(all.len()).await), all);
    until("one waits for its reader", async || world.server.flows.blocked() == 1).await;
    let counted = metrics::samples(&world).await;
    assert!((1..=32).contains(&counted["boardcast_slowest_stream_lag_events"]), "{counted:?}");
    assert!(counted["boardcast_ring_bytes"] > 0);
    let shown = world.get("/connections/streams").await.body;
    assert_eq!(shown["streams"][0]["lag"], counted["boardcast_slowest_stream_lag_events"], "the slowest comes first");
    assert_eq!(shown["streams"][1]["lag"], 0);

    world.clock.advance(Duration::from_secs(60));
    until("it is cut off", async || streams(&world).await == 1).await;
    metrics::until(&world, r#"boardcast_stream_ends_total{reason="slow"}"#, 1).await;
    metrics::until(&world, "boardcast_slowest_stream_lag_events", 0).await;
    let first = stalled.rest().await;
    let cursor = last_id(&first);
    let mut again = world.stream(&format!("?boardId={board}"), &[("last-event-id", &cursor)]).await;
    let hello: Value = serde_json::from_str(&again.take(1).await[0].data).unwrap();
    assert_eq!(hello["replay"], "tail");
    let mut seen: Vec<u64> = seqs(&first).into_iter().filter(|seq| *seq > before).collect();
    assert!(seen.len() < all.len(), "the kernel doesn't keep all of it");
    seen.extend(seqs(&again.take(all.len() - seen.len()).await));
    assert_eq!(seen, all);
    // The one who reads was left alone: it hears what comes now.
    world.card(&board, "two").await;
    while seqs(&healthy.take(1).await) != [world.head()] {}
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_for_five_seconds_of_an_outdated_board_is_cut_off_and_misses_nothing_by_its_cursor() {
    let world = World::start().await;
    let board = world.board("Large").await;
    let card = world.card(&board, "one").await;
    let stalled = Stalled::open(&world, &format!("boardId={board}")).await;
    for _ in 0..FLOOD / 60_000 {
        let more = json!({"title": "more", "description": "x".repeat(60_000)});
        world.made(&format!("/boards/{board}/cards"), more).await;
    }
    until("one waits for its reader", async || world.server.flows.blocked() == 1).await;
    let renamed = world.send("PATCH", &format!("/boards/{board}/cards/{card}"), &json!({"title": "changed"})).await;
    assert_eq!(renamed.status, 200);

    world.clock.advance(Duration::from_secs(5));
    until("it is cut off", async || streams(&world).await == 0).await;
    let first = stalled.rest().await;
    let mut again = world.stream(&format!("?boardId={board}"), &[("last-event-id", &last_id(&first))]).await;
    let frames = again.take(2).await;
    assert_eq!(serde_json::from_str::<Value>(&frames[0].data).unwrap()["replay"], "tail");
    let newest: Value = serde_json::from_str(&frames[1].data).unwrap();
    assert_eq!(newest, world.get(&format!("/boards/{board}/state")).await.body);
    assert_eq!(seqs(&frames), [world.head()]);
    world.end().await;
}
