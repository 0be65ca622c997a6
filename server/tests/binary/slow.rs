//! A reader that takes nothing, beside one that takes everything.

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Server, seq, within};

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

/// The kernel holds next to nothing for this one.
fn narrow_socket(server: &Server) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&server.addr.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    TcpStream::from_std(socket.into()).unwrap()
}
