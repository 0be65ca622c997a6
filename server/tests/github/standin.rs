//! Something that answers as GitHub does, as far as it is asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use hyper::{HeaderMap, Method, Response, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The token that the server has.
pub const TOKEN: &str = "ghp_unmistakable";

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub line: String,
    pub headers: HeaderMap,
    pub body: Value,
}

#[derive(Clone)]
struct Scripted {
    asked: Arc<watch::Sender<Vec<Asked>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

#[derive(Clone)]
enum Answer {
    Silence,
    Told { status: u16, tag: Option<&'static str>, body: Value },
}

/// GitHub, or nearly. It gives the answers it was told to give, one after the other.
pub struct Standin {
    pub url: String,
    scripted: Scripted,
}

async fn answer(
    State(scripted): State<Scripted>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let next = scripted.answers.lock().unwrap().pop_front();
    scripted.asked.send_modify(|asked| asked.push(Asked { line: format!("{method} {uri}"), headers, body }));
    match next.unwrap_or(Answer::Told { status: 500, tag: None, body: json!({"message": "nothing was scripted"}) }) {
        Answer::Silence => std::future::pending().await,
        Answer::Told { status, tag, body } => {
            let mut response = Response::new(Body::from(body.to_string()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            if let Some(tag) = tag {
                response.headers_mut().insert("etag", tag.parse().unwrap());
            }
            response
        }
    }
}

impl Standin {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v3", listener.local_addr().unwrap());
        let scripted = Scripted { asked: Arc::new(watch::Sender::new(Vec::new())), answers: Arc::default() };
        let app = Router::new().fallback(answer).with_state(scripted.clone());
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let app = hyper_util::service::TowerToHyperService::new(app.clone());
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(hyper_util::rt::TokioIo::new(socket), app));
            }
        });
        Self { url, scripted }
    }

    fn push(&self, answer: Answer) {
        self.scripted.answers.lock().unwrap().push_back(answer);
    }

    /// The next request gets no answer.
    pub fn will_be_silent(&self) {
        self.push(Answer::Silence);
    }

    /// The next request gets this answer.
    pub fn will_say(&self, status: u16, body: Value) {
        self.push(Answer::Told { status, tag: None, body });
    }

    /// The next request gets this answer, under a tag.
    pub fn will_show(&self, tag: &'static str, body: Value) {
        self.push(Answer::Told { status: 200, tag: Some(tag), body });
    }

    /// What it has been asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.scripted.asked.borrow().clone()
    }

    /// Waits until it has been asked so often; gives the last request.
    pub async fn until_asked(&self, times: usize) -> Asked {
        let mut asked = self.scripted.asked.subscribe();
        let enough = asked.wait_for(|asked| asked.len() >= times);
        let asked = tokio::time::timeout(std::time::Duration::from_secs(60), enough).await;
        asked.unwrap_or_else(|_| panic!("asked only {:#?}", self.asked())).unwrap()[times - 1].clone()
    }
}

/// A pull request as GitHub shows it.
pub fn pull(number: u64, head: &str) -> Value {
    json!({"number": number, "html_url": format!("https://github.com/acme/app/pull/{number}"), "state": "open",
        "draft": false, "merged": false, "merged_at": null, "title": "Do it", "head": {"ref": head},
        "base": {"ref": "main"}, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "more": 1})
}

/// The same, merged.
pub fn merged(number: u64, head: &str) -> Value {
    let mut pull = pull(number, head);
    pull["state"] = json!("closed");
    pull["merged"] = json!(true);
    pull["updated_at"] = json!("2026-01-01T00:05:00Z");
    pull
}
