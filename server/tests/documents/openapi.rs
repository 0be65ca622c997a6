//! The OpenAPI document by itself.

use std::collections::BTreeSet;

use boardcast::api;
use serde_json::Value;

#[test]
fn the_openapi_document_in_the_tree_is_the_generated_one() {
    let kept = include_str!("../../../web/src/api/generated/openapi.json");
    assert!(api::openapi_text() == kept, "openapi.json is out of date: run `cargo xtask codegen`");
}

/// Every operation is of one tag, and every tag has some.
#[test]
fn every_route_is_found_under_what_it_is_about() {
    let document = api::openapi();
    let named = |tag: &Value| tag["name"].as_str().unwrap().to_owned();
    let known: BTreeSet<String> = document["tags"].as_array().unwrap().iter().map(named).collect();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values()).filter(|node| node.is_object());
    let used = operations.map(|operation| {
        let tags = operation["tags"].as_array().unwrap();
        assert_eq!(tags.len(), 1, "{operation}");
        tags[0].as_str().unwrap().to_owned()
    });
    assert_eq!(used.collect::<BTreeSet<_>>(), known);
}

/// Whoever may be refused for want of a token is told how to show one, and the other way round.
#[test]
fn what_needs_a_token_says_so_and_says_what_it_answers_without_one() {
    let document = api::openapi();
    let schemes: Vec<&str> =
        document["components"]["securitySchemes"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(schemes, ["session", "ticket", "token"]);
    let mut open = Vec::new();
    for (path, node) in document["paths"].as_object().unwrap() {
        for (method, operation) in node.as_object().unwrap().iter().filter(|(key, _)| *key != "servers") {
            let is_guarded = !operation["security"].as_array().unwrap().is_empty();
            let refuses = |status: &str| operation["responses"].get(status).is_some();
            assert!(refuses("403"), "{method} {path}");
            if is_guarded {
                assert!(refuses("401") && refuses("429"), "{method} {path}");
            } else {
                open.push(format!("{method} {path}"));
            }
        }
    }
    open.sort_unstable();
    assert_eq!(open, ["get /healthz", "get /readyz", "post /session"]);
}

/// A stranger has nothing else to go by.
#[test]
fn every_field_says_what_it_is() {
    for (name, document) in [("openapi", api::openapi()), ("asyncapi", api::asyncapi())] {
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let mut silent = Vec::new();
        for (schema, node) in schemas {
            fields(node, &mut |field, node| {
                if !is_told(node, &document) {
                    silent.push(format!("{schema}.{field}"));
                }
            });
        }
        assert!(silent.is_empty(), "{name} is silent about {silent:#?}");
    }
}

fn fields(node: &Value, each: &mut impl FnMut(&str, &Value)) {
    for (name, field) in node["properties"].as_object().into_iter().flatten() {
        // What a CloudEvent has is its standard's.
        if node["properties"].get("specversion").is_none() {
            each(name, field);
        }
    }
    let members = node.as_object().into_iter().flat_map(|object| object.values());
    members.chain(node.as_array().into_iter().flatten()).for_each(|member| fields(member, each));
}

/// By itself, by what it refers to, or because it is always the same.
fn is_told(node: &Value, document: &Value) -> bool {
    if let Some(reference) = node["$ref"].as_str() {
        return node["description"].is_string() || is_told(document.pointer(&reference[1..]).unwrap(), document);
    }
    let choices = ["allOf", "anyOf"].iter().filter_map(|key| node[*key].as_array()).flatten();
    node["description"].is_string()
        || node.get("const").is_some()
        || choices.chain(node.get("items")).any(|choice| is_told(choice, document))
}

/// Every place that something refers to is there.
#[test]
fn nothing_in_the_document_refers_to_what_is_not_there() {
    fn check(node: &Value, document: &Value) {
        if let Some(reference) = node["$ref"].as_str() {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
        let members = node.as_object().into_iter().flat_map(|object| object.values());
        members.chain(node.as_array().into_iter().flatten()).for_each(|member| check(member, document));
    }
    let document = api::openapi();
    check(&document, &document);
}
