//! The router against the document.

use std::collections::{BTreeMap, BTreeSet};

use super::document;
use super::world::World;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect::<Vec<_>>().join("/")
}

/// Each path with the methods that the document tells of, in capitals.
fn documented() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut paths: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for operation in document::operations() {
        paths.entry(operation.path).or_default().insert(operation.method.to_uppercase());
    }
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_method_is_there_and_no_other() {
    let world = World::start().await;
    for (path, methods) in documented() {
        let outside = document::DOCUMENT["paths"][path].get("servers").is_some();
        let url = if outside { filled(path) } else { format!("/api/v1{}", filled(path)) };
        let mut allowed = methods.clone();
        if methods.contains("GET") {
            allowed.insert("HEAD".into());
        }
        let client = &world.client;
        let refused = client.call("OPTIONS".parse().unwrap(), &url, &[], "".into()).await.unwrap();
        assert_eq!(refused.status, 405, "{path}");
        let told = refused.headers["allow"].to_str().unwrap().split(',').map(str::to_owned).collect();
        assert_eq!(allowed, told, "{path}");
        for method in METHODS.iter().filter(|method| !methods.contains(**method)) {
            let got = client.call(method.parse().unwrap(), &url, &[], "".into()).await.unwrap();
            assert_eq!(got.status, 405, "{method} {path}");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_documented_is_not_there() {
    let world = World::start().await;
    for path in ["", "/", "/nothing", "/agents/presets/x", "/boards/b/cards/c/attempts/x", "/tokens/t/x"] {
        let got = world.get(path).await;
        assert_eq!((got.status, got.text("/code")), (404, "not_found".into()), "{path}");
        assert!(got.text("/detail").starts_with("there is nothing at"), "{path}: {}", got.body);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_documents_are_served_as_they_are_made() {
    let world = World::start().await;
    assert_eq!(world.get("/openapi.json").await.body, boardcast::api::openapi());
    assert_eq!(world.get("/asyncapi.json").await.body, boardcast::api::asyncapi());
    world.end().await;
}

#[test]
fn every_operation_has_its_own_name_and_says_what_it_does() {
    let mut names = BTreeSet::new();
    for operation in document::operations() {
        let what = format!("{} {}", operation.method, operation.path);
        assert!(names.insert(operation.node["operationId"].as_str().unwrap()), "{what} has the name of another");
        assert!(!operation.node["summary"].as_str().unwrap().is_empty(), "{what} has no summary");
    }
}
