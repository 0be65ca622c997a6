//! A server for tests: it says on each connection what the test writes.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Client;

/// The head of a stream that ends with its connection.
pub const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

pub struct Script {
    listener: TcpListener,
}

impl Script {
    pub async fn start() -> (Self, Client) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        (Self { listener }, Client::new(url))
    }

    /// The next connection's request head, and the connection to answer on.
    pub async fn request(&self) -> (String, TcpStream) {
        let (mut socket, _) = self.listener.accept().await.unwrap();
        let head = head(&mut socket).await;
        (head, socket)
    }

    /// Answers the next connection with `wire` and closes it; gives the request's head.
    pub async fn answer(&self, wire: impl AsRef<str>) -> String {
        let (head, mut socket) = self.request().await;
        socket.write_all(wire.as_ref().as_bytes()).await.unwrap();
        head
    }
}

/// The head of the next request on a connection.
pub async fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

pub fn hello(replay: &str) -> String {
    format!(
        r#"event: hello
data: {{"serverTime":"2026-01-31T12:00:00.000Z","epoch":"k3","headSeq":7,"oldestSeq":1,"heartbeatMs":15000,"replay":"{replay}","boards":["b1"],"dashboard":false}}

"#
    )
}
