//! Ten thousand mixed events on boards with colliding names: a token for one learns nothing of the others.

use std::collections::HashSet;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::world::World;

const EVENTS: usize = 10_000;
const BATCH: usize = 500;

/// One of three boards of the same name with the same cards. What is told of each carries its mark.
struct Board {
    id: String,
    card: String,
    mark: String,
}

async fn boards(world: &World) -> Vec<Board> {
    let mut boards = Vec::new();
    for n in 0..3 {
        let (id, mark) = (world.board("Same").await, format!("mark-{n}-"));
        let card = world.card(&id, "Same").await;
        boards.push(Board { id, card, mark });
    }
    for board in &boards {
        let queued = json!({"boardId": board.id, "attemptId": format!("{}attempt", board.mark), "cardId": board.card});
        assert_eq!(world.report("begin", "attempt.queued", queued).await.status, 202, "the id collides, not the board");
    }
    boards
}

/// The `n`th event: of whichever board, of whichever kind, under an id that others use too.
fn event(n: usize, boards: &[Board]) -> Value {
    let board = &boards[(n + n / 3) % 3];
    let (id, mark) = (&board.id, &board.mark);
    let attempt = format!("{mark}attempt");
    let text = format!("{mark}{n}");
    let (kind, data) = match n % 5 {
        0 | 1 => ("attempt.log.appended", json!({"level": "info", "message": text})),
        2 => {
            let item = json!({"id": "i", "timestamp": "2026-01-01T00:00:00.000Z", "type": "thinking", "text": text});
            ("attempt.conversation.appended", json!({ "item": item }))
        }
        3 => ("attempt.session.recorded", json!({ "sessionId": text })),
        _ => ("git.commit.created", json!({"shortSha": "abc1234", "sha": "a".repeat(40), "subject": text})),
    };
    let mut data = data;
    data["boardId"] = json!(id);
    data["attemptId"] = json!(attempt);
    json!({"specversion": "1.0", "source": "/test", "id": format!("event-{}", n / 3), "type": kind, "data": data})
}

async fn happen(world: &World, boards: &[Board]) -> usize {
    let mut taken = 0;
    for from in (0..EVENTS).step_by(BATCH) {
        let batch: Vec<Value> = (from..from + BATCH).map(|n| event(n, boards)).collect();
        let headers = [("content-type", "application/cloudevents-batch+json")];
        let got = world.call("POST", "/events", &headers, Value::from(batch).to_string()).await;
        assert_eq!(got.status, 202, "{got:?}");
        taken += got.body["accepted"].as_array().unwrap().len();
    }
    taken
}

#[track_caller]
fn tells_only_of(mine: &Board, boards: &[Board], what: &str, text: &str) {
    for other in boards.iter().filter(|board| board.id != mine.id) {
        for secret in [&other.id, &other.card, &other.mark] {
            assert!(!text.contains(secret.as_str()), "{what} tells of {secret}: {}", &text[..text.len().min(400)]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_events_on_boards_of_the_same_name_and_not_one_leaks() {
    let world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let boards = boards(&world).await;
    let mine = &boards[1];
    let (_, token) = world.token(&["read", "write", "ingest", "admin"], &[&mine.id]).await;
    let client = world.client_with(&token);
    // Streams of the others are open meanwhile, and one of everything.
    let mut others = Vec::new();
    for board in &boards {
        others.push(world.stream(&format!("?boardId={}&dashboard=1", board.id), &[]).await);
    }
    let open = client.open(&format!("/api/v1/sse?boardId={}&dashboard=1&state=patch", mine.id), &[]).await.unwrap();
    let mut stream = super::world::Listener::of(open);
    let taken = happen(&world, &boards).await;
    assert_eq!(taken, EVENTS);
    let last = world.send("POST", &format!("/boards/{}/cards", mine.id), &json!({"title": "the last one"})).await;
    let last = last.header("x-event-id").to_owned();
    let mut seen = HashSet::new();
    loop {
        let frame = stream.next().await.expect("the stream goes on");
        tells_only_of(mine, &boards, "the stream", &frame.data);
        seen.insert(frame.event.clone());
        if frame.id.as_deref() == Some(&last) {
            break;
        }
    }
    for event in ["attempt_log", "conversation_item", "attempt_session", "git_commit", "dashboard_overview"] {
        assert!(seen.contains(event), "{event} of its own board comes: {seen:?}");
    }
    for path in [
        "/boards".to_owned(),
        "/dashboard".into(),
        "/dashboard?timeRangePreset=all_time".into(),
        "/connections".into(),
        "/agents".into(),
        "/agent-profiles".into(),
        "/openapi.json".into(),
        format!("/boards/{}", mine.id),
        format!("/boards/{}/state", mine.id),
        format!("/boards/{}/events?limit=1000", mine.id),
        format!("/boards/{}/attempts", mine.id),
    ] {
        let got = world.call_as(Some(&token), "GET", &path, &Value::Null).await;
        assert_eq!(got.status, 200, "{path}");
        tells_only_of(mine, &boards, &path, &got.body.to_string());
    }
    numbers(&world, &token, mine).await;
    reports(&world, &token, &boards).await;
    drop(others);
    world.end().await;
}

/// What is counted is only of its own board.
async fn numbers(world: &World, token: &str, mine: &Board) {
    let connections = world.call_as(Some(token), "GET", "/connections", &Value::Null).await.body;
    let own = json!({"total": 2, "dashboard": 1, "channels": 2, "boards": { &mine.id: 2 }});
    assert_eq!(connections, own, "its own stream and the operator's of its board");
    let all = world.get("/connections").await.body;
    assert_eq!((&all["total"], &all["dashboard"], &all["channels"]), (&json!(4), &json!(4), &json!(4)));
    let dashboard = world.call_as(Some(token), "GET", "/dashboard", &Value::Null).await.body;
    assert_eq!(dashboard["metrics"]["activeAttempts"], 1);
    assert_eq!(dashboard["metrics"]["projectsWithActivity"], 1);
    assert_eq!(dashboard["projectSnapshots"].as_array().unwrap().len(), 1);
    let published = &dashboard["metrics"]["byKey"]["events.published"]["total"];
    assert!(published.as_f64().unwrap() < 4500.0, "a third of all: {published}");
    assert_eq!(world.call_as(Some(token), "GET", "/metrics", &Value::Null).await.status, 403);
    assert_eq!(world.call_as(Some(token), "GET", "/tokens", &Value::Null).await.status, 403);
}

/// A report for another's board is as one for a board that isn't there.
async fn reports(world: &World, token: &str, boards: &[Board]) {
    let client = world.client_with(token);
    let report = async |board: &str, attempt: &str| {
        let data = json!({"boardId": board, "attemptId": attempt, "level": "info", "message": "x"});
        let event =
            json!({"specversion": "1.0", "source": "/x", "id": "x", "type": "attempt.log.appended", "data": data});
        let headers = [("content-type", "application/cloudevents+json")];
        let got = client.call(hyper::Method::POST, "/api/v1/events", &headers, event.to_string().into()).await.unwrap();
        (got.status, String::from_utf8(got.body.to_vec()).unwrap())
    };
    let before = world.head();
    let (status, there) = report(&boards[0].id, "mark-0-attempt").await;
    let (_, nowhere) = report("nowhere", "mark-0-attempt").await;
    assert_eq!((status, there.replace(&boards[0].id, "nowhere")), (422, nowhere));
    assert_eq!(world.head(), before);
    assert_eq!(report(&boards[1].id, "mark-1-attempt").await.0, 202);
}
