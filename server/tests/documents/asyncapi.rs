//! What streams tell and what is reported, against the AsyncAPI document.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use boardcast::api;
use boardcast::client::Frame;
use serde_json::{Value, json};

use super::facts;
use super::world::{Listener, World};

static DOCUMENT: LazyLock<Value> = LazyLock::new(api::asyncapi);

fn names(channel: &str) -> BTreeSet<&'static str> {
    let messages = DOCUMENT["channels"][channel]["messages"].as_object().unwrap();
    messages.keys().map(String::as_str).collect()
}

/// A part of a message's schema with all that it refers to.
fn faults(message: &str, part: &str, value: &Value) -> Vec<String> {
    let schema = &DOCUMENT["components"]["messages"][message][part];
    assert!(schema.is_object(), "{message} has no {part}");
    let root = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft7);
    let validator = options.build(&root).unwrap_or_else(|why| panic!("{message}: {why}"));
    validator.iter_errors(value).map(|error| format!("{message}.{part}: {error}: {value}")).collect()
}

fn frame_faults(frame: &Frame) -> Vec<String> {
    let data = serde_json::from_str(&frame.data).unwrap();
    let mut headers = json!({ "event": frame.event });
    if let Some(id) = &frame.id {
        headers["id"] = id.as_str().into();
    }
    [faults(&frame.event, "headers", &headers), faults(&frame.event, "payload", &data)].concat()
}

/// Reads up to the end.
async fn told(mut listener: Listener) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    while let Some(frame) = listener.next().await {
        let faults = frame_faults(&frame);
        assert!(faults.is_empty(), "{faults:#?}");
        told.insert(frame.event);
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn every_frame_fits_the_message_of_its_event() {
    let world = World::start().await;
    let board = world.board("Told").await;
    let card = world.card(&board, "first").await;
    let whole = world.stream(&format!("?boardId={board}"), &[]).await;
    let patches = world.stream(&format!("?boardId={board}&state=patch&dashboard=1"), &[]).await;
    world.card(&board, "second").await;
    for (kind, data) in facts::of_an_attempt(&board, &card).into_iter().chain(facts::of_a_board_and_agents(&board)) {
        let event = json!({"specversion": "1.0", "id": kind, "source": "/test", "type": kind, "data": data});
        assert_eq!(faults(kind, "payload", &event), Vec::<String>::new());
        let got = world.report(kind, kind, data).await;
        assert_eq!(got.status, 202, "{kind}: {}", got.body);
    }
    assert_eq!(world.call("DELETE", &format!("/boards/{board}"), &[], "").await.status, 204);
    let told: BTreeSet<String> = told(whole).await.into_iter().chain(told(patches).await).collect();
    // The first one comes after 15 s.
    let rare = ["heartbeat".to_owned()];
    let documented: BTreeSet<String> = names("stream").into_iter().map(str::to_owned).collect();
    assert_eq!(told.into_iter().chain(rare).collect::<BTreeSet<_>>(), documented);
    world.end().await;
}

#[test]
fn every_kind_of_report_is_among_the_facts_and_nothing_else_is() {
    let facts = facts::of_an_attempt("b", "c").into_iter().chain(facts::of_a_board_and_agents("b"));
    assert_eq!(facts.map(|(kind, _)| kind).collect::<BTreeSet<_>>(), names("reports"));
}

#[test]
fn a_frame_that_is_not_as_documented_is_noticed() {
    let heartbeat = json!({"ts": "2026-01-31T12:00:00.000Z", "seq": 7});
    assert!(faults("heartbeat", "payload", &heartbeat).is_empty());
    for wrong in [json!({}), json!({"ts": "now", "seq": 7}), json!({"ts": heartbeat["ts"], "seq": 7, "more": 1})] {
        assert!(!faults("heartbeat", "payload", &wrong).is_empty(), "{wrong}");
    }
}
