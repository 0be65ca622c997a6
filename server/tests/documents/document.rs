//! What the server says against what the OpenAPI document allows.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use boardcast::api;
use hyper::HeaderMap;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The document that is served.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(api::openapi);

/// Compiled schemas by their place in the document.
static VALIDATORS: LazyLock<Mutex<HashMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);

/// One method of one documented path.
#[derive(Clone, Copy)]
pub struct Documented {
    pub method: &'static str,
    pub path: &'static str,
    pub node: &'static Value,
}

/// Every documented operation, those outside of the base too.
pub fn operations() -> Vec<Documented> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let of = |(path, node): (&'static String, &'static Value)| {
        let methods = node.as_object().unwrap().iter().filter(|(key, _)| *key != "servers");
        methods.map(move |(method, node)| Documented { method, path, node })
    };
    paths.iter().flat_map(of).collect()
}

/// The operation that a request is for; `path` as in the document or filled in, without the base.
pub fn find(method: &str, path: &str) -> Option<Documented> {
    let path = path.split(['?', '#']).next().unwrap();
    let fits = |template: &str| {
        let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len() && template.iter().zip(path).all(|(part, is)| part.starts_with('{') || *part == is)
    };
    operations().into_iter().find(|known| known.method.eq_ignore_ascii_case(method) && fits(known.path))
}

/// A reference followed, a plain node as it is.
fn followed(node: &'static Value) -> &'static Value {
    match node["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).expect("a reference leads somewhere"),
        None => node,
    }
}

/// A schema of the document, compiled once. `name` tells it apart.
pub fn validator(name: &str, schema: &Value) -> &'static Validator {
    let mut known = VALIDATORS.lock().unwrap();
    known.entry(name.to_owned()).or_insert_with(|| {
        let root = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        Box::leak(Box::new(options.build(&root).unwrap_or_else(|why| panic!("{name}: {why}"))))
    })
}

impl Documented {
    /// What is wrong with this answer, by the document.
    pub fn faults(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
        let Some(response) = self.node["responses"].get(status.to_string()) else {
            return vec![format!("{status} is not documented: {}", String::from_utf8_lossy(body))];
        };
        let response = followed(response);
        let mut faults = undocumented_headers(response, headers);
        let media_type = headers.get("content-type").map(|value| value.to_str().unwrap());
        let documented = response["content"].as_object().and_then(|content| content.iter().next());
        match (media_type, documented) {
            (None, None) if body.is_empty() => {}
            (Some(media_type), Some((known, content))) if media_type == known => {
                if media_type.ends_with("json") {
                    faults.extend(self.body_faults(status, &content["schema"], body));
                }
            }
            other => faults.push(format!("{status}: {other:?} with {} bytes", body.len())),
        }
        faults
    }

    fn body_faults(&self, status: u16, schema: &Value, body: &[u8]) -> Vec<String> {
        let Ok(body) = serde_json::from_slice(body) else { return vec!["the answer is not JSON".into()] };
        let validator = validator(&format!("{} {} {status}", self.method, self.path), schema);
        validator
            .iter_errors(&body)
            .map(|error| format!("{status}: {} at {}: {body}", error, error.instance_path()))
            .collect()
    }
}

fn undocumented_headers(response: &Value, headers: &HeaderMap) -> Vec<String> {
    let documented = response["headers"].as_object();
    let known = |name: &str| documented.is_some_and(|all| all.keys().any(|key| key.eq_ignore_ascii_case(name)));
    let told = ["x-event-id", "etag", "idempotency-replayed", "retry-after"];
    let told = told.into_iter().filter(|name| headers.contains_key(*name) && !known(name));
    told.map(|name| format!("{name} is not documented")).collect()
}

/// An answer of the server must be one that the document tells of.
#[track_caller]
pub fn check(method: &str, path: &str, status: u16, headers: &HeaderMap, body: &[u8]) {
    if let Some(documented) = find(method, path) {
        let faults = documented.faults(status, headers, body);
        assert!(faults.is_empty(), "{method} {path} answers what isn't documented: {faults:#?}");
    }
}
