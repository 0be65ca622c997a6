//! The OpenAPI document by itself.

use std::collections::BTreeSet;

use boardcast::api;

#[test]
fn the_openapi_document_in_the_tree_is_the_generated_one() {
    let kept = include_str!("../../../web/src/api/generated/openapi.json");
    assert!(api::openapi_text() == kept, "openapi.json is out of date: run `cargo xtask codegen`");
}

/// Every operation is of one tag, and every tag has some.
#[test]
fn every_route_is_found_under_what_it_is_about() {
    let document = boardcast::api::openapi();
    let named = |tag: &serde_json::Value| tag["name"].as_str().unwrap().to_owned();
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

/// Every place that something refers to is there.
#[test]
fn nothing_in_the_document_refers_to_what_is_not_there() {
    fn check(node: &serde_json::Value, document: &serde_json::Value) {
        if let Some(reference) = node["$ref"].as_str() {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
        let members = node.as_object().into_iter().flat_map(|object| object.values());
        members.chain(node.as_array().into_iter().flatten()).for_each(|member| check(member, document));
    }
    let document = boardcast::api::openapi();
    check(&document, &document);
}
