//! Streams as the server sent them: every frame reads as the type that TypeScript is generated from, and writes back
//! as it came.

use std::fs;
use std::path::{Path, PathBuf};

use boardcast_shared::{BoardState, SseMsg};
use serde_json::{Value, json};

fn recorded(extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(extension));
    files.sort();
    assert!(!files.is_empty(), "there are recorded files that end with {extension}");
    files
}

#[test]
fn every_recorded_frame_is_what_its_type_says() {
    for file in recorded(".sse") {
        let text = fs::read_to_string(&file).unwrap();
        let mut event = "";
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => event = name,
                Some(("data", data)) => {
                    let data: Value = serde_json::from_str(data).unwrap();
                    let wire = json!({"event": event, "data": data});
                    let message: SseMsg = serde_json::from_value(wire.clone())
                        .unwrap_or_else(|error| panic!("{}: {error}: {wire}", file.display()));
                    assert_eq!(serde_json::to_value(message).unwrap(), wire, "{}", file.display());
                }
                Some(("id" | "retry", _)) => {}
                _ => assert_eq!(line, "", "{}: a line of no known field", file.display()),
            }
        }
    }
}

#[test]
fn every_recorded_state_is_a_whole_board() {
    for file in recorded(".state.json") {
        let document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let state: BoardState = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(serde_json::to_value(state).unwrap(), document, "{}", file.display());
    }
}
