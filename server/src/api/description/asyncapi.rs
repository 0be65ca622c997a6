//! The AsyncAPI 3 document: what the stream tells, and which facts are taken from outside.

use boardcast_shared::SseMsg;
use serde_json::{Map, Value, json};

use super::cloudevents;
use super::schemas::{Collected, Dialect};
use crate::api::ingest;

/// The document for the routes under `base`.
#[must_use]
pub fn asyncapi(base: &str) -> Value {
    let mut collected = Collected::new(Dialect::Draft7);
    let told = told(&mut collected);
    let mut taken = taken(&mut collected);
    let channels = json!({
        "stream": channel("/sse", "Server-sent events; each frame is one message", "stream", &told),
        "reports": channel("/events", "One CloudEvent a request, or a batch of them", "reports", &taken),
    });
    let schemas = collected.finish(taken.values_mut());
    json!({
        "asyncapi": "3.1.0",
        "info": { "title": "Boardcast", "version": env!("CARGO_PKG_VERSION") },
        "defaultContentType": "application/json",
        "servers": { "local": { "host": "127.0.0.1:4400", "protocol": "http", "pathname": base } },
        "channels": channels,
        "operations": {
            "tell": operation("send", "stream", "GET", "What happens, in order and without gaps"),
            "take": operation("receive", "reports", "POST", "Facts from programs that needn't know who listens"),
        },
        "components": { "messages": told.into_iter().chain(taken).collect::<Map<_, _>>(), "schemas": schemas },
    })
}

fn channel(address: &str, description: &str, name: &str, messages: &Map<String, Value>) -> Value {
    let messages = messages.keys().map(|message| {
        let reference = json!({ "$ref": format!("#/components/messages/{message}") });
        (message.clone(), reference)
    });
    json!({
        "address": address,
        "title": name,
        "description": description,
        "messages": messages.collect::<Map<_, _>>(),
    })
}

fn operation(action: &str, channel: &str, method: &str, summary: &str) -> Value {
    json!({
        "action": action,
        "channel": { "$ref": format!("#/channels/{channel}") },
        "summary": summary,
        "bindings": { "http": { "method": method, "bindingVersion": "0.3.0" } },
    })
}

/// Every message of the stream by its event: the frame's `event` and `id` as headers, its `data` as payload.
fn told(collected: &mut Collected) -> Map<String, Value> {
    let message = |kind: Value| {
        let event = kind["properties"]["event"]["const"].as_str().expect("a message has its event").to_owned();
        let headers = json!({
            "type": "object",
            "required": ["event"],
            "properties": { "event": { "const": event }, "id": { "type": "string", "description": "The cursor" } },
        });
        let described = json!({
            "name": event,
            "summary": kind["description"],
            "headers": headers,
            "payload": kind["properties"]["data"],
        });
        (event, described)
    };
    let kinds = match collected.apart::<SseMsg>() {
        Value::Array(kinds) => kinds,
        other => panic!("the messages are a choice, not {other}"),
    };
    kinds.into_iter().map(message).collect()
}

/// Every fact that can be reported, by its type.
fn taken(collected: &mut Collected) -> Map<String, Value> {
    let time = collected.taken(cloudevents::TIME);
    let message = |(kind, data): &(&str, _)| {
        let described = json!({
            "name": kind,
            "contentType": ingest::SINGLE,
            "payload": cloudevents::envelope(kind, collected.taken(*data), &time),
        });
        ((*kind).to_owned(), described)
    };
    cloudevents::TYPES.iter().map(message).collect()
}
