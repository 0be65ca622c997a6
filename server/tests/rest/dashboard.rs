//! All boards at one look: each number after known facts, and when streams are told.

use std::time::Duration;

use boardcast::client::Frame;
use serde_json::{Value, json};

use super::world::{Listener, World};

const MINUTE: Duration = Duration::from_secs(60);

struct Scene {
    world: World,
    board: String,
    facts: std::cell::Cell<u32>,
}

impl Scene {
    async fn set() -> Self {
        let world = World::start().await;
        let board = world.board("Seen").await;
        Self { world, board, facts: std::cell::Cell::default() }
    }

    async fn tell(&self, kind: &str, attempt: &str, more: Value) {
        self.facts.set(self.facts.get() + 1);
        let mut data = json!({"boardId": self.board, "attemptId": attempt});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let got = self.world.report(&format!("fact-{}", self.facts.get()), kind, data).await;
        assert_eq!(got.status, 202, "{}", got.body);
    }

    async fn queue(&self, attempt: &str, card: &str) {
        self.tell("attempt.queued", attempt, json!({"cardId": card, "agent": "robot"})).await;
    }

    async fn turn(&self, attempt: &str, card: &str, status: &str) {
        self.tell("attempt.status.changed", attempt, json!({"cardId": card, "status": status})).await;
    }

    async fn finished(&self, attempt: &str, card: &str, status: &str) {
        self.queue(attempt, card).await;
        self.turn(attempt, card, "running").await;
        self.turn(attempt, card, status).await;
    }

    async fn overview(&self) -> Value {
        let got = self.world.get("/dashboard").await;
        assert_eq!(got.status, 200, "{}", got.body);
        got.body
    }

    async fn dashboard(&self) -> Listener {
        self.world.stream("", &[]).await
    }
}

fn ids(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["attemptId"].as_str().unwrap()).collect()
}

fn data(frame: &Frame) -> Value {
    serde_json::from_str(&frame.data).unwrap()
}

fn total(overview: &Value, key: &str) -> f64 {
    overview["metrics"]["byKey"][key]["total"].as_f64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_follows_from_the_facts() {
    let scene = Scene::set().await;
    let card = scene.world.card(&scene.board, "one").await;
    let other = scene.world.card(&scene.board, "two").await;
    scene.finished("good", &card, "succeeded").await;
    scene.world.clock.advance(MINUTE);
    scene.finished("bad", &other, "failed").await;
    scene.queue("waits", &other).await;
    let seen = scene.overview().await;
    let metrics = &seen["metrics"];
    assert_eq!(metrics["activeAttempts"], 1);
    assert_eq!(metrics["attemptsInRange"], 3);
    assert_eq!(metrics["successRateInRange"], 0.5);
    assert_eq!(metrics["reviewItemsCount"], 1);
    assert_eq!(metrics["projectsWithActivity"], 1);
    for (key, expected) in [
        ("attempts.started", 3.0),
        ("attempts.succeeded", 1.0),
        ("attempts.failed", 1.0),
        ("attempts.active", 1.0),
        ("cards.open", 2.0),
        // The board, two cards, seven statuses and the move to Review.
        ("events.published", 11.0),
    ] {
        assert!((total(&seen, key) - expected).abs() < f64::EPSILON, "{key}: {}", total(&seen, key));
    }
    assert_eq!(ids(&seen["activeAttempts"]), ["waits"]);
    assert_eq!(ids(&seen["recentAttemptActivity"]), ["waits", "bad", "good"]);
    assert_eq!(seen["recentAttemptActivity"][2]["durationSeconds"], Value::Null);
    let project = &seen["projectSnapshots"][0];
    assert_eq!(project["columnCardCounts"], json!({"backlog": 1, "inProgress": 0, "review": 1, "done": 0}));
    let numbers = ["activeAttemptsCount", "openCards", "totalCards", "attemptsInRange", "failedAttemptsInRange"];
    assert_eq!(numbers.map(|name| project[name].as_u64().unwrap()), [1, 2, 2, 3, 1]);
    let health = json!({"activityScore": 11, "failureRateInRange": 0.5, "isHighActivity": true, "isAtRisk": false});
    assert_eq!(project["health"], health);
    let robot = seen["agentStats"].as_array().unwrap().iter().find(|stat| stat["agentId"] == "robot").unwrap();
    let counts = ["attemptsStarted", "attemptsSucceeded", "attemptsFailed"].map(|name| robot[name].as_u64().unwrap());
    assert_eq!((counts, &robot["successRate"]), ([3, 1, 1], &json!(0.5)));
    assert_eq!(seen["timeRange"]["preset"], "last_7d");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_holds_what_waits_for_somebody() {
    let scene = Scene::set().await;
    let card = scene.world.card(&scene.board, "one").await;
    scene.finished("lost", &card, "failed").await;
    assert_eq!(ids(&scene.overview().await["inboxItems"]["failed"]), ["lost"]);
    scene.finished("won", &card, "succeeded").await;
    let inbox = scene.overview().await["inboxItems"].clone();
    assert_eq!((ids(&inbox["failed"]), ids(&inbox["review"])), (vec![], vec!["won"]));
    scene.finished("again", &card, "failed").await;
    assert_eq!(ids(&scene.overview().await["inboxItems"]["failed"]), ["again"]);

    let done = scene.world.column(&scene.board, 3).await;
    let path = format!("/boards/{}/cards/{card}/move", scene.board);
    scene.world.send("POST", &path, &json!({"columnId": done, "index": 0})).await;
    assert_eq!(scene.overview().await["inboxItems"]["review"], json!([]));

    scene.queue("asks", &card).await;
    let asking = json!({"cardId": card, "status": "running", "needsInput": true});
    scene.tell("attempt.status.changed", "asks", asking).await;
    let inbox = scene.overview().await["inboxItems"].clone();
    assert_eq!(ids(&inbox["needsInput"]), ["asks"]);
    assert_eq!(inbox["meta"]["total"], 2);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queued_for_ten_minutes_or_silent_for_thirty_is_stuck() {
    let mut scene = Scene::set().await;
    let card = scene.world.card(&scene.board, "one").await;
    scene.queue("waits", &card).await;
    scene.queue("works", &card).await;
    scene.turn("works", &card, "running").await;
    scene.world.later((10 * MINUTE).saturating_sub(Duration::from_millis(1)));
    assert_eq!(scene.overview().await["inboxItems"]["stuck"], json!([]));
    scene.world.later(Duration::from_millis(1));
    let stuck = scene.overview().await["inboxItems"]["stuck"].clone();
    assert_eq!((ids(&stuck), &stuck[0]["stuckForSeconds"]), (vec!["waits"], &json!(600)));
    scene.tell("attempt.log.appended", "works", json!({"level": "info", "message": "still here"})).await;
    scene.world.later(20 * MINUTE);
    assert_eq!(ids(&scene.overview().await["inboxItems"]["stuck"]), ["waits"]);
    scene.world.later(10 * MINUTE);
    assert_eq!(ids(&scene.overview().await["inboxItems"]["stuck"]), ["works", "waits"]);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_dashboard_opens_with_an_overview_that_carries_the_id() {
    let scene = Scene::set().await;
    let mut stream = scene.dashboard().await;
    let opening = stream.take(2).await;
    assert_eq!(opening[0].event, "hello");
    assert_eq!(opening[1].event, "dashboard_overview");
    assert_eq!(opening[1].id, Some(format!("{}-1", scene.world.epoch())));
    // With a board, after it.
    let mut both = scene.world.stream(&format!("?boardId={}&dashboard=1", scene.board), &[]).await;
    let opening = both.take(3).await;
    let told: Vec<(&str, bool)> = opening.iter().map(|frame| (frame.event.as_str(), frame.id.is_some())).collect();
    assert_eq!(told, [("hello", false), ("state", false), ("dashboard_overview", true)]);
    // After a served cursor it comes first, and without.
    let cursor = opening[2].id.clone().unwrap();
    scene.world.card(&scene.board, "later").await;
    let query = format!("?boardId={}&dashboard=1&state=patch", scene.board);
    let mut again = scene.world.stream(&query, &[("last-event-id", &cursor)]).await;
    let tail = again.take(3).await;
    let told: Vec<(&str, bool)> = tail.iter().map(|frame| (frame.event.as_str(), frame.id.is_some())).collect();
    assert_eq!(told, [("hello", false), ("dashboard_overview", false), ("state_patch", true)]);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_each_quarter_second_with_one_after_the_last() {
    let scene = Scene::set().await;
    let mut stream = scene.dashboard().await;
    stream.take(2).await;
    for n in 0..5 {
        scene.world.card(&scene.board, &format!("card {n}")).await;
    }
    scene.world.clock.advance(Duration::from_millis(250));
    let frame = stream.next().await.unwrap();
    assert_eq!((frame.event.as_str(), &frame.id), ("dashboard_overview", &None));
    assert_eq!(data(&frame)["projectSnapshots"][0]["openCards"], 5);
    // A name is no fact, and shows.
    let path = format!("/boards/{}", scene.board);
    scene.world.send("PATCH", &path, &json!({"name": "Another"})).await;
    scene.world.clock.advance(Duration::from_millis(250));
    assert_eq!(data(&stream.next().await.unwrap())["projectSnapshots"][0]["name"], "Another");
    // A board that goes, too.
    scene.world.call("DELETE", &path, &[], "").await;
    scene.world.clock.advance(Duration::from_millis(250));
    assert_eq!(data(&stream.next().await.unwrap())["projectSnapshots"], json!([]));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_show_only_in_their_number_are_told_each_second() {
    let scene = Scene::set().await;
    let mut stream = scene.dashboard().await;
    stream.take(2).await;
    // Moved within its column: no number but that of the events is another.
    let (one, _) = (scene.world.card(&scene.board, "one").await, scene.world.card(&scene.board, "two").await);
    scene.world.clock.advance(Duration::from_millis(250));
    let before = total(&data(&stream.next().await.unwrap()), "events.published");
    let column = scene.world.column(&scene.board, 0).await;
    let path = format!("/boards/{}/cards/{one}/move", scene.board);
    scene.world.send("POST", &path, &json!({"columnId": column, "index": 1})).await;
    scene.world.clock.advance(Duration::from_millis(999));
    // What follows would be told after it, if it were told early.
    scene.world.clock.advance(Duration::from_millis(1));
    let after = stream.next().await.unwrap();
    assert!((total(&data(&after), "events.published") - before - 1.0).abs() < f64::EPSILON);
    assert_eq!(data(&after)["generatedAt"], "2026-01-01T00:00:01.250Z");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_alone_tells_nothing_but_who_becomes_stuck() {
    let scene = Scene::set().await;
    let card = scene.world.card(&scene.board, "one").await;
    scene.queue("waits", &card).await;
    let mut stream = scene.dashboard().await;
    assert_eq!(data(&stream.take(2).await[1])["inboxItems"]["stuck"], json!([]));
    for _ in 0..10 {
        scene.world.clock.advance(MINUTE);
    }
    let told = loop {
        let frame = stream.next().await.unwrap();
        if frame.event != "heartbeat" {
            break frame;
        }
    };
    assert_eq!(ids(&data(&told)["inboxItems"]["stuck"]), ["waits"]);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_range_can_be_asked_for_and_a_bad_one_is_named() {
    let scene = Scene::set().await;
    for (query, points, seconds) in [
        ("timeRangePreset=last_24h", 25, 3600),
        ("timeRangePreset=last_7d", 8, 86400),
        ("timeRangePreset=last_30d", 31, 86400),
        ("timeRangePreset=last_90d", 91, 86400),
        ("timeRangePreset=all_time", 1, 86400),
        ("from=2025-12-01T00:00:00Z&to=2026-01-02T00:00:00Z", 32, 86400),
        ("from=2024-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 105, 604_800),
    ] {
        let got = scene.world.get(&format!("/dashboard?{query}")).await;
        let series = got.body["metrics"]["byKey"]["events.published"].clone();
        let shape = (series["points"].as_array().unwrap().len(), series["points"][0]["bucketSizeSeconds"].as_u64());
        assert_eq!(shape, (points, Some(seconds)), "{query}");
        assert_eq!(series["total"], 1.0, "{query}");
    }
    for (query, field) in [
        ("timeRangePreset=last_week", "timeRangePreset"),
        ("from=yesterday&to=2026-01-02T00:00:00Z", "from"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("from=2026-01-02T00:00:00Z", "to"),
        ("to=2026-01-02T00:00:00Z", "from"),
    ] {
        let got = scene.world.get(&format!("/dashboard?{query}")).await;
        assert_eq!((got.status, got.text("/field")), (400, field.to_owned()), "{query}");
    }
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sums_outlive_what_is_forgotten_and_a_restart() {
    let scene = Scene::set().await;
    let card = scene.world.card(&scene.board, "one").await;
    scene.finished("good", &card, "succeeded").await;
    scene.queue("open", &card).await;
    let path = format!("/boards/{}/cards/{card}", scene.board);
    assert_eq!(scene.world.call("DELETE", &path, &[], "").await.status, 204);
    let seen = scene.overview().await;
    let of = |seen: &Value| {
        ["attempts.started", "attempts.succeeded", "attempts.active", "cards.open"]
            .map(|key| total(seen, key).to_string())
    };
    assert_eq!(of(&seen), ["2", "1", "0", "0"]);
    let clock = scene.world.clock.clone();
    let dir = scene.world.end().await;
    let world = World::open(dir, clock).await;
    assert_eq!(of(&world.get("/dashboard").await.body), ["2", "1", "0", "0"]);
    world.end().await;
}
