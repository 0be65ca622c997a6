//! JSON-RPC 2.0, one message a line.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The longest message that is understood, in bytes: an agent may send pictures. A longer line is a log line.
pub const MESSAGE_LIMIT: usize = 8 << 20;

/// [JSON-RPC 5.1] The receiver doesn't have the method.
pub const METHOD_NOT_FOUND: i64 = -32601;

/// [JSON-RPC 5.1] The params are wrong.
pub const INVALID_PARAMS: i64 = -32602;

/// A message from the agent. Its parts are still text: most of what agents send is of no interest here, and must not be paid for.
#[derive(Debug)]
pub enum Message<'a> {
    Request { id: &'a RawValue, method: Cow<'a, str>, params: &'a str },
    Notification { method: Cow<'a, str>, params: &'a str },
    Response { id: Option<u64>, outcome: Outcome },
}

/// What became of a request of ours: its result as JSON, or why there is none.
pub type Outcome = Result<Box<RawValue>, RpcError>;

/// The error of a response, as far as it is used.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RpcError {
    pub code: i64,
    #[serde(default)]
    pub message: String,
    #[serde(default, deserialize_with = "details")]
    pub data: Option<String>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    /// There, even when it is null.
    #[serde(default, deserialize_with = "present")]
    result: Option<Box<RawValue>>,
    #[serde(default)]
    error: Option<RpcError>,
}

fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(from).map(Some)
}

/// The words in an error's `data`, which may be of any kind.
fn details<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Data {
        Text(String),
        Details { details: String },
        Other(serde::de::IgnoredAny),
    }
    Ok(match Option::<Data>::deserialize(from)? {
        Some(Data::Text(text) | Data::Details { details: text }) => Some(text),
        Some(Data::Other(_)) | None => None,
    })
}

/// Reads a line; none when it isn't a message.
pub fn read(line: &[u8]) -> Option<Message<'_>> {
    let envelope: Envelope = serde_json::from_slice(line).ok()?;
    if envelope.jsonrpc != "2.0" {
        return None;
    }
    let params = envelope.params.map_or("{}", RawValue::get);
    match (envelope.method, envelope.id) {
        (Some(method), Some(id)) => Some(Message::Request { id, method, params }),
        (Some(method), None) => Some(Message::Notification { method, params }),
        (None, id) => {
            let outcome = match (envelope.result, envelope.error) {
                (_, Some(error)) => Err(error),
                (Some(result), None) => Ok(result),
                (None, None) => return None,
            };
            Some(Message::Response { id: id.and_then(|id| id.get().parse().ok()), outcome })
        }
    }
}

/// A request of ours.
pub fn request(id: u64, method: &str, params: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Request<'a, P> {
        jsonrpc: &'a str,
        id: u64,
        method: &'a str,
        params: &'a P,
    }
    line(&Request { jsonrpc: "2.0", id, method, params })
}

/// A notification of ours.
pub fn notification(method: &str, params: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Notification<'a, P> {
        jsonrpc: &'a str,
        method: &'a str,
        params: &'a P,
    }
    line(&Notification { jsonrpc: "2.0", method, params })
}

/// Our answer to a request of the agent's.
pub fn answer(id: &RawValue, result: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Answer<'a, R> {
        jsonrpc: &'a str,
        id: &'a RawValue,
        result: &'a R,
    }
    line(&Answer { jsonrpc: "2.0", id, result })
}

/// Our refusal of a request of the agent's.
pub fn refusal(id: &RawValue, code: i64, message: &str) -> Vec<u8> {
    let error = serde_json::json!({ "code": code, "message": message });
    line(&serde_json::json!({ "jsonrpc": "2.0", "id": id, "error": error }))
}

fn line(message: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).expect("plain data with text keys");
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> String {
        match read(line.as_bytes()) {
            None => "log".into(),
            Some(Message::Request { id, method, params }) => format!("request {} {method} {params}", id.get()),
            Some(Message::Notification { method, params }) => format!("notification {method} {params}"),
            Some(Message::Response { id, outcome: Ok(result) }) => format!("result {id:?} {}", result.get()),
            Some(Message::Response { id, outcome: Err(error) }) => {
                format!("error {id:?} {} {} {:?}", error.code, error.message, error.data)
            }
        }
    }

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(kind(line), expected, "{line}");
    }

    #[test]
    fn a_line_is_a_message_or_a_log_line() {
        check(r#"{"jsonrpc":"2.0","id":"a","method":"m","params":{"x":[1, 2]}}"#, r#"request "a" m {"x":[1, 2]}"#);
        check(r#"{"jsonrpc":"2.0","id":7,"method":"m"}"#, "request 7 m {}");
        check(r#"{"jsonrpc":"2.0","method":"a\/b"}"#, "notification a/b {}");
        check(r#"{"jsonrpc":"2.0","id":3,"result":null}"#, "result Some(3) null");
        check(r#"{"jsonrpc":"2.0","id":"3","result":{}}"#, "result None {}");
        check(r#"{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"no"}}"#, "error None -1 no None");
        check(
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no","data":{"details":"why"}}}"#,
            r#"error Some(1) -1 no Some("why")"#,
        );
        check(r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"data":[1]}}"#, "error Some(1) -1  None");
        for log in ["", "hello", "{", "[]", "{}", r#"{"id":1,"method":"GET"}"#, r#"{"jsonrpc":"2.0","id":1}"#, "\u{0}"]
        {
            check(log, "log");
        }
        assert!(read(&[0xff, b'{']).is_none());
        // Nesting without an end is refused, not followed.
        assert!(read("[".repeat(1 << 20).as_bytes()).is_none());
    }
}
