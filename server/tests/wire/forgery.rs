//! No text can be taken for a frame.

use boardcast::domain::event::DomainEvent as E;
use boardcast::sse::frame;
use boardcast::sse::listeners;
use boardcast_shared::{GitCommit, GitOwner, SseMsg};
use proptest::prelude::*;

use super::given::{board, log, noon, whole_board};

/// Lines as a browser splits them: at CRLF, LF and CR [WHATWG HTML 9.2.5].
fn lines(stream: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = stream;
    while let Some(end) = rest.find(['\r', '\n']) {
        lines.push(&rest[..end]);
        rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
    }
    lines.push(rest);
    lines
}

/// Text as it comes: any characters, and those that would end a line or begin a field, often.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "data: ",
            "id: 9",
            "event: bye",
            ":",
            "\0",
            "\u{2028}",
            "\u{feff}",
            "\"",
            "\\",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

/// The data of the one frame that `wire` is.
fn only_frame(wire: &[u8]) -> serde_json::Value {
    let wire = std::str::from_utf8(wire).expect("a stream is UTF-8");
    let lines = lines(wire);
    let [id, event, data, "", ""] = lines[..] else { panic!("not one frame: {lines:?}") };
    assert_eq!(id, "id: ep-7");
    assert!(event.starts_with("event: "));
    serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("one line of json")
}

proptest! {
    #[test]
    fn no_text_in_a_log_line_forges_a_frame(text in text()) {
        let (event, data) = listeners::encode(&E::AttemptLogAppended(log(&text)));
        let data = only_frame(&frame::event("ep", 7, event, &data));
        prop_assert_eq!(data["message"].as_str(), Some(text.as_str()));
    }

    #[test]
    fn no_title_of_a_card_forges_a_frame(title in text()) {
        let message = SseMsg::State(whole_board(&title));
        let data = only_frame(&frame::event("ep", 7, message.event(), &message.data()));
        prop_assert_eq!(data["cards"]["k1"]["title"].as_str(), Some(title.as_str()));
    }

    #[test]
    fn no_subject_of_a_commit_forges_a_frame(subject in text()) {
        let commit = GitCommit {
            board_id: board(),
            attempt_id: GitOwner(None),
            short_sha: "4f2a9c1".into(),
            sha: "4f2a9c1d".into(),
            subject: subject.clone(),
            ts: noon(),
        };
        let (event, data) = listeners::encode(&E::GitCommitCreated(commit));
        let data = only_frame(&frame::event("ep", 7, event, &data));
        prop_assert_eq!(data["subject"].as_str(), Some(subject.as_str()));
    }
}
