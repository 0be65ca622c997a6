//! The plain server: `axum::serve`, a broadcast channel, `Sse` with `json_data` for each reader. Kind to itself where
//! that costs nothing: facts are shared, not copied, and Nagle's algorithm is off.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

/// What a slow reader may lag behind before it loses events.
const CAPACITY: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttemptLog {
    board_id: String,
    attempt_id: String,
    level: String,
    message: String,
    ts: String,
}

#[derive(Debug)]
struct Fact {
    seq: u64,
    log: AttemptLog,
}

#[derive(Clone)]
struct App {
    facts: broadcast::Sender<Arc<Fact>>,
    seq: Arc<AtomicU64>,
}

/// Serves until the process is ended.
pub async fn serve(addr: SocketAddr) -> anyhow::Result<()> {
    let app = App { facts: broadcast::channel(CAPACITY).0, seq: Arc::default() };
    let router = Router::new().route("/stream", get(stream)).route("/facts", post(publish)).with_state(app);
    let listener = tokio::net::TcpListener::bind(addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, router).await?;
    Ok(())
}

async fn publish(State(app): State<App>, Json(logs): Json<Vec<AttemptLog>>) -> StatusCode {
    for log in logs {
        let seq = app.seq.fetch_add(1, Ordering::Relaxed) + 1;
        // Nobody listens: then nobody misses it.
        let _ = app.facts.send(Arc::new(Fact { seq, log }));
    }
    StatusCode::ACCEPTED
}

async fn stream(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let facts = BroadcastStream::new(app.facts.subscribe());
    let events = facts.filter_map(|fact| {
        let fact = fact.ok()?;
        Event::default().id(format!("k3v9x2m7q1-{}", fact.seq)).event("attempt_log").json_data(&fact.log).ok().map(Ok)
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
