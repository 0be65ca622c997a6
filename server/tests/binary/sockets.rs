//! Connections come and go, and leave nothing behind.

use boardcast::client::{Frame, Parsed, SseParser};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{DEADLINE, Server, eventually, seq, within};

const COMINGS_AND_GOINGS: usize = 5000;
/// More than the 128 for which listeners have room by default.
const AT_ONCE: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_who_come_before_any_is_taken_are_all_served() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    server.pause();
    let mut sockets = Vec::new();
    for _ in 0..AT_ONCE {
        sockets.push(within("room for a connection", TcpStream::connect(server.addr)).await.unwrap());
    }
    server.go_on();
    for mut socket in sockets {
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        within("an answer", socket.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_streams_opened_and_dropped_leave_no_connection_and_no_descriptor() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    // What is opened once and kept: connections to the database, our own.
    server.open(&format!("boardId={}&dashboard=1", board.id), None).await.hello().await;
    no_streams(&server).await;
    let before = descriptors(&server);
    for n in 0..COMINGS_AND_GOINGS {
        let mut socket = TcpStream::connect(server.addr).await.unwrap();
        let request = format!("GET /api/v1/sse?boardId={} HTTP/1.1\r\nHost: localhost\r\n\r\n", board.id);
        socket.write_all(request.as_bytes()).await.unwrap();
        // Some leave before the answer, some in the middle of it, some when it is there.
        match n % 3 {
            0 => {}
            1 => drop(within("a byte", socket.read_u8()).await.unwrap()),
            _ => {
                let mut answer = Vec::new();
                while !answer.windows(12).any(|part| part == b"event: state") {
                    assert!(within("the board", socket.read_buf(&mut answer)).await.unwrap() > 0);
                }
            }
        }
    }
    no_streams(&server).await;
    eventually("no descriptor is left", DEADLINE, async || descriptors(&server) <= before).await;
    let connections = server.get("/api/v1/connections").await;
    let empty = serde_json::json!({"total": 0, "dashboard": 0, "channels": 0, "boards": {}});
    assert_eq!(connections, empty);
}

async fn no_streams(server: &Server) {
    let none = async || server.get("/api/v1/connections").await["total"] == 0;
    eventually("there is no stream", DEADLINE, none).await;
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count()
}

#[tokio::test]
async fn http_1_0_gets_the_stream_without_chunks_and_ends_with_the_connection() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(dir.path()).await;
    let board = server.board().await;
    let mut socket = TcpStream::connect(server.addr).await.unwrap();
    let request = format!("GET /api/v1/sse?boardId={} HTTP/1.0\r\nHost: localhost\r\n\r\n", board.id);
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.windows(12).any(|part| part == b"event: hello") {
        assert!(within("hello", socket.read_buf(&mut answer)).await.unwrap() > 0);
    }
    let head = board.append(&server.client, 100).await;
    server.terminate();
    within("the end", socket.read_to_end(&mut answer)).await.unwrap();
    assert_eq!(server.ended().await.code(), Some(0));
    let at = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    let headers = String::from_utf8_lossy(&answer[..at]).to_ascii_lowercase();
    assert!(headers.starts_with("http/1.") && headers.contains(" 200 "), "{headers}");
    assert!(!headers.contains("transfer-encoding"), "{headers}");
    assert!(!headers.contains("content-length"), "{headers}");
    let mut frames: Vec<Frame> = Vec::new();
    let take = |parsed| {
        if let Parsed::Frame(frame) = parsed {
            frames.push(frame);
        }
    };
    SseParser::new(1 << 20).push(&answer[at + 4..], take).unwrap();
    assert_eq!(frames.first().unwrap().event, "hello");
    assert_eq!(frames.last().unwrap().event, "bye");
    assert!(frames.iter().filter_map(seq).filter(|seq| *seq > head - 100).eq(head - 99..=head));
}
