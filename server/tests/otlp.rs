//! The program with the feature `otlp`, and a stand-in for a collector: `cargo test --features otlp --test otlp`.
#![cfg(feature = "otlp")]

#[path = "binary/harness.rs"]
#[allow(dead_code, reason = "what other tests ask of a server")]
mod harness;

use std::time::Duration;

use hyper::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Takes one export; gives its head and body.
async fn taken(listener: &TcpListener) -> (String, Vec<u8>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        assert!(socket.read_buf(&mut bytes).await.unwrap() > 0, "cut off");
        let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).expect("a length").split("\r\n").next().unwrap();
        if bytes.len() - end - 4 == length.parse::<usize>().unwrap() {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            return (head, bytes.split_off(end + 4));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_told_to_the_collector_as_a_part_of_its_callers_trace() {
    let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let server = harness::Server::start_with(dir.path(), &["--otlp-endpoint", &endpoint]).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    let headers = [("content-type", "application/json"), ("traceparent", parent.as_str())];
    let body = json!({"name": "Confidential"}).to_string();
    let answer = server.client.call(Method::POST, "/api/v1/boards", &headers, body.into()).await.unwrap();
    assert_eq!(answer.status, 201);
    let id: Vec<u8> =
        trace.as_bytes().chunks(2).map(|hex| u8::from_str_radix(str::from_utf8(hex).unwrap(), 16).unwrap()).collect();
    let exported = async {
        loop {
            let (head, body) = taken(&collector).await;
            assert!(head.starts_with("post /v1/traces "), "{head}");
            assert!(head.contains("application/x-protobuf"), "{head}");
            let has = |part: &[u8]| body.windows(part.len()).any(|found| found == part);
            assert!(!has(b"Confidential"));
            if has(b"POST /api/v1/boards") {
                assert!(has(&id), "the caller's trace");
                assert!(["boardcast", "command", "commit", "sync", "publish"].iter().all(|name| has(name.as_bytes())));
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), exported).await.expect("it is exported");
}
