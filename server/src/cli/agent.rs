//! `boardcast agent`: a scripted agent that speaks the Agent Client Protocol, version 1, on its standard input and output.
//! It needs no network and no model: the demo, the tests and the benchmarks use it, and any client can.

mod notes;
mod peer;
mod plain;
mod scenario;
mod session;
mod showing;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio_util::sync::CancellationToken;

use self::peer::{Peer, RpcError};
use self::scenario::{Stage, play};
use self::session::Session;

const INVALID_PARAMS: i64 = -32602;
const METHOD_NOT_FOUND: i64 = -32601;
/// [ACP] No such session.
const NOT_FOUND: i64 = -32002;

/// Serves one client until it closes standard input.
///
/// # Errors
/// When standard input can't be read.
pub async fn agent() -> anyhow::Result<()> {
    let mut agent = Agent { peer: Arc::new(Peer::new()), sessions: HashMap::new() };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        agent.hear(&line).await;
    }
    Ok(())
}

struct Agent {
    peer: Arc<Peer>,
    sessions: HashMap<String, Open>,
}

/// A session, and how the turn that runs in it is cancelled.
struct Open {
    session: Arc<Session>,
    turn: CancellationToken,
}

impl Agent {
    async fn hear(&mut self, line: &str) {
        let Ok(Value::Object(mut message)) = serde_json::from_str(line) else {
            return self.peer.refuse(&Value::Null, &RpcError::new(-32700, "not a JSON-RPC message")).await;
        };
        let params = message.remove("params").unwrap_or_default();
        let id = message.remove("id");
        let method = message.get("method").and_then(Value::as_str);
        match (method, id) {
            (Some("session/cancel"), None) => {
                if let Some(open) = self.sessions.get(session_id(&params)) {
                    open.turn.cancel();
                }
            }
            (Some("session/prompt"), Some(id)) => match self.sessions.get_mut(session_id(&params)) {
                Some(open) => {
                    open.turn = CancellationToken::new();
                    let stage = Stage::new(self.peer.clone(), open.session.clone(), open.turn.clone());
                    tokio::spawn(async move { play(stage, &text(&params), &id).await });
                }
                None => self.peer.refuse(&id, &no_session()).await,
            },
            (Some(method), Some(id)) => match self.answer(method, &params).await {
                Ok(result) => self.peer.answer(&id, &result).await,
                Err(error) => self.peer.refuse(&id, &error).await,
            },
            (None, Some(id)) => self.peer.resolve(&id, message.remove("result").unwrap_or_default()),
            _ => {}
        }
    }

    async fn answer(&mut self, method: &str, params: &Value) -> Result<Value, RpcError> {
        match method {
            "initialize" => Ok(json!({
                "protocolVersion": 1,
                "agentInfo": { "name": "boardcast-demo", "title": "Demo", "version": env!("CARGO_PKG_VERSION") },
                "agentCapabilities": { "loadSession": true, "promptCapabilities": {} },
                "authMethods": [],
            })),
            "authenticate" => Ok(json!({})),
            "session/new" => {
                let session = Session::new(cwd(params)?);
                let answer = json!({ "sessionId": session.id });
                self.open(session);
                Ok(answer)
            }
            "session/load" => {
                let session = Session::load(cwd(params)?, session_id(params)).ok_or_else(no_session)?;
                for (who, text) in session.told() {
                    let content = json!({ "type": "text", "text": text });
                    let update = json!({ "sessionUpdate": who, "content": content });
                    self.peer.update(&session.id, update).await;
                }
                self.open(session);
                Ok(json!({}))
            }
            _ => Err(RpcError::new(METHOD_NOT_FOUND, &format!("no method {method}"))),
        }
    }

    fn open(&mut self, session: Session) {
        let id = session.id.clone();
        self.sessions.insert(id, Open { session: Arc::new(session), turn: CancellationToken::new() });
    }
}

fn no_session() -> RpcError {
    RpcError::new(NOT_FOUND, "no such session")
}

fn session_id(params: &Value) -> &str {
    params["sessionId"].as_str().unwrap_or_default()
}

fn cwd(params: &Value) -> Result<&Path, RpcError> {
    let cwd = params["cwd"].as_str().map(Path::new).filter(|cwd| cwd.is_absolute());
    cwd.ok_or_else(|| RpcError::new(INVALID_PARAMS, "cwd must be an absolute path"))
}

/// The words of a prompt.
fn text(params: &Value) -> String {
    let blocks = params["prompt"].as_array().into_iter().flatten();
    blocks.filter_map(|block| block["text"].as_str()).collect::<Vec<_>>().join("\n")
}
