//! A server without sockets: opened on a folder, asked, and gone without a word.

use std::fs;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use boardcast::access::{Gate, SessionCookie};
use boardcast::api;
use boardcast::api::once::Outside;
use boardcast::attempts::Attempts;
use boardcast::checkouts::Checkouts;
use boardcast::client::Client;
use boardcast::clock::Clock;
use boardcast::dashboard::Dashboard;
use boardcast::demo::HostedDemo;
use boardcast::github::{DEFAULT_API, GitHub};
use boardcast::http::guard::Guard;
use boardcast::http::limits::{Admissions, Limits};
use boardcast::metrics::Metrics;
use boardcast::pulls::Pulls;
use boardcast::sse::{Bus, listeners};
use boardcast::state::{AppState, Shutdown};
use boardcast::store::{Options, Retention, Store};
use http_body_util::BodyExt;
use hyper::{HeaderMap, Request};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// From one start to the next end.
pub struct Life {
    dir: TempDir,
    pub store: Store,
    pub bus: Bus,
    app: Router,
    producers: CancellationToken,
}

pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Life {
    /// Keeps the newest `events`, however young.
    pub fn begin(dir: TempDir, events: u64) -> Self {
        let clock = Clock::manual();
        let now = clock.clone();
        let retention = Retention { events, days: 0, bytes: 0 };
        let options = Options { retention, encode: listeners::encode, now: Arc::new(move || now.now()) };
        let store = Store::open(dir.path(), options).unwrap();
        let bus = Bus::over(&store);
        let producers = CancellationToken::new();
        let checkouts = Checkouts::spawn(store.clone(), producers.clone());
        let attempts = Attempts::new(store.clone(), checkouts.clone(), dir.path(), 1);
        let github = GitHub::new(DEFAULT_API.parse().unwrap(), None).unwrap();
        let cookie = SessionCookie::new(store.epoch(), false);
        let state = AppState {
            gate: Gate::new(&store, &clock, None, cookie),
            store: store.clone(),
            pulls: Pulls::new(store.clone(), attempts.clone(), github, clock.clone()),
            attempts,
            bus: bus.clone(),
            dashboard: Dashboard::over(&store, &bus, &clock, producers.clone()),
            checkouts,
            // Nothing listens, so nothing is played.
            demo: HostedDemo::new(
                Client::new("http://127.0.0.1:1".parse().unwrap()),
                dir.path().join("demo"),
                producers.clone(),
            ),
            admissions: Admissions::new(Limits::default(), Clock::manual(), Metrics::default().refusals()),
            metrics: Metrics::default(),
            clock,
            shutdown: Shutdown::default(),
            outside: Outside::default(),
            large_bodies: Arc::new(Semaphore::new(1)),
        };
        Self { dir, store, bus, app: api::router(state, Guard::default()), producers }
    }

    /// What a power cut would leave at this moment.
    pub fn remains(&self) -> TempDir {
        let remains = tempfile::tempdir().unwrap();
        for file in ["boardcast.db", "boardcast.db-wal", "secret.key"] {
            fs::copy(self.dir.path().join(file), remains.path().join(file)).unwrap();
        }
        remains
    }

    pub async fn call(&self, method: &str, path: &str, kind: &str, body: &Value) -> Got {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("host", "localhost");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.header("content-type", kind).body(body).unwrap();
        let (head, body) = self.app.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Got {
            status: head.status.as_u16(),
            headers: head.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Got {
        let got = self.call(method, path, "application/json", body).await;
        assert!((200..300).contains(&got.status), "{method} {path} {body}: {} {}", got.status, got.body);
        got
    }

    pub async fn get(&self, path: &str) -> Value {
        self.send("GET", path, &Value::Null).await.body
    }

    /// The body of a stream.
    pub async fn stream(&self, query: &str, cursor: Option<&str>) -> Body {
        let mut request = Request::builder().uri(format!("/api/v1/sse?{query}")).header("host", "localhost");
        if let Some(cursor) = cursor {
            request = request.header("last-event-id", cursor);
        }
        let response = self.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body()
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.producers.cancel();
    }
}
