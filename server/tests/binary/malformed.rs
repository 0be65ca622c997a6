//! Bytes that are no request are answered like everything else.

use serde_json::Value;

use super::harness::Server;

const GOOD: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn malformed() -> Vec<(String, u16, &'static str)> {
    let posts = "POST /api/v1/boards HTTP/1.1\r\nHost: localhost\r\n";
    vec![
        ("\0\r\n\r\n".into(), 400, "malformed_request"),
        ("GET\r\n\r\n".into(), 400, "malformed_request"),
        ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n".into(), 400, "malformed_request"),
        ("GET / HTTP/1.1\r\nHost localhost\r\n\r\n".into(), 400, "malformed_request"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n".into(), 400, "malformed_request"),
        (format!("{posts}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"), 400, "malformed_request"),
        (format!("{posts}Content-Length: -1\r\n\r\n{{}}"), 400, "malformed_request"),
        (format!("{posts}Transfer-Encoding: chunked, gzip\r\n\r\n"), 400, "malformed_request"),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(200_000)), 431, "head_too_large"),
        (format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(200_000)), 431, "head_too_large"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(2000)), 431, "head_too_large"),
    ]
}

fn check(answer: &[u8], status: u16, code: &str) {
    let answer = String::from_utf8_lossy(answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    for field in ["x-content-type-options: nosniff", "content-type: application/problem+json", "connection: close"] {
        assert!(head.lines().any(|line| line == field), "no {field} in {answer}");
    }
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!((problem["status"].as_u64(), problem["code"].as_str()), (Some(status.into()), Some(code)));
}

#[tokio::test]
async fn bytes_that_are_no_request_get_a_problem_document_and_the_connection_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    for (request, status, code) in malformed() {
        check(&server.raw(request.as_bytes()).await, status, code);
    }
    assert_eq!(server.get("/api/v1/connections").await["total"], 0);
}

#[tokio::test]
async fn a_request_before_them_has_its_own_answer_whole() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    for (request, status, code) in malformed() {
        let answers = server.raw(format!("{GOOD}{request}").as_bytes()).await;
        let text = String::from_utf8_lossy(&answers);
        let first = text.find("\r\n\r\nok\n").unwrap_or_else(|| panic!("{text}"));
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        check(&answers[first + 7..], status, code);
    }
}
