//! The AsyncAPI 3 document: what the stream tells, and which facts are taken from outside.

use boardcast_shared::SseMsg;
use serde_json::{Map, Value, json};

use super::cloudevents;
use super::openapi::{parameter, security, security_schemes};
use super::operation::{Operation, Place};
use super::schemas::{Collected, Dialect};
use crate::api::ingest;

/// How to read the stream and how to report, in Markdown.
const GUIDE: &str = include_str!("guide/stream.md");
const STREAM: &str = "/sse";
const REPORTS: &str = "/events";
/// What is no event of the log has no cursor.
const WITHOUT_ID: [&str; 3] = ["hello", "heartbeat", "bye"];

/// The document for the routes under `base`, which are among these operations.
///
/// # Panics
/// When the stream or the reports are not among them.
#[must_use]
pub fn asyncapi(base: &str, operations: &[Operation]) -> Value {
    let mut collected = Collected::new(Dialect::Draft7);
    let told = told(&mut collected);
    let mut taken = taken(&mut collected);
    let channels = json!({
        "stream": channel(STREAM, "Server-sent events; each frame is one message", "stream", &told),
        "reports": channel(REPORTS, "One CloudEvent a request, or a batch of them", "reports", &taken),
    });
    let schemas = collected.finish(taken.values_mut());
    let route = |path| operations.iter().find(|operation| operation.path == path).expect("it is a route");
    json!({
        "asyncapi": "3.1.0",
        "info": { "title": "Boardcast", "version": env!("CARGO_PKG_VERSION"), "description": GUIDE },
        "defaultContentType": "application/json",
        "servers": { "local": { "host": "127.0.0.1:4400", "protocol": "http", "pathname": base } },
        "channels": channels,
        "operations": {
            "tell": operation("send", "stream", route(STREAM), "What happens, in order and without gaps"),
            "take": operation("receive", "reports", route(REPORTS), "Facts from programs that needn't know who listens"),
        },
        "components": {
            "messages": told.into_iter().chain(taken).collect::<Map<_, _>>(),
            "schemas": schemas,
            "securitySchemes": schemes(),
        },
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

fn operation(action: &str, channel: &str, route: &Operation, summary: &str) -> Value {
    json!({
        "action": action,
        "channel": { "$ref": format!("#/channels/{channel}") },
        "summary": summary,
        "security": reference_schemes(&security(route)),
        "bindings": { "http": {
            "method": route.method.as_str(),
            "query": { "type": "object", "properties": asked(route, Place::Query) },
            "bindingVersion": "0.3.0",
        } },
    })
}

/// The parameters of a route in one place, by their names.
fn asked(route: &Operation, place: Place) -> Map<String, Value> {
    let parameters = route.parameters.iter().filter(|parameter| parameter.place == place);
    parameters
        .map(|asked| {
            let mut schema = parameter(asked)["schema"].take();
            schema["description"] = asked.meaning.into();
            (asked.name.to_owned(), schema)
        })
        .collect()
}

/// What OpenAPI says of each way to show who one is, in AsyncAPI's words.
fn schemes() -> Value {
    let mut schemes = security_schemes();
    for scheme in schemes.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if scheme["type"] == "apiKey" {
            scheme["type"] = "httpApiKey".into();
        }
    }
    schemes
}

/// The same ways, of which each suffices.
fn reference_schemes(ways: &Value) -> Value {
    let names = ways.as_array().into_iter().flatten().filter_map(|way| way.as_object()?.keys().next());
    names.map(|name| json!({ "$ref": format!("#/components/securitySchemes/{name}") })).collect()
}

/// Every message of the stream by its event: the frame's `event` and `id` as headers, its `data` as payload.
fn told(collected: &mut Collected) -> Map<String, Value> {
    let message = |kind: Value| {
        let event = kind["properties"]["event"]["const"].as_str().expect("a message has its event").to_owned();
        let headers = headers(&event);
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

/// The fields of a frame but its data.
fn headers(event: &str) -> Value {
    let mut fields = json!({ "event": { "const": event } });
    if !WITHOUT_ID.contains(&event) {
        fields["id"] = json!({ "type": "string", "description": "The cursor" });
    }
    json!({ "type": "object", "required": ["event"], "properties": fields, "additionalProperties": false })
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
