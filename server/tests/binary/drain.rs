//! SIGTERM with hundreds of readers.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Server, within};

const STREAMS: usize = 300;
const EVENTS: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_gives_every_stream_all_events_then_bye_and_a_clean_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(dir.path()).await;
    let board = server.board().await;
    let mut readers = Vec::new();
    for _ in 0..STREAMS {
        let mut socket = TcpStream::connect(server.addr).await.unwrap();
        let request = format!("GET /api/v1/sse?boardId={} HTTP/1.1\r\nHost: localhost\r\n\r\n", board.id);
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.windows(12).any(|part| part == b"event: hello") {
            assert!(within("hello", socket.read_buf(&mut answer)).await.unwrap() > 0);
        }
        readers.push(tokio::spawn(async move {
            within("the end", socket.read_to_end(&mut answer)).await.unwrap();
            answer
        }));
    }
    let head = board.append(&server.client, EVENTS).await;
    // While these events are still on their way.
    let begun = Instant::now();
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
    eprintln!("{STREAMS} streams drained in {:?}", begun.elapsed());
    for reader in readers {
        let answer = reader.await.unwrap();
        assert!(answer.ends_with(b"\r\n0\r\n\r\n"), "the last chunk ends the answer");
        let text = String::from_utf8_lossy(&answer);
        let ids: Vec<u64> = text
            .lines()
            .filter_map(|line| line.strip_prefix("id: ")?.rsplit_once('-')?.1.parse().ok())
            .filter(|seq| *seq > head - EVENTS as u64)
            .collect();
        assert!(ids.iter().copied().eq(head + 1 - EVENTS as u64..=head), "all events, once, in order: {}", ids.len());
        let byes: Vec<&str> = text.split("event: bye\ndata: ").skip(1).collect();
        let [bye] = byes[..] else { panic!("{} times bye", byes.len()) };
        let (bye, after) = bye.split_once("\n\n").unwrap();
        assert!(bye.contains(r#""reason":"shutdown""#), "{bye}");
        assert_eq!(after, "\r\n0\r\n\r\n");
    }
}
