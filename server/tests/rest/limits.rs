//! Floods, with a healthy client beside them.

use std::net::IpAddr;
use std::time::Duration;

use boardcast::http::limits::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::metrics::{samples, until};
use super::world::World;

/// Somebody else on this machine: all of 127.0.0.0/8 is here.
const ELSEWHERE: &str = "127.0.0.2";

async fn connect(world: &World) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((ELSEWHERE.parse::<IpAddr>().unwrap(), 0).into()).unwrap();
    socket.connect(world.server.addr).await.unwrap()
}

/// Sends a request from elsewhere; gives the connection and the head of the answer.
async fn ask(world: &World, path: &str) -> (TcpStream, String) {
    let mut socket = connect(world).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // Who is turned away may be told so before it has asked.
    let _ = socket.write_all(request.as_bytes()).await;
    let mut head = Vec::new();
    let read = async {
        while !head.windows(4).any(|part| part == b"\r\n\r\n") {
            if socket.read_buf(&mut head).await.unwrap() == 0 {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("an answer");
    (socket, String::from_utf8_lossy(&head).to_ascii_lowercase())
}

#[track_caller]
fn refused(head: &str, status: u16) {
    assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
    assert!(head.contains("\r\nretry-after: 1\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-type: application/problem+json\r\n"), "{head}");
    assert!(head.contains("\r\nx-content-type-options: nosniff\r\n"), "{head}");
}

async fn counted(world: &World, limit: &str, count: u64) {
    assert_eq!(samples(world).await[&format!("boardcast_refused_total{{limit=\"{limit}\"}}")], count);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_streams_and_another_has_its_own() {
    let world = World::limited(Limits { streams_per_address: 2, ..Limits::default() }).await;
    let board = world.board("Web").await;
    let path = format!("/api/v1/sse?boardId={board}");
    let mut open = Vec::new();
    for _ in 0..2 {
        let (socket, head) = ask(&world, &path).await;
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        open.push(socket);
    }
    refused(&ask(&world, &path).await.1, 429);
    counted(&world, "streams_per_address", 1).await;
    let mut healthy = world.stream(&format!("?boardId={board}"), &[]).await;
    healthy.take(2).await;
    world.card(&board, "one").await;
    assert_eq!(healthy.next().await.unwrap().event, "state");
    // A place is free again when a stream ends, however it ends.
    drop(open.pop());
    until(&world, r#"boardcast_stream_ends_total{reason="gone"}"#, 1).await;
    let (_socket, head) = ask(&world, &path).await;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_streams_together_are_so_many() {
    let world = World::limited(Limits { streams: 1, ..Limits::default() }).await;
    let healthy = world.stream("", &[]).await;
    refused(&ask(&world, "/api/v1/sse").await.1, 503);
    counted(&world, "streams", 1).await;
    drop(healthy);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_is_refused_and_others_are_served_meanwhile() {
    let world = World::limited(Limits { requests_per_second: 20, ..Limits::default() }).await;
    let mut flood = connect(&world).await;
    flood.write_all("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(49).as_bytes()).await.unwrap();
    flood.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answers = String::new();
    flood.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 20);
    assert_eq!(answers.matches("HTTP/1.1 429 ").count(), 30);
    refused(&ask(&world, "/api/v1/boards").await.1, 429);
    assert_eq!(world.get("/boards").await.status, 200);
    counted(&world, "requests_per_second", 31).await;
    // The clock stood still; a tenth of a second is worth two.
    world.clock.advance(Duration::from_millis(100));
    for status in [200, 200, 429] {
        let (_socket, head) = ask(&world, "/healthz").await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_connections_is_turned_away_and_others_are_taken() {
    let world = World::limited(Limits { connections_per_second: 3, ..Limits::default() }).await;
    for _ in 0..3 {
        assert!(ask(&world, "/healthz").await.1.starts_with("http/1.1 200 "));
    }
    for _ in 0..5 {
        refused(&ask(&world, "/healthz").await.1, 429);
    }
    assert_eq!(world.get("/boards").await.status, 200);
    counted(&world, "connections_per_second", 5).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_so_many_connections_a_new_one_is_told_so_and_the_others_go_on() {
    let world = World::limited(Limits { connections: 3, ..Limits::default() }).await;
    let board = world.board("Web").await;
    let idle = [connect(&world).await, connect(&world).await];
    until(&world, "boardcast_connections", 3).await;
    refused(&ask(&world, "/healthz").await.1, 503);
    world.card(&board, "one").await;
    counted(&world, "connections", 1).await;
    drop(idle);
    until(&world, "boardcast_connections", 1).await;
    assert!(ask(&world, "/healthz").await.1.starts_with("http/1.1 200 "));
    world.end().await;
}
