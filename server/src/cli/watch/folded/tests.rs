#![expect(clippy::needless_pass_by_value, reason = "a json! literal at the call reads best by value")]

use serde_json::json;

use super::*;

fn card(id: &str, key: &str, title: &str) -> Value {
    json!({"id": id, "ticketKey": key, "title": title, "description": null, "ticketType": null, "isEnhanced": false,
           "dependsOn": [], "prUrl": null, "createdAt": "t", "updatedAt": "t"})
}

fn board() -> Folded {
    let mut folded = Folded::default();
    let words = folded.replace(json!({
        "boardId": "b1", "seq": 4, "columnOrder": ["todo", "doing"],
        "columns": {"todo": {"id": "todo", "key": null, "title": "Backlog", "cardIds": ["c1", "c2", "c3"]},
                    "doing": {"id": "doing", "key": null, "title": "In Progress", "cardIds": []}},
        "cards": {"c1": card("c1", "T-1", "Fix login"), "c2": card("c2", "T-2", "Export"), "c3": card("c3", "T-3", "Undo")},
    }));
    assert_eq!(words, "3 cards: Backlog 3, In Progress 0");
    folded
}

fn patch(base_seq: u64, operations: Value) -> StatePatch {
    let mut operations = operations.as_array().unwrap().clone();
    operations.push(json!({"op": "replace", "path": "/seq", "value": base_seq + 1}));
    serde_json::from_value(json!({"boardId": "b1", "seq": base_seq + 1, "baseSeq": base_seq, "patch": operations}))
        .unwrap()
}

#[track_caller]
fn check(operations: Value, expected: &[&str]) {
    let changes = board().apply(&patch(4, operations)).unwrap();
    assert_eq!(changes.iter().map(|change| change.words.as_str()).collect::<Vec<_>>(), expected);
}

#[test]
fn a_move_names_both_columns() {
    check(
        json!([
            {"op": "remove", "path": "/columns/todo/cardIds/0"},
            {"op": "add", "path": "/columns/doing/cardIds/0", "value": "c1"},
            {"op": "replace", "path": "/cards/c1/updatedAt", "value": "u"},
        ]),
        &["T-1 'Fix login' moved Backlog → In Progress"],
    );
}

#[test]
fn a_move_within_a_column_says_which_way() {
    check(
        json!([{"op": "replace", "path": "/columns/todo/cardIds", "value": ["c3", "c1", "c2"]}]),
        &["T-3 'Undo' moved up in Backlog"],
    );
    check(
        json!([{"op": "remove", "path": "/columns/todo/cardIds/0"}, {"op": "add", "path": "/columns/todo/cardIds/-", "value": "c1"}]),
        &["T-1 'Fix login' moved down in Backlog"],
    );
    check(
        json!([{"op": "replace", "path": "/columns/todo/cardIds", "value": ["c3", "c2", "c1"]}]),
        &["Backlog put in another order"],
    );
}

#[test]
fn cards_come_change_and_go() {
    check(
        json!([
            {"op": "add", "path": "/cards/c4", "value": card("c4", "T-4", "Dark\u{1b}[2J mode")},
            {"op": "add", "path": "/columns/doing/cardIds/-", "value": "c4"},
        ]),
        &["T-4 'Dark\\u{1b}[2J mode' added to In Progress"],
    );
    check(
        json!([{"op": "remove", "path": "/cards/c2"}, {"op": "remove", "path": "/columns/todo/cardIds/1"}]),
        &["T-2 'Export' deleted"],
    );
    check(
        json!([
            {"op": "replace", "path": "/cards/c2/title", "value": "Import"},
            {"op": "replace", "path": "/cards/c2/ticketType", "value": "fix"},
            {"op": "replace", "path": "/cards/c2/dependsOn", "value": ["c1"]},
        ]),
        &["T-2 'Export' renamed to 'Import'", "T-2 'Import': type, dependencies changed"],
    );
}

#[test]
fn columns_come_change_and_go() {
    check(
        json!([
            {"op": "add", "path": "/columns/x", "value": {"id": "x", "key": null, "title": "Later", "cardIds": []}},
            {"op": "add", "path": "/columnOrder/-", "value": "x"},
        ]),
        &["'Later' added"],
    );
    check(
        json!([{"op": "replace", "path": "/columns/todo/title", "value": "Ideas"}]),
        &["'Backlog' renamed to 'Ideas'"],
    );
    check(json!([{"op": "replace", "path": "/columnOrder", "value": ["doing", "todo"]}]), &["order changed"]);
    check(
        json!([{"op": "remove", "path": "/columns/doing"}, {"op": "remove", "path": "/columnOrder/1"}]),
        &["'In Progress' deleted"],
    );
}

#[test]
fn the_first_patch_of_a_board_brings_the_whole_document() {
    let whole = board().doc;
    let mut folded = Folded::default();
    let first = json!({"boardId": "b1", "seq": 4, "baseSeq": 0, "patch": [{"op": "add", "path": "", "value": whole}]});
    let changes = folded.apply(&serde_json::from_value(first).unwrap()).unwrap();
    assert_eq!(changes.len(), 5);
    assert_eq!(folded.ticket_key("c2").as_deref(), Some("T-2"));
}

#[test]
fn a_patch_that_does_not_fit_is_told() {
    assert_eq!(board().apply(&patch(5, json!([]))), Err(Misfit));
    for operation in [
        json!({"op": "remove", "path": "/cards/c9"}),
        json!({"op": "replace", "path": "/cards/c9/title", "value": "x"}),
        json!({"op": "add", "path": "/columns/todo/cardIds/9", "value": "x"}),
        json!({"op": "remove", "path": "/columns/todo/cardIds/9"}),
    ] {
        assert_eq!(board().apply(&patch(4, json!([operation]))), Err(Misfit), "{operation}");
    }
}

/// The client library folds the same files.
#[test]
fn streams_as_the_server_sent_them_fold_to_the_board_that_it_showed() {
    let recorded = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/streams");
    let files = std::fs::read_dir(recorded).unwrap().map(|entry| entry.unwrap().path());
    let streams: Vec<_> = files.filter(|file| file.extension().is_some_and(|extension| extension == "sse")).collect();
    assert!(!streams.is_empty(), "streams have been recorded");
    for stream in streams {
        let name = stream.display();
        let read = |ending: &str| std::fs::read(stream.with_extension(ending)).unwrap();
        let mut folded = Folded::default();
        let take = |parsed| {
            let crate::client::Parsed::Frame(frame) = parsed else { return };
            match frame.event.as_str() {
                "state" => drop(folded.replace(serde_json::from_str(&frame.data).unwrap())),
                "state_patch" => drop(folded.apply(&serde_json::from_str(&frame.data).unwrap()).unwrap()),
                _ => {}
            }
        };
        crate::client::SseParser::new(1 << 20).push(&read("sse"), take).unwrap();
        assert_eq!(folded.doc, serde_json::from_slice::<Value>(&read("state.json")).unwrap(), "{name}");
    }
}
