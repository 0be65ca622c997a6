use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context;
use boardcast::client::{Answer, Client};
use boardcast_shared::{AttemptId, Board, BoardId, Card, random_token};
use serde_json::{Value, json};

use crate::figures::Side;
use crate::process::{Process, boardcast};
use crate::reader::Reader;
use crate::streams::STAMP_DIGITS;

/// Makes a frame of about 385 bytes.
const MESSAGE_CHARS: usize = 208;
/// Facts are spread over attempts, because the log of each is bounded.
const ATTEMPTS: usize = 64;
/// Events of one POST where only their number counts.
const AT_ONCE: usize = 1000;

/// A place in a log.
#[derive(Clone)]
pub struct Cursor {
    epoch: String,
    pub seq: u64,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

/// A running server with something to publish to.
pub struct Target {
    pub process: Process,
    pub client: Client,
    /// Where its events are streamed.
    pub stream_path: String,
    /// What the stamps are relative to.
    pub clock: Instant,
    side: Side,
    board: BoardId,
    attempts: Vec<AttemptId>,
    published: AtomicUsize,
}

impl Target {
    /// Starts a server; Boardcast with its data in `dir`.
    pub async fn start(side: Side, dir: &Path) -> anyhow::Result<Self> {
        let process = match side {
            Side::Boardcast => serve(dir).await?,
            Side::Baseline => Process::start(&std::env::current_exe()?, &["baseline", "--addr", "127.0.0.1:0"]).await?,
        };
        let client = Client::new(process.url.clone());
        let (board, attempts) = match side {
            Side::Boardcast => announce(&client).await?,
            Side::Baseline => (BoardId::random(), vec![AttemptId::random()]),
        };
        let stream_path = match side {
            Side::Boardcast => format!("/api/v1/sse?boardId={board}&state=patch"),
            Side::Baseline => "/stream".to_owned(),
        };
        let published = AtomicUsize::new(0);
        Ok(Self { process, client, stream_path, clock: Instant::now(), side, board, attempts, published })
    }

    /// Publishes `count` events with one POST, each stamped with the present moment.
    pub async fn publish(&self, count: usize) -> anyhow::Result<()> {
        self.publish_by(&self.client, count).await
    }

    /// Publishes `count` events, a thousand with each POST.
    pub async fn publish_many(&self, count: usize) -> anyhow::Result<()> {
        for from in (0..count).step_by(AT_ONCE) {
            self.publish(AT_ONCE.min(count - from)).await?;
        }
        Ok(())
    }

    /// Publishes `count` events with one POST over the connections of `client`.
    pub async fn publish_by(&self, client: &Client, count: usize) -> anyhow::Result<()> {
        let logs: Vec<Value> = (0..count).map(|_| self.log()).collect();
        let (path, content_type, body) = match self.side {
            Side::Baseline => ("/facts", "application/json", Value::from(logs)),
            Side::Boardcast => {
                let mut events: Vec<Value> = logs.into_iter().map(|log| event("attempt.log.appended", &log)).collect();
                match events.pop() {
                    Some(only) if events.is_empty() => ("/api/v1/events", "application/cloudevents+json", only),
                    last => {
                        events.extend(last);
                        ("/api/v1/events", "application/cloudevents-batch+json", Value::from(events))
                    }
                }
            }
        };
        post(client, path, content_type, &body).await.map(drop)
    }

    /// Where its log ends now.
    pub async fn cursor(&self) -> anyhow::Result<Cursor> {
        let (_, hello) = Reader::open(&self.client, &self.stream_path).await?;
        Ok(Cursor { epoch: hello.epoch, seq: hello.head_seq })
    }

    /// Publishes one event whose frame is larger than a stream sends together.
    pub async fn publish_large(&self, bytes: usize) -> anyhow::Result<()> {
        let n = self.published.fetch_add(1, Ordering::Relaxed);
        let stamp = self.clock.elapsed().as_micros();
        let text = format!("~{stamp:0STAMP_DIGITS$} {}", "x".repeat(bytes));
        let item = json!({"id": format!("item-{n}"), "timestamp": "2026-01-31T12:00:00.000Z", "type": "message",
            "role": "assistant", "text": text, "format": "plaintext"});
        let data = json!({"boardId": self.board, "attemptId": self.attempts[n % self.attempts.len()], "item": item});
        let event = event("attempt.conversation.appended", &data);
        post(&self.client, "/api/v1/events", "application/cloudevents+json", &event).await.map(drop)
    }

    fn log(&self) -> Value {
        let n = self.published.fetch_add(1, Ordering::Relaxed);
        let stamp = self.clock.elapsed().as_micros();
        let message = format!("{:x<MESSAGE_CHARS$}", format!("~{stamp:0STAMP_DIGITS$} line {n} "));
        let mut log = json!({"boardId": self.board, "attemptId": self.attempts[n / 100 % self.attempts.len()],
            "level": "info", "message": message});
        if self.side == Side::Baseline {
            log["ts"] = "2026-01-31T12:00:00.000Z".into();
        }
        log
    }
}

/// Boardcast with its data in `dir`.
pub async fn serve(dir: &Path) -> anyhow::Result<Process> {
    let dir = dir.to_str().context("the data folder's name isn't UTF-8")?;
    Process::start(&boardcast()?, &["serve", "--addr", "127.0.0.1:0", "--data-dir", dir]).await
}

/// A board with a card and attempts at it that are reported from outside.
async fn announce(client: &Client) -> anyhow::Result<(BoardId, Vec<AttemptId>)> {
    let board: Board = client.post("/api/v1/boards", &json!({"name": "Bench"}), &random_token()).await?.json()?;
    let path = format!("/api/v1/boards/{}/cards", board.id);
    let card: Card = client.post(&path, &json!({"title": "Load"}), &random_token()).await?.json()?;
    let attempts: Vec<AttemptId> = (0..ATTEMPTS).map(|_| AttemptId::random()).collect();
    let started = attempts.iter().map(|attempt| {
        let data = json!({"boardId": board.id, "attemptId": attempt, "cardId": card.id, "agent": "bench",
            "branchName": "bench", "baseBranch": "main"});
        event("attempt.started", &data)
    });
    let events: Value = started.collect();
    post(client, "/api/v1/events", "application/cloudevents-batch+json", &events).await?;
    Ok((board.id, attempts))
}

fn event(kind: &str, data: &Value) -> Value {
    json!({"specversion": "1.0", "id": random_token(), "source": "boardcast-bench", "type": kind, "data": data})
}

async fn post(client: &Client, path: &str, content_type: &str, body: &Value) -> anyhow::Result<Answer> {
    let headers = [("content-type", content_type)];
    Ok(client.call("POST".parse()?, path, &headers, serde_json::to_vec(body)?.into()).await?.ok()?)
}

/// A folder of its own for each server, taken away at the end.
pub struct DataDir(pub PathBuf);

impl DataDir {
    pub fn new(parent: &Path) -> anyhow::Result<Self> {
        let path = parent.join(random_token());
        std::fs::create_dir_all(&path).with_context(|| format!("{} can't be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
