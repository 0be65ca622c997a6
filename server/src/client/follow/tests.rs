use tokio::io::AsyncWriteExt;

use boardcast_shared::BoardId;

use super::*;
use crate::client::StateMode;
use crate::client::script::{HEAD, Script, hello};

fn follow(client: Client) -> Follow {
    let board = BoardId::parse("b1").unwrap();
    Follow::new(client, Channels::board(board)).with_jitter(Jitter::Off)
}

async fn frame(follow: &mut Follow) -> (String, Option<String>) {
    match follow.next().await.unwrap() {
        Happening::Frame(frame) => (frame.event, frame.id),
        Happening::Lost { why, .. } => panic!("lost: {why}"),
    }
}

async fn lost(follow: &mut Follow) -> (String, u128) {
    match follow.next().await.unwrap() {
        Happening::Lost { why, retry_in } => (why, retry_in.as_millis()),
        Happening::Frame(frame) => panic!("{frame:?}"),
    }
}

#[tokio::test]
async fn a_broken_stream_goes_on_after_the_last_id_that_was_handed_out() {
    let (script, client) = Script::start().await;
    let mut follow = follow(client);
    let server = async {
        let first =
            script.answer(format!("{HEAD}retry: 500\n\n{}id: k3-7\nevent: state\ndata: {{}}\n\n", hello("none"))).await;
        let second =
            script.answer(format!("{HEAD}{}id: k3-8\nevent: state_patch\ndata: {{}}\n\n", hello("tail"))).await;
        (first, second)
    };
    let reader = async {
        assert_eq!(frame(&mut follow).await, ("hello".into(), None));
        assert_eq!(follow.cursor(), None);
        assert_eq!(frame(&mut follow).await, ("state".into(), Some("k3-7".into())));
        assert_eq!(lost(&mut follow).await, ("the stream ended".into(), 500));
        assert_eq!(frame(&mut follow).await.0, "hello");
        assert_eq!(frame(&mut follow).await, ("state_patch".into(), Some("k3-8".into())));
        assert_eq!(follow.cursor(), Some("k3-8"));
    };
    let ((first, second), ()) = tokio::join!(server, reader);
    assert!(first.starts_with("GET /api/v1/sse?boardId=b1&state=patch HTTP/1.1\r\n"), "{first}");
    assert!(!first.to_lowercase().contains("last-event-id"), "{first}");
    assert!(second.to_lowercase().contains("last-event-id: k3-7\r\n"), "{second}");
}

#[tokio::test]
async fn a_reset_takes_the_cursor_back() {
    let (script, client) = Script::start().await;
    let mut follow = follow(client).after("old-99");
    let wire = format!("{HEAD}{}", hello("reset"));
    let (head, _) = tokio::join!(script.answer(&wire), frame(&mut follow));
    assert!(head.to_lowercase().contains("last-event-id: old-99"), "{head}");
    assert_eq!(follow.cursor(), None);
}

#[tokio::test]
async fn what_the_server_refuses_for_good_ends_it_with_the_reason() {
    for status in [400, 401, 403, 404] {
        let (script, client) = Script::start().await;
        let mut follow = follow(client);
        let wire = format!(
            "HTTP/1.1 {status} No\r\ncontent-type: application/problem+json\r\ncontent-length: 21\r\n\r\n{{\"detail\":\"no board\"}}"
        );
        let (_, end) = tokio::join!(script.answer(&wire), follow.next());
        let expected = StreamEnd::Refused { status, detail: "no board".into() };
        assert_eq!(end, Err(expected.clone()));
        assert_eq!(follow.next().await, Err(expected), "and goes on saying so");
    }
}

#[tokio::test]
async fn an_overloaded_server_is_asked_again_when_it_says() {
    let (script, client) = Script::start().await;
    let mut follow = follow(client);
    for (asked, waited) in [("7", 7000), ("600", 12000), ("x", 6000)] {
        let wire =
            format!("HTTP/1.1 503 Busy\r\nretry-after: {asked}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let (_, (why, retry_in)) = tokio::join!(script.answer(&wire), lost(&mut follow));
        assert!(why.contains("503"), "{why}");
        assert_eq!(retry_in, waited);
        follow.state = State::Waiting(Instant::now());
    }
}

#[tokio::test]
async fn a_goodbye_says_what_comes_next() {
    let bye = |reason: &str, retry: &str| {
        format!(
            "{HEAD}{}event: bye\ndata: {{\"reason\":\"{reason}\",\"boardId\":\"b1\",\"retryMs\":{retry}}}\n\n",
            hello("none")
        )
    };
    let (script, client) = Script::start().await;
    let mut shutdown = follow(client.clone());
    tokio::join!(script.answer(bye("shutdown", "250")), frame(&mut shutdown));
    assert_eq!(frame(&mut shutdown).await.0, "bye");
    assert_eq!(lost(&mut shutdown).await, ("the server shut down".into(), 250));

    for (reason, end) in [("board_deleted", StreamEnd::BoardDeleted), ("access_revoked", StreamEnd::AccessRevoked)] {
        let mut follow = follow(client.clone());
        tokio::join!(script.answer(bye(reason, "null")), frame(&mut follow));
        assert_eq!(frame(&mut follow).await.0, "bye");
        assert_eq!(follow.next().await, Err(end));
    }
}

#[tokio::test]
async fn the_other_boards_are_followed_on_at_once_when_one_is_deleted() {
    let (script, client) = Script::start().await;
    let boards = ["b1", "b2"].map(|id| BoardId::parse(id).unwrap()).to_vec();
    let mut follow = Follow::new(client, Channels { boards, state: StateMode::Full, dashboard: false });
    let wire =
        format!("{HEAD}event: bye\ndata: {{\"reason\":\"board_deleted\",\"boardId\":\"b1\",\"retryMs\":null}}\n\n");
    tokio::join!(script.answer(&wire), frame(&mut follow));
    assert_eq!(lost(&mut follow).await.1, 0);
    let next = format!("{HEAD}{}", hello("none"));
    let (head, _) = tokio::join!(script.answer(&next), frame(&mut follow));
    assert!(head.starts_with("GET /api/v1/sse?boardId=b2 HTTP/1.1"), "{head}");
}

#[tokio::test]
async fn two_and_a_half_heartbeats_of_silence_are_a_dead_stream() {
    let (script, client) = Script::start().await;
    let mut follow = follow(client);
    let server = async {
        let (_, mut socket) = script.request().await;
        socket.write_all(format!("{HEAD}{}", hello("none").replace("15000", "100")).as_bytes()).await.unwrap();
        socket
    };
    let (_open, _) = tokio::join!(server, frame(&mut follow));
    assert_eq!(lost(&mut follow).await.0, "nothing was heard for 0.2 s");
}

#[tokio::test]
async fn a_call_that_was_given_up_loses_nothing() {
    let (script, client) = Script::start().await;
    let mut follow = follow(client);
    let give_up = async {
        let _ = tokio::time::timeout(Duration::from_millis(50), follow.next()).await;
    };
    // Given up while it waited for the answer: the request is simply made again.
    let (_unanswered, ()) = tokio::join!(script.request(), give_up);
    let wire = format!("{HEAD}{}", hello("none"));
    let ((_, mut socket), _) = tokio::join!(
        async {
            let (head, mut socket) = script.request().await;
            socket.write_all(wire.as_bytes()).await.unwrap();
            (head, socket)
        },
        frame(&mut follow)
    );
    // Given up in the middle of a frame: the rest completes it.
    socket.write_all(b"id: k3-8\ndata: a").await.unwrap();
    let _ = tokio::time::timeout(Duration::from_millis(50), follow.next()).await;
    socket.write_all(b"b\n\n").await.unwrap();
    assert_eq!(frame(&mut follow).await, ("message".into(), Some("k3-8".into())));
}
