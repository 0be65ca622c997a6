//! The OpenAPI 3.1 document.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::codes::{self, CODES};
use super::operation::{Answer, Operation, Parameter, Place, Text};
use super::schemas::{Collected, Dialect};
use super::tags;
use crate::access::decide::Need;
use crate::api::problem::ProblemDocument;

/// How to use the API, in Markdown.
const GUIDE: &str = include_str!("guide/api.md");

/// The document for these operations, whose paths stand under `base`; those of `outside` stand under `/`.
#[must_use]
pub fn openapi(base: &str, operations: &[Operation], outside: &[Operation]) -> Value {
    let mut collected = Collected::new(Dialect::Draft2020);
    collected.given(|generator| generator.subschema_for::<ProblemDocument>());
    let mut refusals = Map::new();
    let mut paths = Map::new();
    let inside = operations.iter().map(|operation| (operation, codes::INSIDE));
    let outer = outside.iter().map(|operation| (operation, &[][..]));
    for (operation, more) in inside.chain(outer) {
        let codes = operation.codes.iter().chain(codes::EVERYWHERE).chain(more).copied();
        let described = describe(operation, &codes.collect(), &mut collected, &mut refusals);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = described;
    }
    for operation in outside {
        paths[operation.path]["servers"] = json!([{ "url": "/" }]);
    }
    let mut inward = paths.values_mut().flat_map(|path| path.as_object_mut().into_iter().flat_map(Map::values_mut));
    let schemas = collected.finish(inward.by_ref().filter_map(|operation| operation.get_mut("requestBody")));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Boardcast",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A live kanban board for coding agents",
            "description": GUIDE,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": base }],
        "tags": tags::tags(),
        "externalDocs": { "description": "The stream, as AsyncAPI", "url": "asyncapi.json" },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": headers(),
            "responses": refusals,
            "securitySchemes": security_schemes(),
        },
    })
}

fn describe(
    operation: &Operation,
    codes: &BTreeSet<&'static str>,
    collected: &mut Collected,
    refusals: &mut Map<String, Value>,
) -> Value {
    let parameters = path_parameters(operation.path).chain(operation.parameters.iter().map(parameter));
    let mut described = json!({
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "tags": [tags::of(operation.path)],
        "parameters": parameters.collect::<Vec<_>>(),
    });
    described["security"] = security(operation);
    if let Some(body) = &operation.body {
        let content = body.media_types.iter().map(|(media_type, schema)| {
            let schema = collected.taken(*schema);
            ((*media_type).to_owned(), json!({ "schema": schema }))
        });
        described["requestBody"] = json!({ "required": true, "content": content.collect::<Map<_, _>>() });
    }
    let mut responses = Map::new();
    for answer in &operation.answers {
        responses.insert(answer.status.to_string(), given(answer, collected));
    }
    for (status, codes) in codes::by_status(codes.iter().copied()) {
        let name = format!("{status}.{}", codes.join("."));
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{name}") }));
        refusals.entry(name).or_insert_with(|| refusal(status, &codes));
    }
    described["responses"] = responses.into();
    described
}

/// The ways to show who one is, each of which suffices.
pub(super) fn security(operation: &Operation) -> Value {
    match operation.need {
        Need::Nothing => json!([]),
        _ if operation.path == "/sse" => json!([{ "token": [] }, { "session": [] }, { "ticket": [] }]),
        _ => json!([{ "token": [] }, { "session": [] }]),
    }
}

pub(super) fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The operator's token, or one that `POST /tokens` made. Without an operator's token nothing is asked for.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "boardcast_EPOCH",
            "description": "The cookie that `POST /session` sets; it is named for the log's epoch.",
        },
        "ticket": {
            "type": "apiKey",
            "in": "query",
            "name": "ticket",
            "description": "A ticket that `POST /stream-tickets` made, for one stream.",
        },
    })
}

/// `get /boards/{board}/cards` is `get_boards_board_cards`.
fn operation_id(operation: &Operation) -> String {
    let words = operation.path.split(['/', '-', '.', '{', '}']).filter(|word| !word.is_empty());
    let method = operation.method.as_str().to_ascii_lowercase();
    std::iter::once(method.as_str()).chain(words).collect::<Vec<_>>().join("_")
}

fn path_parameters(path: &'static str) -> impl Iterator<Item = Value> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| {
        let schema = json!({ "type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$" });
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    })
}

pub(super) fn parameter(parameter: &Parameter) -> Value {
    let place = if parameter.place == Place::Query { "query" } else { "header" };
    let schema = text(parameter.text);
    let schema = if parameter.many { json!({ "type": "array", "items": schema }) } else { schema };
    json!({ "name": parameter.name, "in": place, "description": parameter.meaning, "schema": schema })
}

fn text(text: Text) -> Value {
    match text {
        Text::Any => json!({ "type": "string" }),
        Text::OneOf(words) => json!({ "type": "string", "enum": words }),
        Text::Like(pattern) => json!({ "type": "string", "pattern": pattern }),
        Text::Whole { min, max, default } => {
            let mut schema = json!({ "type": "integer", "minimum": min, "maximum": max });
            if let Some(default) = default {
                schema["default"] = default.into();
            }
            schema
        }
    }
}

fn given(answer: &Answer, collected: &mut Collected) -> Value {
    let mut response = json!({ "description": answer.meaning });
    if let Some((media_type, schema)) = answer.content {
        let schema = collected.given(schema);
        response["content"] = json!({ media_type: { "schema": schema } });
    }
    if !answer.headers.is_empty() {
        let reference = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }));
        response["headers"] = answer.headers.iter().map(reference).collect::<Map<_, _>>().into();
    }
    response
}

fn refusal(status: u16, codes: &[&str]) -> Value {
    let meanings = CODES.iter().filter(|code| codes.contains(&code.name));
    let meanings = meanings.map(|code| format!("`{}`: {}", code.name, code.meaning)).collect::<Vec<_>>();
    let mut response = json!({
        "description": meanings.join(". "),
        "content": { "application/problem+json": { "schema": { "allOf": [
            { "$ref": "#/components/schemas/Problem" },
            { "properties": { "code": { "enum": codes }, "status": { "const": status } } },
        ] } } },
    });
    if status == 503 || status == 429 {
        response["headers"] = json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
    }
    response
}

/// The headers of answers.
fn headers() -> Value {
    let header = |meaning: &str, schema: Value| json!({ "description": meaning, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "x-event-id": header("The place in the log: what a read shows, or the last event of a write that appended", text()),
        "ETag": header("The version of what the answer shows", text()),
        "idempotency-replayed": header("This is the first answer again", json!({ "type": "string", "const": "true" })),
        "x-truncated": header("The answer was cut; absent when it is whole", json!({ "type": "string", "const": "true" })),
        "Set-Cookie": header("The cookie of the session", text()),
        "Retry-After": header("Seconds to wait", json!({ "type": "integer", "minimum": 0 })),
    })
}
