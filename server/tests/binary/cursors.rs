//! Whatever a client sends as its cursor: the answer is 200, and `hello` says how it was taken.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Server, within};

#[tokio::test]
async fn every_cursor_is_answered_with_200_and_told_how() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let board = server.board().await;
    let head = board.append(&server.client, 5).await;
    let hello = server.open(&format!("boardId={}", board.id), None).await.hello().await;
    let epoch = hello["epoch"].as_str().unwrap().to_owned();
    let good = format!("{epoch}-{}", head - 2);
    let garbage: String = ('!'..='~').cycle().take(1024).collect();
    let header = |value: &str| format!("Last-Event-ID: {value}\r\n");
    let cases = [
        ("no cursor", String::new(), "", "none"),
        ("an empty header", header(""), "", "none"),
        ("an empty query", String::new(), "", "none"),
        ("good", header(&good), "", "tail"),
        ("the head", header(&format!("{epoch}-{head}")), "", "tail"),
        ("the start", header(&format!("{epoch}-0")), "", "tail"),
        ("good in the query", String::new(), good.as_str(), "tail"),
        ("nonsense", header("nonsense"), "", "reset"),
        ("nonsense in the query", String::new(), "%00%ff", "reset"),
        ("only a number", header("3"), "", "reset"),
        ("a leading zero", header(&format!("{epoch}-03")), "", "reset"),
        ("a sign", header(&format!("{epoch}-+3")), "", "reset"),
        ("too large a number", header(&format!("{epoch}-99999999999999999999999")), "", "reset"),
        ("the largest number", header(&format!("{epoch}-18446744073709551615")), "", "reset"),
        ("another epoch", header("abcdefabcdef-3"), "", "reset"),
        ("the future", header(&format!("{epoch}-{}", head + 1)), "", "reset"),
        ("two headers", header(&good) + &header(&good), "", "reset"),
        ("1 KiB of garbage", header(&garbage), "", "reset"),
        ("beyond ASCII", "Last-Event-ID: \u{fffd}\r\n".to_owned(), "", "reset"),
        ("a good header over a bad query", header(&good), "nonsense", "tail"),
        ("a bad header over a good query", header("nonsense"), good.as_str(), "reset"),
        ("an empty header beside a good query", header(""), good.as_str(), "tail"),
    ];
    for (what, headers, query, expected) in cases {
        let request = format!(
            "GET /api/v1/sse?boardId={}&lastEventId={query} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n",
            board.id
        );
        let mut socket = TcpStream::connect(server.addr).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let hello = loop {
            let read = within("an answer", socket.read_buf(&mut answer)).await.unwrap();
            let text = String::from_utf8_lossy(&answer);
            if let Some(data) = text.split("event: hello\ndata: ").nth(1)
                && let Some(line) = data.lines().next().filter(|_| data.contains('\n'))
            {
                break line.to_owned();
            }
            assert!(read > 0, "{what}: {text}");
        };
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{what}");
        let hello: serde_json::Value = serde_json::from_str(&hello).unwrap();
        assert_eq!(hello["replay"], expected, "{what}");
    }
}
