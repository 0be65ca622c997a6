use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt as _, Stdout};
use tokio::sync::oneshot;

/// The client, seen from the agent.
pub struct Peer {
    out: tokio::sync::Mutex<Stdout>,
    requests: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
}

/// Why a request got no result.
pub struct RpcError {
    code: i64,
    message: String,
}

impl RpcError {
    pub fn new(code: i64, message: &str) -> Self {
        Self { code, message: message.to_owned() }
    }
}

impl Peer {
    pub fn new() -> Self {
        let out = tokio::sync::Mutex::new(tokio::io::stdout());
        Self { out, requests: AtomicU64::new(1), waiting: Mutex::default() }
    }

    pub async fn answer(&self, id: &Value, result: &Value) {
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": result })).await;
    }

    pub async fn refuse(&self, id: &Value, error: &RpcError) {
        let error = json!({ "code": error.code, "message": error.message });
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "error": error })).await;
    }

    /// One `session/update`.
    pub async fn update(&self, session: &str, update: Value) {
        let params = json!({ "sessionId": session, "update": update });
        self.write(&json!({ "jsonrpc": "2.0", "method": "session/update", "params": params })).await;
    }

    /// A request of ours; `Value::Null` when it is refused.
    pub async fn ask(&self, method: &str, params: Value) -> Value {
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, answer);
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        answered.await.unwrap_or_default()
    }

    /// The answer to a request of ours.
    pub fn resolve(&self, id: &Value, result: Value) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = id.as_u64().and_then(|id| waiting.remove(&id)) {
            // The turn that asked may have been cancelled.
            let _ = answer.send(result);
        }
    }

    async fn write(&self, message: &Value) {
        let line = format!("{message}\n");
        let mut out = self.out.lock().await;
        // A client that has gone closes standard input too.
        let _ = out.write_all(line.as_bytes()).await;
        let _ = out.flush().await;
    }
}
