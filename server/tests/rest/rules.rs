//! What holds between the routes: what is deleted, who owns an attempt, what is counted, how a stream looks on the wire.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::World;

async fn queue(world: &World, id: &str, board: &str, card: &str, attempt: &str) -> u16 {
    let data = json!({"boardId": board, "attemptId": attempt, "cardId": card});
    world.report(id, "attempt.queued", data).await.status
}

async fn hello(world: &World, query: &str) -> Value {
    serde_json::from_str(&world.stream(query, &[]).await.take(1).await[0].data).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_card_takes_its_attempts_and_its_past_along() {
    let world = World::start().await;
    let board = world.board("Gone").await;
    let (one, two) = (world.card(&board, "one").await, world.card(&board, "two").await);
    let depends = json!({ "dependsOn": [one] });
    assert_eq!(world.send("PATCH", &format!("/boards/{board}/cards/{two}"), &depends).await.status, 200);
    assert_eq!(queue(&world, "1", &board, &one, "a1").await, 202);
    let before = world.head();
    let path = format!("/boards/{board}/cards/{one}");
    let deleted = world.call("DELETE", &path, &[("idempotency-key", "k")], "").await;
    assert_eq!((deleted.status, world.types(&board, before).await), (204, vec!["board.state.changed".to_owned()]));
    let again = world.call("DELETE", &path, &[("idempotency-key", "k")], "").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (204, "true"));
    assert_eq!(world.call("DELETE", &path, &[], "").await.status, 404);
    assert_eq!(world.get("/attempts/a1").await.status, 404);
    assert_eq!(world.get(&format!("/boards/{board}/cards/{two}")).await.body["dependsOn"], json!([]));
    assert_eq!(world.get(&format!("/boards/{board}/events?after=0")).await.text("/code"), "trimmed");
    let oldest = world.get(&format!("/boards/{board}/events")).await.body;
    assert_eq!(oldest["events"][0]["seq"], before + 1, "the deletion itself is kept");
    let epoch = world.epoch();
    let told = hello(&world, &format!("?boardId={board}&lastEventId={epoch}-{}", before - 1)).await;
    assert_eq!(told["replay"], "reset");
    let told = hello(&world, &format!("?boardId={board}&lastEventId={epoch}-{before}")).await;
    assert_eq!(told["replay"], "tail");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_belongs_to_one_board_even_when_that_is_gone() {
    let world = World::start().await;
    let (left, right) = (world.board("Left").await, world.board("Right").await);
    let (one, two) = (world.card(&left, "one").await, world.card(&right, "two").await);
    assert_eq!(queue(&world, "1", &left, &one, "a1").await, 202);
    let head = world.head();
    assert_eq!(world.call("DELETE", &format!("/boards/{left}"), &[], "").await.status, 204);
    assert_eq!(world.head(), head, "a board's deletion appends nothing");
    assert_eq!(world.get(&format!("/boards/{left}/state")).await.status, 404);
    assert_eq!(queue(&world, "2", &right, &two, "a1").await, 422);
    assert_eq!(queue(&world, "3", &right, &two, "a2").await, 202);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_is_deleted_when_it_is_over_and_runs_again_when_it_starts() {
    let world = World::start().await;
    let board = world.board("Over").await;
    let card = world.card(&board, "one").await;
    assert_eq!(queue(&world, "1", &board, &card, "a1").await, 202);
    assert_eq!(world.call("DELETE", "/attempts/a1", &[], "").await.status, 409);
    let failed = json!({"boardId": board, "attemptId": "a1", "cardId": card, "status": "failed"});
    assert_eq!(world.report("2", "attempt.status.changed", failed.clone()).await.status, 202);
    assert_ne!(world.get("/attempts/a1").await.body["endedAt"], Value::Null);
    let started = json!({"boardId": board, "attemptId": "a1", "cardId": card, "agent": "x", "branchName": "b",
        "baseBranch": "main"});
    assert_eq!(world.report("3", "attempt.started", started).await.status, 202);
    let attempt = world.get("/attempts/a1").await.body;
    assert_eq!((&attempt["status"], &attempt["endedAt"]), (&json!("running"), &Value::Null));
    assert_eq!(world.report("4", "attempt.status.changed", failed).await.status, 202);
    let head = world.head();
    assert_eq!(world.call("DELETE", "/attempts/a1", &[], "").await.status, 204);
    assert_eq!((world.get("/attempts/a1").await.status, world.head()), (404, head));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_stays_where_it_is_when_the_board_says_so() {
    let world = World::start().await;
    let board = world.board("Still").await;
    let card = world.card(&board, "one").await;
    let head = world.head();
    let settings = json!({"cardFollowsAttempt": false, "name": "Stiller"});
    let patched = world.send("PATCH", &format!("/boards/{board}"), &settings).await;
    assert_eq!((patched.status, world.head()), (200, head), "PATCH appends nothing");
    let started = json!({"boardId": board, "attemptId": "a1", "cardId": card, "agent": "x", "branchName": "b",
        "baseBranch": "main"});
    assert_eq!(world.report("1", "attempt.started", started).await.status, 202);
    assert_eq!(world.types(&board, head).await, ["attempt.started"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_in_use_stays_and_a_write_without_news_appends_nothing() {
    let world = World::start().await;
    let board = world.board("Agents").await;
    let agent = json!({"agent": "robot", "protocol": "command", "command": "robot", "env": {"TOKEN": "hush"}});
    let made = world.send("POST", "/agents", &agent).await;
    assert_eq!((made.status, made.body.to_string().contains("hush")), (201, false), "{}", made.body);
    assert_eq!(world.send("POST", "/agents", &agent).await.status, 409);
    let profile = world.send("POST", "/agent-profiles", &json!({"agent": "robot", "label": "l", "config": {}})).await;
    let profile = profile.text("/profileId");
    let refused = world.call("DELETE", "/agents/robot", &[], "").await;
    assert_eq!((refused.status, refused.text("/code")), (409, "agent_in_use".into()));
    let head = world.head();
    let (card, column) = (format!("/boards/{board}/cards"), world.column(&board, 1).await);
    assert_eq!(world.send("PATCH", &format!("/agent-profiles/{profile}"), &json!({"label": "l"})).await.status, 200);
    assert_eq!(
        world.send("PATCH", &format!("/boards/{board}/columns/{column}"), &json!({"index": 1})).await.status,
        200
    );
    assert_eq!(world.head(), head);
    let id = world.card(&board, "x").await;
    let (head, backlog) = (world.head(), world.column(&board, 0).await);
    let shift = json!({"columnId": backlog, "index": 99});
    assert_eq!(world.send("POST", &format!("{card}/{id}/move"), &shift).await.status, 200);
    assert_eq!(
        world.send("PATCH", &format!("{card}/{id}"), &json!({"title": "x", "description": null})).await.status,
        200
    );
    assert_eq!(world.head(), head);
    assert_eq!(world.call("DELETE", &format!("/agent-profiles/{profile}"), &[], "").await.status, 204);
    assert_eq!(world.types(&board, head).await, ["agent.profile.changed"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_counted_by_stream_and_by_board() {
    let world = World::start().await;
    let (left, right) = (world.board("Left").await, world.board("Right").await);
    let mut open = Vec::new();
    for query in [format!("?boardId={left}&boardId={right}"), format!("?boardId={left}&dashboard=1"), String::new()] {
        let mut stream = world.stream(&query, &[]).await;
        stream.take(1).await;
        open.push(stream);
    }
    let boards = json!({&left: 2, &right: 1});
    let expected = json!({"total": 3, "dashboard": 2, "channels": 3, "boards": boards});
    assert_eq!(world.get("/connections").await.body, expected);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_stream_is_shown_with_what_it_carries_and_how_much_of_it_was_sent_until_it_ends() {
    let world = World::start().await;
    let board = world.board("Board").await;
    let mut first = world.stream(&format!("?boardId={board}&state=patch"), &[]).await;
    first.take(2).await;
    let mut second = world.stream("", &[]).await;
    second.take(1).await;
    let shown = world.get("/connections/streams").await.body;
    assert_eq!(shown["total"], 2);
    let (one, two) = (&shown["streams"][0], &shown["streams"][1]);
    let carried = |stream: &Value| json!([stream["boards"], stream["dashboard"], stream["state"], stream["lag"]]);
    assert_eq!(carried(one), json!([[board], false, "patch", 0]));
    assert_eq!(carried(two), json!([[], true, "full", 0]));
    assert_eq!(one["openedAt"], json!(world.clock.now()));
    let before = one["bytes"].as_u64().unwrap();
    world.card(&board, "A card").await;
    first.take(1).await;
    let one = &world.get("/connections/streams").await.body["streams"][0];
    assert!(one["bytes"].as_u64().unwrap() > before, "{one}");
    // What happened is not for the dashboard's stream: it isn't behind.
    assert_eq!(one["lag"], 0);
    drop(first);
    let left = async || world.get("/connections/streams").await.body["streams"][0]["number"] == two["number"];
    tokio::time::timeout(Duration::from_secs(20), async {
        while !left().await {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the first one is gone");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_looks_the_same_in_http_1_0_and_1_1() {
    let world = World::start().await;
    let board = world.board("Wire").await;
    for version in ["1.0", "1.1"] {
        let mut socket = TcpStream::connect(world.server.addr).await.unwrap();
        let request = format!("GET /api/v1/sse?boardId={board}&x=1 HTTP/{version}\r\nhost: localhost\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        let mut buffer = [0; 4096];
        while !text.contains("event: state\n") {
            let count = socket.read(&mut buffer).await.unwrap();
            assert!(count > 0, "{text}");
            text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        }
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/{version} 200 ")), "{head}");
        for line in [
            "content-type: text/event-stream",
            "cache-control: no-store, no-transform",
            "x-accel-buffering: no",
            "x-content-type-options: nosniff",
        ] {
            assert!(head.lines().any(|found| found.eq_ignore_ascii_case(line)), "{line}: {head}");
        }
        assert!(!head.to_ascii_lowercase().contains("content-length"), "{head}");
        assert_eq!(head.to_ascii_lowercase().contains("chunked"), version == "1.1", "{head}");
        let (retry, hello) = (body.find("retry: 1500\n").unwrap(), body.find("event: hello\n").unwrap());
        assert!(retry < hello && hello < body.find("event: state\n").unwrap(), "{body}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_problem_under_the_base_and_elsewhere() {
    let world = World::start().await;
    for path in ["", "/", "/boards/", "/boards/x/y", "/%ff", "/boards/%ff", "/..%2fetc"] {
        let got = world.get(path).await;
        let told = (got.status, got.text("/code"), got.header("content-type"));
        assert_eq!(told, (404, "not_found".into(), "application/problem+json"), "{path}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_card_is_no_loss_to_who_has_seen_all_of_its_board_before() {
    let world = World::start().await;
    let board = world.board("Mine").await;
    let card = world.card(&board, "one").await;
    let seen = world.head();
    // What other boards do is none of its business.
    world.card(&world.board("Other").await, "two").await;
    assert_eq!(world.call("DELETE", &format!("/boards/{board}/cards/{card}"), &[], "").await.status, 204);
    for (seq, replay) in [(seen - 1, "reset"), (seen, "tail"), (seen + 1, "tail")] {
        let cursor = format!("{}-{seq}", world.epoch());
        let mut stream = world.stream(&format!("?boardId={board}&lastEventId={cursor}"), &[]).await;
        let frames = stream.take(2).await;
        assert_eq!(serde_json::from_str::<Value>(&frames[0].data).unwrap()["replay"], replay, "{seq}");
        assert_eq!(
            (frames[1].event.as_str(), &frames[1].id),
            ("state", &Some(format!("{}-{}", world.epoch(), world.head())))
        );
        let events = world.get(&format!("/boards/{board}/events?after={seq}")).await;
        assert_eq!(events.status, if replay == "tail" { 200 } else { 410 }, "{seq}");
    }
    world.end().await;
}
