//! Facts from outside: what each makes, what is refused, what is taken once.

use serde_json::{Value, json};

use super::world::World;

const BATCH: &[(&str, &str)] = &[("content-type", "application/cloudevents-batch+json")];

struct Scene {
    world: World,
    board: String,
    card: String,
}

impl Scene {
    /// A board with a card and its attempt `a1`, reported as queued.
    async fn set() -> Self {
        let world = World::start().await;
        let board = world.board("Ingest").await;
        let card = world.card(&board, "one").await;
        let scene = Self { world, board, card };
        scene.made("queued", "attempt.queued", json!({"cardId": scene.card}), &["attempt.queued"]).await;
        scene
    }

    /// With the board and the attempt, unless it names others.
    fn data(&self, more: Value) -> Value {
        let mut data = json!({"boardId": self.board, "attemptId": "a1"});
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        data
    }

    /// Reports it; what it makes must be `types`, and its seq that of the last.
    #[allow(clippy::needless_pass_by_value, reason = "callers write the value where they pass it")]
    async fn made(&self, id: &str, kind: &str, more: Value, types: &[&str]) {
        let before = self.world.head();
        let got = self.world.report(id, kind, self.data(more)).await;
        assert_eq!(got.status, 202, "{kind}: {}", got.body);
        let seq = if types.is_empty() { Value::Null } else { json!(self.world.head()) };
        assert_eq!(got.body, json!({"accepted": [{"id": id, "seq": seq}], "duplicates": []}), "{kind}");
        assert_eq!(self.world.types(&self.board, before).await, types, "{kind}");
        let cursor = format!("{}-{}", self.world.epoch(), self.world.head());
        assert_eq!(got.header("x-event-id"), if types.is_empty() { "" } else { &cursor }, "{kind}");
    }

    async fn column_of(&self, card: &str) -> String {
        let state = self.world.get(&format!("/boards/{}/state", self.board)).await.body;
        let columns = state["columns"].as_object().unwrap();
        let holds = |column: &&Value| column["cardIds"].as_array().unwrap().contains(&json!(card));
        columns.values().find(holds).unwrap()["title"].as_str().unwrap().to_owned()
    }

    async fn refused(&self, kind: &str, data: Value, field: &str) {
        let before = self.world.head();
        let got = self.world.report("refused", kind, data.clone()).await;
        assert_eq!((got.status, got.text("/field")), (422, field.to_owned()), "{kind} {data}: {}", got.body);
        assert_eq!(got.header("content-type"), "application/problem+json");
        assert_eq!(self.world.head(), before, "{kind} {data}");
    }
}

fn git_status() -> Value {
    json!({
        "branch": "main", "head": "", "ahead": 0, "behind": 0, "hasUncommitted": false, "files": [],
        "summary": {"added": 0, "modified": 0, "deleted": 0, "untracked": 0, "staged": 0}, "truncated": false
    })
}

fn pr(merged: bool) -> Value {
    json!({
        "number": 7, "url": "https://example.org/pull/7", "state": if merged { "closed" } else { "open" },
        "draft": false, "merged": merged, "title": "Do it", "headRef": "work", "baseRef": "main",
        "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z"
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fact_makes_its_events() {
    let scene = Scene::set().await;
    let card = scene.card.clone();
    let follows = ["attempt.started", "board.state.changed"];
    let started = json!({"cardId": card, "agent": "coder", "branchName": "work", "baseBranch": "main"});
    scene.made("1", "attempt.started", started, &follows).await;
    assert_eq!(scene.column_of(&card).await, "In Progress");
    let running = json!({"cardId": card, "status": "running"});
    scene.made("2", "attempt.status.changed", running.clone(), &["attempt.status.changed"]).await;
    scene.made("3", "attempt.status.changed", running, &["attempt.status.changed"]).await;
    let line = json!({"level": "info", "message": "a\0\r\nb"});
    scene.made("4", "attempt.log.appended", line.clone(), &["attempt.log.appended"]).await;
    scene.made("5", "attempt.log.appended", line, &["attempt.log.appended"]).await;
    let item = json!({"id": "i", "timestamp": "2026-01-01T00:00:00.000Z", "type": "thinking", "text": "hm\0"});
    scene.made("6", "attempt.conversation.appended", json!({ "item": item }), &["attempt.conversation.appended"]).await;
    let session = json!({"sessionId": "s"});
    scene.made("7", "attempt.session.recorded", session.clone(), &["attempt.session.recorded"]).await;
    scene.made("8", "attempt.session.recorded", session, &[]).await;
    let todos = json!({"todos": {"total": 1, "completed": 0, "items": [{"id": "t", "text": "x", "status": "open"}]}});
    scene.made("9", "attempt.todos.updated", todos.clone(), &["attempt.todos.updated"]).await;
    scene.made("10", "attempt.todos.updated", todos, &[]).await;
    scene.made("11", "git.status.changed", json!({"status": git_status()}), &["git.status.changed"]).await;
    scene.made("12", "git.status.changed", json!({"status": git_status()}), &[]).await;
    let commit = json!({"shortSha": "abc1234", "sha": "abc1234def", "subject": "Fix it"});
    scene.made("13", "git.commit.created", commit.clone(), &["attempt.log.appended", "git.commit.created"]).await;
    let mut outside = commit;
    outside["attemptId"] = json!("");
    scene.made("14", "git.commit.created", outside, &["git.commit.created"]).await;
    let push = json!({"remote": "origin", "branch": "work", "sha": "abc1234def"});
    scene.made("15", "git.push.completed", push, &["attempt.log.appended", "git.push.completed"]).await;
    let created = ["github.pr.created", "board.state.changed"];
    scene.made("16", "github.pr.created", json!({"pr": pr(false)}), &created).await;
    let done = json!({"cardId": card, "status": "succeeded"});
    scene.made("17", "attempt.status.changed", done, &["attempt.status.changed", "board.state.changed"]).await;
    assert_eq!(scene.column_of(&card).await, "Review");
    let merged = ["github.pr.updated", "board.state.changed"];
    scene.made("18", "github.pr.updated", json!({"pr": pr(true)}), &merged).await;
    assert_eq!(scene.column_of(&card).await, "Done");
    scene.made("19", "attempt.stopped", json!({}), &["attempt.stopped"]).await;

    let logs = scene.world.get("/attempts/a1/logs").await.body;
    let lines: Vec<&str> = logs["items"].as_array().unwrap().iter().map(|l| l["message"].as_str().unwrap()).collect();
    let expected = [
        "a\0\r\nb",
        "a\0\r\nb",
        "[git] committed abc1234 Fix it",
        "[git] pushed to origin/work",
        "Attempt stopped by user",
    ];
    assert_eq!(lines, expected);
    let attempt = scene.world.get("/attempts/a1").await.body;
    assert_eq!((&attempt["agent"], &attempt["sessionId"]), (&json!("coder"), &json!("s")));
    assert_eq!(attempt["startedAt"], "2026-01-01T00:00:00.000Z");
    assert_eq!(attempt["endedAt"], "2026-01-01T00:00:00.000Z");
    let shown = scene.world.get(&format!("/boards/{}/cards/{card}", scene.board)).await.body;
    assert_eq!(shown["prUrl"], "https://example.org/pull/7");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_board_and_agent_facts_are_taken_when_they_are_news() {
    let scene = Scene::set().await;
    let mut state = scene.world.get(&format!("/boards/{}/state", scene.board)).await.body;
    let board = json!({"boardId": scene.board, "state": state});
    let got = scene.world.report("1", "board.state.changed", board).await;
    assert_eq!(got.body["accepted"], json!([{"id": "1", "seq": null}]), "{}", got.body);
    state["cards"][&scene.card]["title"] = json!("renamed");
    let before = scene.world.head();
    let board = json!({"boardId": scene.board, "state": state});
    assert_eq!(scene.world.report("2", "board.state.changed", board).await.status, 202);
    assert_eq!(scene.world.types(&scene.board, before).await, ["board.state.changed"]);
    for (id, kind, data, seq) in [
        ("3", "agent.registered", json!({"agent": "robot", "label": "Robot"}), json!(before + 2)),
        ("4", "agent.registered", json!({"agent": "robot", "label": "Robot"}), Value::Null),
        (
            "5",
            "agent.profile.changed",
            json!({"kind": "created", "profileId": "p", "agent": "robot", "label": null}),
            json!(before + 3),
        ),
        ("6", "agent.profile.changed", json!({"kind": "created", "profileId": "p", "agent": "robot"}), Value::Null),
    ] {
        let got = scene.world.report(id, kind, data).await;
        assert_eq!(got.body["accepted"], json!([{"id": id, "seq": seq}]), "{id} {}", got.body);
    }
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named() {
    let scene = Scene::set().await;
    let other = scene.world.board("Other").await;
    let other_card = scene.world.card(&other, "x").await;
    let line = json!({"level": "info", "message": "x"});
    for (kind, more, field) in [
        ("attempt.log.appended", json!({"boardId": "none", "level": "info", "message": "x"}), "data.boardId"),
        ("attempt.log.appended", json!({"attemptId": "none", "level": "info", "message": "x"}), "data.attemptId"),
        ("attempt.log.appended", json!({"boardId": other, "level": "info", "message": "x"}), "data.attemptId"),
        ("attempt.log.appended", json!({"level": "loud", "message": "x"}), "data.level"),
        ("attempt.log.appended", json!({"level": "info"}), "data.message"),
        ("attempt.log.appended", json!({"level": "info", "message": "x", "colour": 1}), "data.colour"),
        ("attempt.log.appended", json!({"level": "info", "message": "x".repeat(64 * 1024 + 1)}), "data.message"),
        ("attempt.log.appended", json!({"level": "info", "message": "x", "ts": "today"}), "data.ts"),
        ("attempt.queued", json!({"cardId": "none", "attemptId": "a2"}), "data.cardId"),
        ("attempt.queued", json!({"boardId": other, "cardId": other_card}), "data.attemptId"),
        ("attempt.queued", json!({"attemptId": "a/2", "cardId": scene.card}), "data.attemptId"),
        ("attempt.status.changed", json!({"cardId": scene.card, "status": "done"}), "data.status"),
        (
            "attempt.status.changed",
            json!({"cardId": scene.card, "status": "running", "replayed": true}),
            "data.replayed",
        ),
        ("attempt.status.changed", json!({"cardId": "none", "status": "running"}), "data.cardId"),
        ("attempt.started", json!({"cardId": scene.card, "agent": "x", "branchName": "b"}), "data.baseBranch"),
        ("attempt.session.recorded", json!({"sessionId": 1}), "data.sessionId"),
        ("attempt.session.recorded", json!({"sessionId": "x", "more": 1}), "data.more"),
        ("attempt.todos.updated", json!({"todos": {"total": 1, "completed": 0, "items": [1]}}), "data.todos.items[0]"),
        ("git.commit.created", json!({"shortSha": "a", "sha": "a", "subject": "a\nb"}), "data.subject"),
        ("git.push.completed", json!({"remote": "origin", "branch": "x"}), "data.sha"),
        ("github.pr.created", json!({"attemptId": "", "pr": pr(false)}), "data.attemptId"),
        ("attempt.exploded", line.clone(), "type"),
    ] {
        scene.refused(kind, scene.data(more), field).await;
    }
    scene.refused("attempt.log.appended", json!([]), "data").await;
    let mut state = scene.world.get(&format!("/boards/{}/state", scene.board)).await.body;
    state["columnOrder"] = json!([]);
    let data = json!({"boardId": scene.board, "state": state});
    scene.refused("board.state.changed", data, "data.state.columnOrder").await;
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_envelope_is_that_of_cloudevents_1_0() {
    let scene = Scene::set().await;
    let data = scene.data(json!({"level": "info", "message": "x"}));
    let whole = json!({"specversion": "1.0", "source": "/s", "id": "e", "type": "attempt.log.appended", "data": data});
    let headers = [("content-type", "application/cloudevents+json; charset=utf-8")];
    let before = scene.world.head();
    for (name, value) in [
        ("specversion", json!("0.3")),
        ("specversion", Value::Null),
        ("id", json!("")),
        ("id", json!(1)),
        ("source", json!("")),
        ("source", json!("a b")),
        ("type", json!("")),
        ("time", json!("yesterday")),
        ("datacontenttype", json!("text/xml")),
        ("data", json!("x")),
    ] {
        let mut wrong = whole.clone();
        wrong[name] = value;
        let got = scene.world.call("POST", "/events", &headers, wrong.to_string()).await;
        assert_eq!((got.status, got.text("/field")), (422, name.to_owned()), "{wrong}");
    }
    for name in ["specversion", "id", "source", "type", "data"] {
        let mut wrong = whole.clone();
        wrong.as_object_mut().unwrap().remove(name);
        let got = scene.world.call("POST", "/events", &headers, wrong.to_string()).await;
        assert_eq!((got.status, got.text("/field")), (422, name.to_owned()), "{wrong}");
    }
    assert_eq!(scene.world.call("POST", "/events", &headers, "{").await.status, 400);
    assert_eq!(scene.world.call("POST", "/events", &headers, "[]").await.status, 422);
    assert_eq!(scene.world.call("POST", "/events", BATCH, "{}").await.status, 422);
    assert_eq!(scene.world.head(), before);
    let mut extended = whole;
    extended["traceparent"] = json!("00-x");
    extended["time"] = json!("1999-01-01T00:00:00Z");
    let got = scene.world.call("POST", "/events", &headers, extended.to_string()).await;
    assert_eq!(got.status, 202, "{}", got.body);
    let path = format!("/boards/{}/events?after={before}", scene.board);
    let event = scene.world.get(&path).await.body["events"][0].clone();
    assert_eq!(event["time"], "2026-01-01T00:00:00.000Z", "the log's time is the commit's");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_taken_whole_or_not_and_each_fact_once_per_board() {
    let scene = Scene::set().await;
    let other = scene.world.board("Other").await;
    let other_card = scene.world.card(&other, "x").await;
    let event = |id: &str, source: &str, data: Value| json!({"specversion": "1.0", "source": source, "id": id, "type": "attempt.log.appended", "data": data});
    let line = scene.data(json!({"level": "info", "message": "x"}));
    let bad = scene.data(json!({"attemptId": "none", "level": "info", "message": "x"}));
    let before = scene.world.head();
    let batch = json!([event("1", "/s", line.clone()), event("2", "/s", bad)]);
    let got = scene.world.call("POST", "/events", BATCH, batch.to_string()).await;
    assert_eq!((got.status, got.text("/field")), (422, "[1].data.attemptId".into()), "{}", got.body);
    assert_eq!(scene.world.head(), before);

    let batch = json!([event("1", "/s", line.clone()), event("1", "/s", line.clone()), event("1", "/t", line.clone())]);
    let got = scene.world.call("POST", "/events", BATCH, batch.to_string()).await;
    let accepted = json!([{"id": "1", "seq": before + 1}, {"id": "1", "seq": before + 2}]);
    assert_eq!(got.body, json!({"accepted": accepted, "duplicates": ["1"]}));
    let got = scene.world.call("POST", "/events", BATCH, batch.to_string()).await;
    assert_eq!(got.body, json!({"accepted": [], "duplicates": ["1", "1", "1"]}));
    assert_eq!(scene.world.head(), before + 2);
    // The same pair on another board is another fact.
    let queued = json!({"specversion": "1.0", "source": "/s", "id": "1", "type": "attempt.queued",
        "data": {"boardId": other, "attemptId": "b1", "cardId": other_card}});
    let got = scene.world.call("POST", "/events", BATCH, json!([queued]).to_string()).await;
    assert_eq!(got.body["accepted"], json!([{"id": "1", "seq": before + 3}]));
    assert_eq!(scene.world.call("POST", "/events", BATCH, "[]").await.status, 202);
    // An announced attempt is known to what follows it in the same batch.
    let mut queued = event("9", "/s", json!({"boardId": other, "attemptId": "b2", "cardId": other_card}));
    queued["type"] = json!("attempt.queued");
    let after = event("10", "/s", json!({"boardId": other, "attemptId": "b2", "level": "warn", "message": "y"}));
    assert_eq!(scene.world.call("POST", "/events", BATCH, json!([queued, after]).to_string()).await.status, 202);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_status_leaves_out_is_what_the_attempt_has() {
    let scene = Scene::set().await;
    let card = scene.card.clone();
    let sent = json!({"cardId": card, "status": "failed", "agent": "coder", "error": "broke", "needsInput": true,
        "startedAt": "2020-01-01T00:00:00.000Z", "endedAt": "2020-01-02T00:00:00.000Z", "ts": "2020-01-02T00:00:00.000Z"});
    scene.made("1", "attempt.status.changed", sent, &["attempt.status.changed"]).await;
    let again = json!({"cardId": card, "status": "running", "error": null});
    scene.made("2", "attempt.status.changed", again, &["attempt.status.changed"]).await;
    let path = format!("/boards/{}/events?after={}", scene.board, scene.world.head() - 1);
    let told = scene.world.get(&path).await.body["events"][0]["data"].clone();
    assert_eq!(
        told,
        json!({"boardId": scene.board, "attemptId": "a1", "cardId": card, "agent": "coder", "status": "running",
            "previousStatus": "failed", "needsInput": false, "startedAt": "2020-01-01T00:00:00.000Z", "endedAt": null,
            "error": null, "ts": "2026-01-01T00:00:00.000Z"})
    );
    for call in ["stop", "messages", "commit", "push", "permissions/x"] {
        let got = scene.world.send("POST", &format!("/attempts/a1/{call}"), &json!({})).await;
        assert_eq!((got.status, got.text("/code")), (409, "not_run_here".into()), "{call}");
    }
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_fields_are_looked_at_as_closely() {
    let scene = Scene::set().await;
    let stamp = "2026-01-01T00:00:00.000Z";
    let status = |name: &str, value: Value| {
        let mut status = git_status();
        status[name] = value;
        json!({ "status": status })
    };
    let pull = |name: &str, value: Value| {
        let mut pull = pr(false);
        pull[name] = value;
        json!({ "pr": pull })
    };
    let item = |item: Value| json!({ "item": item });
    let file = json!([{"path": "x", "oldPath": null, "status": "X", "staged": false}]);
    for (kind, more, field) in [
        ("git.status.changed", status("ahead", json!(-1)), "data.status.ahead"),
        ("git.status.changed", status("files", file), "data.status.files[0].status"),
        ("git.status.changed", status("summary", json!({})), "data.status.summary"),
        ("git.status.changed", status("more", json!(1)), "data.status.more"),
        ("github.pr.created", pull("number", json!("7")), "data.pr.number"),
        ("github.pr.created", pull("url", json!("javascript:alert(1)")), "data.pr.url"),
        ("github.pr.created", pull("state", json!("merged")), "data.pr.state"),
        ("github.pr.created", pull("title", json!("a\nb")), "data.pr.title"),
        ("github.pr.updated", pull("createdAt", json!("x")), "data.pr.createdAt"),
        ("attempt.conversation.appended", item(json!({"id": "i", "timestamp": stamp, "type": "song"})), "data.item"),
        (
            "attempt.conversation.appended",
            item(json!({"id": "i", "timestamp": stamp, "type": "thinking", "text": 1})),
            "data.item",
        ),
        (
            "attempt.conversation.appended",
            item(json!({"id": "i", "timestamp": stamp, "type": "thinking", "text": "x", "mood": 1})),
            "data.item",
        ),
        ("attempt.queued", json!({"cardId": scene.card, "attemptId": "x".repeat(65)}), "data.attemptId"),
        ("attempt.queued", json!({"cardId": scene.card, "agent": "a b"}), "data.agent"),
        ("attempt.queued", json!({"cardId": scene.card, "status": "running"}), "data.status"),
    ] {
        let before = scene.world.head();
        let got = scene.world.report("refused", kind, scene.data(more.clone())).await;
        let named = got.text("/field");
        assert!(got.status == 422 && named.starts_with(field), "{kind} {more}: {}", got.body);
        assert_eq!(scene.world.head(), before, "{kind} {more}");
    }
    // A time with another offset is the same time.
    let line = json!({"level": "info", "message": "x", "ts": "2026-01-01T02:00:00+02:00"});
    scene.made("1", "attempt.log.appended", line, &["attempt.log.appended"]).await;
    let logs = scene.world.get("/attempts/a1/logs").await.body;
    assert_eq!(logs["items"][0]["ts"], stamp);
    scene.world.end().await;
}

#[tokio::test]
async fn of_a_reported_attempt_no_more_is_kept_than_of_any_other_and_one_line_counts_the_rest() {
    let scene = Scene::set().await;
    let line = |n: usize| {
        let data = scene.data(json!({"level": "info", "message": format!("line {n}")}));
        json!({"specversion": "1.0", "id": format!("l{n}"), "source": "/test", "type": "attempt.log.appended", "data": data})
    };
    let mut seqs = Vec::new();
    for batch in (0..50_010).collect::<Vec<_>>().chunks(25_005) {
        let events = Value::from(batch.iter().map(|n| line(*n)).collect::<Vec<_>>());
        let got = scene.world.call("POST", "/events", BATCH, events.to_string()).await;
        assert_eq!(got.status, 202, "{}", got.body);
        seqs.extend(got.body["accepted"].as_array().unwrap().iter().map(|taken| taken["seq"].is_u64()));
    }
    // One place is kept for the line that counts.
    assert_eq!(seqs.iter().filter(|made| **made).count(), 49_999);
    let text = "x".repeat(300 << 10);
    let item = json!({"id": "i", "timestamp": "2026-01-01T00:00:00.000Z", "type": "message", "role": "assistant",
        "text": text, "format": "plaintext"});
    scene
        .made("item", "attempt.conversation.appended", json!({ "item": item }), &["attempt.conversation.appended"])
        .await;
    let shown = scene.world.get("/attempts/a1/conversation").await;
    let kept = shown.text("/items/0/text");
    assert!(kept.len() <= 256 << 10 && kept.ends_with(" bytes cut]"), "{}", kept.len());
    let ended = json!({"cardId": scene.card, "status": "succeeded"});
    let more = scene.data(json!({"level": "info", "message": "one more"}));
    for (end, said) in [("end", "11 lines and items were dropped"), ("end again", "1 line or item was dropped")] {
        let got = scene.world.report(end, "attempt.status.changed", scene.data(ended.clone())).await;
        assert_eq!(got.status, 202, "{}", got.body);
        let lines = scene.world.get("/attempts/a1/logs?limit=1").await;
        assert_eq!(lines.text("/items/0/level"), "warn");
        assert!(lines.text("/items/0/message").starts_with(said), "{}", lines.body);
        assert_eq!(scene.world.report("more", "attempt.log.appended", more.clone()).await.status, 202);
    }
}
