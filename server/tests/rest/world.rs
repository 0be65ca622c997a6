//! A server of its own for each test, and words to talk to it.

use std::time::Duration;

use boardcast::client::{Client, Frame, OpenStream, Parsed, SseParser};
use boardcast::clock::Clock;
use boardcast::github::{DEFAULT_API, GitHub};
use boardcast::http::guard::Guard;
use boardcast::http::limits::Limits;
use boardcast::http::tls::TlsFiles;
use boardcast::run::{Config, Server};
use boardcast::store::Retention;
use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::document;

/// The operator's token of guarded worlds.
pub const OPERATOR: Option<&str> = Some("operator-of-the-tests");

/// A running server with its folder.
pub struct World {
    pub server: Server,
    pub client: Client,
    pub clock: Clock,
    pub dir: TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: hyper::HeaderMap,
    pub body: Value,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Clock::manual()).await
    }

    pub async fn open(dir: TempDir, clock: Clock) -> Self {
        Self::at_github(dir, clock, DEFAULT_API, None).await
    }

    /// One that asks everybody for a token; its own client has the operator's.
    pub async fn guarded(dir: TempDir, clock: Clock) -> Self {
        let mut world = Self::with(dir, clock, |config| config.token = OPERATOR.map(str::to_owned)).await;
        world.client = world.client_with(OPERATOR.unwrap());
        world
    }

    pub async fn at_github(dir: TempDir, clock: Clock, api: &str, token: Option<&str>) -> Self {
        Self::with(dir, clock, |config| config.github = GitHub::new(api.parse().unwrap(), token).unwrap()).await
    }

    pub async fn limited(limits: Limits) -> Self {
        Self::with(tempfile::tempdir().unwrap(), Clock::manual(), |config| config.limits = limits).await
    }

    /// One that speaks https, which its client doesn't.
    pub async fn encrypted(files: TlsFiles) -> Self {
        Self::with(tempfile::tempdir().unwrap(), Clock::manual(), |config| config.tls = Some(files)).await
    }

    async fn with(dir: TempDir, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            addr: "127.0.0.1:0".into(),
            data_dir: dir.path().join("data"),
            retention: Retention { events: 100_000, days: 7, bytes: 0 },
            guard: Guard::default(),
            token: None,
            max_attempts: 2,
            limits: Limits::default(),
            tls: None,
            trusted_proxies: Vec::new(),
            github: GitHub::new(DEFAULT_API.parse().unwrap(), None).unwrap(),
        };
        change(&mut config);
        let server = Server::start(config, clock.clone()).await.unwrap();
        let client = Client::new(format!("http://{}", server.addr).parse().unwrap());
        Self { server, client, clock, dir }
    }

    /// A client that shows this token.
    pub fn client_with(&self, token: &str) -> Client {
        Client::new(format!("http://{}", self.server.addr).parse().unwrap()).with_token(token)
    }

    /// Makes a token; gives its id and itself.
    pub async fn token(&self, rights: &[&str], boards: &[&str]) -> (String, String) {
        let made = self.made("/tokens", json!({"label": "test", "rights": rights, "boards": boards})).await;
        (made["tokenId"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
    }

    /// Ends the server; gives the folder back.
    pub async fn end(self) -> TempDir {
        self.server.drain().await;
        self.dir
    }

    /// Time passes, so much that connections that did nothing are closed.
    pub fn later(&mut self, by: Duration) {
        self.clock.advance(by);
        self.client = Client::new(format!("http://{}", self.server.addr).parse().unwrap());
    }

    pub fn head(&self) -> u64 {
        self.server.state.store.head()
    }

    pub fn epoch(&self) -> String {
        self.server.state.store.epoch().to_owned()
    }

    /// The same call by somebody else.
    pub async fn call_as(&self, token: Option<&str>, method: &str, path: &str, body: &Value) -> Got {
        let client = Client::new(format!("http://{}", self.server.addr).parse().unwrap());
        let client = token.map_or(client.clone(), |token| client.with_token(token));
        let headers = [("content-type", "application/json")];
        let (headers, body) = if body.is_null() { (&[][..], String::new()) } else { (&headers[..], body.to_string()) };
        let path_of = if path.starts_with("/metrics") { path.to_owned() } else { format!("/api/v1{path}") };
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = client.call(verb, &path_of, headers, body.into()).await.unwrap();
        document::check(method, path, answer.status, &answer.headers, &answer.body);
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        Got { status: answer.status, headers: answer.headers, body }
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Got {
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = self.client.call(verb, &format!("/api/v1{path}"), headers, body.into()).await.unwrap();
        document::check(method, path, answer.status, &answer.headers, &answer.body);
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        Got { status: answer.status, headers: answer.headers, body }
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Got {
        self.call(method, path, &[("content-type", "application/json")], body.to_string()).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call("GET", path, &[], "").await
    }

    pub async fn made(&self, path: &str, body: Value) -> Value {
        let got = self.send("POST", path, &body).await;
        assert_eq!(got.status, 201, "{got:?}");
        got.body
    }

    pub async fn board(&self, name: &str) -> String {
        self.made("/boards", json!({ "name": name })).await["id"].as_str().unwrap().to_owned()
    }

    pub async fn card(&self, board: &str, title: &str) -> String {
        let card = self.made(&format!("/boards/{board}/cards"), json!({ "title": title })).await;
        card["id"].as_str().unwrap().to_owned()
    }

    /// The id of the column at `index`.
    pub async fn column(&self, board: &str, index: usize) -> String {
        self.get(&format!("/boards/{board}/state")).await.text(&format!("/columnOrder/{index}"))
    }

    /// Reports one fact.
    pub async fn report(&self, id: &str, kind: &str, data: Value) -> Got {
        let event = json!({"specversion": "1.0", "source": "/test", "id": id, "type": kind, "data": data});
        self.call("POST", "/events", &[("content-type", "application/cloudevents+json")], event.to_string()).await
    }

    /// The types of a board's events after `after`.
    pub async fn types(&self, board: &str, after: u64) -> Vec<String> {
        let got = self.get(&format!("/boards/{board}/events?after={after}&limit=1000")).await;
        assert_eq!(got.status, 200, "{got:?}");
        let events = got.body["events"].as_array().unwrap().clone();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Bytes out, everything until the server closes in.
    pub async fn raw(&self, request: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.server.addr).await.unwrap();
        // The server may refuse and close before it has read all.
        let _ = socket.write_all(request).await;
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub async fn stream(&self, query: &str, headers: &[(&str, &str)]) -> Listener {
        let open = self.client.open(&format!("/api/v1/sse{query}"), headers).await.unwrap();
        assert_eq!(open.status(), 200);
        Listener::of(open)
    }
}

/// A stream that is read frame by frame.
pub struct Listener {
    open: OpenStream,
    parser: SseParser,
    waiting: Vec<Frame>,
}

impl Listener {
    /// Reads an open stream.
    pub fn of(open: OpenStream) -> Self {
        Self { open, parser: SseParser::new(64 << 20), waiting: Vec::new() }
    }

    /// The next frame; `None` at the clean end.
    pub async fn next(&mut self) -> Option<Frame> {
        while self.waiting.is_empty() {
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.open.chunk()).await;
            let chunk = chunk.expect("the stream goes on").unwrap()?;
            let waiting = &mut self.waiting;
            let sink = |parsed| {
                if let Parsed::Frame(frame) = parsed {
                    waiting.push(frame);
                }
            };
            self.parser.push(&chunk, sink).unwrap();
        }
        Some(self.waiting.remove(0))
    }

    pub async fn take(&mut self, count: usize) -> Vec<Frame> {
        let mut frames = Vec::new();
        for _ in 0..count {
            frames.push(self.next().await.expect("a frame"));
        }
        frames
    }
}
