//! One server process, and what the tests ask of it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use boardcast::client::{Answer, Client, ClientError, Frame, OpenStream, Parsed, SseParser};
use hyper::Method;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};

/// After this long something hangs; nothing is expected to come near it.
pub const DEADLINE: Duration = Duration::from_secs(60);
const MAX_EVENT_BYTES: usize = 32 << 20;

/// A server; killed when dropped.
pub struct Server {
    child: Child,
    pub addr: SocketAddr,
    pub client: Client,
}

/// The program, without arguments yet; it ends with the test.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boardcast"));
    // No BOARDCAST_ variable of the caller's.
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn command(dir: &Path, options: &[&str]) -> Command {
    let mut command = program();
    if !options.contains(&"--addr") {
        command.env("BOARDCAST_ADDR", "127.0.0.1:0");
    }
    command.args(["serve", "--log-level", "error", "--data-dir"]).arg(dir).args(options);
    command
}

/// Starts a server with options that it is expected to refuse.
pub async fn refused_start_with(dir: &Path, options: &[&str]) -> Output {
    within("a refusal", command(dir, options).output()).await.unwrap()
}

/// Starts a server that is expected to end by itself.
pub async fn refused_start(dir: &Path) -> Output {
    within("a refusal", command(dir, &[]).output()).await.unwrap()
}

impl Server {
    pub async fn start(dir: &Path) -> Self {
        Self::start_with(dir, &[]).await
    }

    pub async fn start_with(dir: &Path, options: &[&str]) -> Self {
        Self::spawn(command(dir, options)).await
    }

    /// One to which a file that may not grow is an error, not the end.
    pub async fn start_without_file_size_signal(dir: &Path) -> Self {
        let plain = command(dir, &[]);
        let plain = plain.as_std();
        let variables = plain.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let variables: Vec<_> = variables.collect();
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
        shell.env_clear().envs(variables);
        shell.stdin(Stdio::null()).kill_on_drop(true);
        Self::spawn(shell).await
    }

    /// One that asks for a token; its own client has the operator's.
    pub async fn start_as_operator(dir: &Path, token: &str) -> Self {
        let mut command = command(dir, &[]);
        command.env("BOARDCAST_TOKEN", token);
        let server = Self::spawn(command).await;
        Self { client: server.stranger().with_token(token), ..server }
    }

    /// The same, with what it logs.
    pub async fn spawn_with_log(command: Command, token: &str) -> (Self, ChildStderr) {
        let mut server = Self::spawn(command).await;
        let log = server.child.stderr.take().expect("it is piped");
        (Self { client: server.stranger().with_token(token), ..server }, log)
    }

    /// A client without a token.
    pub fn stranger(&self) -> Client {
        Client::new(format!("http://{}", self.addr).parse().unwrap())
    }

    /// One that is started by this command.
    pub async fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = within("the first line", lines.next_line()).await.unwrap().expect("it says where it listens");
        let url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}"));
        let addr = url.strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, addr, client: Client::new(url.parse().unwrap()) }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it as a power cut would end it.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.pid().try_into().unwrap()).unwrap()
    }

    pub fn terminate(&self) {
        kill_process(self.id(), Signal::TERM).unwrap();
    }

    /// It does nothing until it is told to go on.
    pub fn pause(&self) {
        kill_process(self.id(), Signal::STOP).unwrap();
    }

    pub fn go_on(&self) {
        kill_process(self.id(), Signal::CONT).unwrap();
    }

    /// From now on it may have so much of something; gives what it might have before.
    pub fn limit(&self, resource: Resource, to: Option<u64>) -> Option<u64> {
        let before = rustix::process::getrlimit(resource);
        prlimit(Some(self.id()), resource, Rlimit { current: to, maximum: before.maximum }).unwrap().current
    }

    pub async fn ended(&mut self) -> ExitStatus {
        within("the end of the process", self.child.wait()).await.unwrap()
    }

    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let headers = if body.is_empty() { &headers[..0] } else { &headers[..] };
        self.client.call(method, path, headers, body.into()).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.client.get(path).await.unwrap()
    }

    /// What POST made.
    pub async fn make(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, &body).await.ok().unwrap().json().unwrap()
    }

    /// A board with a card that has an attempt reported from outside.
    pub async fn board(&self) -> Board {
        let board = self.make("/api/v1/boards", json!({"name": "Crash Test"})).await;
        let id = board["id"].as_str().unwrap().to_owned();
        let card = self.make(&format!("/api/v1/boards/{id}/cards"), json!({"title": "Card"})).await;
        let card = card["id"].as_str().unwrap().to_owned();
        let attempt = format!("attempt-{}", unique());
        let board = Board { id, card, attempt };
        let queued = json!({"boardId": board.id, "cardId": board.card, "attemptId": board.attempt});
        report(&self.client, &[event("attempt.queued", &queued)]).await.unwrap();
        board
    }

    pub async fn open(&self, query: &str, cursor: Option<&str>) -> Reader {
        Reader::open(&self.client, query, cursor).await.unwrap()
    }

    /// The whole kept log of a board.
    pub async fn log(&self, board: &str) -> Vec<Logged> {
        let mut log: Vec<Logged> = Vec::new();
        loop {
            let after = log.last().map(|last| format!("&after={}", last.seq)).unwrap_or_default();
            let path = format!("/api/v1/boards/{board}/events?limit=1000{after}");
            let page: LogPage = self.client.get(&path).await.unwrap();
            log.extend(page.events);
            if !page.more {
                return log;
            }
        }
    }

    /// Sends `request` as it is and reads to the end of the connection.
    pub async fn raw(&self, request: &[u8]) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.addr).await.unwrap();
        socket.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        within("a raw answer", socket.read_to_end(&mut answer)).await.unwrap();
        answer
    }
}

#[derive(Clone)]
pub struct Board {
    pub id: String,
    pub card: String,
    pub attempt: String,
}

impl Board {
    /// Lines of the attempt's log.
    pub fn lines(&self, messages: impl IntoIterator<Item = String>) -> Vec<Value> {
        let line = |message: String| {
            let data = json!({"boardId": self.id, "attemptId": self.attempt, "level": "info", "message": message});
            event("attempt.log.appended", &data)
        };
        messages.into_iter().map(line).collect()
    }

    /// Appends `count` lines and gives the seq of the last.
    pub async fn append(&self, client: &Client, count: usize) -> u64 {
        let mut last = 0;
        for from in (0..count).step_by(1000) {
            let lines = self.lines((from..count.min(from + 1000)).map(|n| format!("line {n}")));
            last = report(client, &lines).await.unwrap().accepted.last().unwrap().seq.unwrap();
        }
        last
    }
}

/// An event as `POST /events` takes it, with an id of its own.
pub fn event(kind: &str, data: &Value) -> Value {
    json!({"specversion": "1.0", "id": unique().to_string(), "source": "/tests", "type": kind, "data": data})
}

pub fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[derive(Deserialize)]
pub struct Taken {
    pub accepted: Vec<Accepted>,
    pub duplicates: Vec<String>,
}

#[derive(Deserialize)]
pub struct Accepted {
    pub id: String,
    pub seq: Option<u64>,
}

/// Posts a batch.
pub async fn report(client: &Client, batch: &[Value]) -> Result<Taken, ClientError> {
    let body = serde_json::to_vec(batch)?;
    let headers = [("content-type", "application/cloudevents-batch+json")];
    client.call(Method::POST, "/api/v1/events", &headers, body.into()).await?.ok()?.json()
}

#[derive(Deserialize)]
pub struct LogPage {
    pub events: Vec<Logged>,
    pub more: bool,
}

#[derive(Deserialize)]
pub struct Logged {
    pub id: String,
    pub seq: u64,
    #[serde(rename = "type")]
    pub kind: String,
    pub data: Box<RawValue>,
}

impl Logged {
    /// The frame that it makes on a stream of patches.
    pub fn frame(&self) -> Frame {
        let event = match self.kind.as_str() {
            "board.state.changed" => "state_patch",
            "attempt.queued" => "attempt_status",
            "attempt.log.appended" => "attempt_log",
            other => panic!("no frame is known for {other}"),
        };
        Frame { id: Some(self.id.clone()), event: event.to_owned(), data: self.data.get().to_owned() }
    }
}

/// A stream, frame by frame.
pub struct Reader {
    stream: OpenStream,
    parser: SseParser,
    parsed: std::collections::VecDeque<Frame>,
}

impl Reader {
    pub async fn open(client: &Client, query: &str, cursor: Option<&str>) -> Result<Self, ClientError> {
        let header = cursor.map(|cursor| ("last-event-id", cursor));
        let stream = client.open(&format!("/api/v1/sse?{query}"), header.as_slice()).await?;
        assert_eq!(stream.status(), 200);
        assert!(stream.is_event_stream());
        Ok(Self { stream, parser: SseParser::new(MAX_EVENT_BYTES), parsed: std::collections::VecDeque::new() })
    }

    /// The next event but heartbeats; `None` at the clean end.
    pub async fn next(&mut self) -> Result<Option<Frame>, ClientError> {
        loop {
            while let Some(frame) = self.parsed.pop_front() {
                if frame.event != "heartbeat" {
                    return Ok(Some(frame));
                }
            }
            let chunk = within("an event", self.stream.chunk()).await?;
            let Some(chunk) = chunk else { return Ok(None) };
            let take = |parsed| {
                if let Parsed::Frame(frame) = parsed {
                    self.parsed.push_back(frame);
                }
            };
            self.parser.push(&chunk, take).unwrap();
        }
    }

    pub async fn hello(&mut self) -> Value {
        let frame = self.next().await.unwrap().unwrap();
        assert_eq!((frame.event.as_str(), &frame.id), ("hello", &None));
        serde_json::from_str(&frame.data).unwrap()
    }

    /// Everything up to the event with `to`.
    pub async fn until(&mut self, to: u64) -> Vec<Frame> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.unwrap().expect("the stream goes on");
            let at = seq(&frame);
            frames.push(frame);
            if at.is_some_and(|at| at >= to) {
                return frames;
            }
        }
    }

    /// Everything up to the clean end.
    pub async fn rest(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await.unwrap() {
            frames.push(frame);
        }
        frames
    }
}

/// The seq in a frame's id.
pub fn seq(frame: &Frame) -> Option<u64> {
    frame.id.as_ref()?.rsplit_once('-')?.1.parse().ok()
}

/// What `work` brings; whoever waits over a minute waits for nothing.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, work).await.unwrap_or_else(|_| panic!("still waiting for {what}"))
}

/// Asks again and again until it holds.
pub async fn eventually(what: &str, deadline: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < deadline, "still not so: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A reproducible choice of numbers; the seed is told when a test fails.
pub struct Chance(u64);

impl Chance {
    pub fn new() -> Self {
        use std::hash::{BuildHasher, Hasher};
        let seed = std::hash::RandomState::new().build_hasher().finish() | 1;
        eprintln!("seed {seed}");
        Self(seed)
    }

    pub fn byte(&mut self) -> u8 {
        self.below(256).try_into().unwrap()
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
