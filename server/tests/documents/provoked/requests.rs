//! What is refused as things stand.

use serde_json::{Value, json};

use crate::documents::codes::Given;
use crate::documents::world::{Got, World};

struct Scene<'a> {
    world: World,
    given: &'a mut Given,
    board: String,
    card: String,
    backlog: String,
    work: String,
}

impl Scene<'_> {
    async fn refuse(&mut self, call: &str, body: Value, code: &str) {
        let (method, path) = call.split_once(' ').unwrap();
        let path = self.filled(path);
        let body = serde_json::from_str(&self.filled(&body.to_string())).unwrap();
        let got = self.world.send(method, &path, &body).await;
        self.note(call, &got, code);
    }

    fn filled(&self, text: &str) -> String {
        let text = text.replace("$board", &self.board).replace("$card", &self.card);
        text.replace("$backlog", &self.backlog).replace("$work", &self.work)
    }

    fn note(&mut self, what: &str, got: &Got, code: &str) {
        self.given.note(what, got.status, &got.body, code);
    }

    async fn report(&mut self, kind: &str, data: Value, code: &str) {
        let data = serde_json::from_str(&self.filled(&data.to_string())).unwrap();
        let got = self.world.report(kind, kind, data).await;
        self.note(kind, &got, code);
    }
}

#[tokio::main]
pub async fn provoke(given: &mut Given) {
    let world = World::start().await;
    let board = world.board("Refusals").await;
    let card = world.card(&board, "first").await;
    let (backlog, work) = (world.column(&board, 0).await, world.column(&board, 1).await);
    let mut scene = Scene { world, given, board, card, backlog, work };
    plain(&mut scene).await;
    repositories(&mut scene).await;
    boards(&mut scene).await;
    agents(&mut scene).await;
    attempts(&mut scene).await;
    keys(&mut scene).await;
    scene.world.end().await;
}

async fn plain(scene: &mut Scene<'_>) {
    for (call, body, code) in [
        ("GET /nothing", json!(null), "not_found"),
        ("PUT /boards", json!({}), "method_not_allowed"),
        ("POST /boards", json!({}), "invalid_field"),
        ("POST /events", json!({}), "unsupported_media_type"),
        ("GET /boards/$board/events?limit=0", json!(null), "bad_parameter"),
        ("GET /boards/$board/events?after=x", json!(null), "bad_cursor"),
        ("GET /boards/$board/events?after=other-1", json!(null), "trimmed"),
    ] {
        scene.refuse(call, body, code).await;
    }
    let json = [("content-type", "application/json")];
    let got = scene.world.call("POST", "/boards", &json, "{").await;
    scene.note("no JSON", &got, "bad_json");
}

async fn repositories(scene: &mut Scene<'_>) {
    let path = scene.world.dir.path().join("repository");
    super::init(&path);
    let board = |base: &str| json!({"name": "x", "repositoryPath": path, "baseBranch": base});
    scene.refuse("POST /boards", json!({"name": "x", "repositoryPath": "/nothing/here"}), "invalid_repository").await;
    scene.refuse("POST /boards", board("-x"), "invalid_branch").await;
    scene.refuse("POST /boards", board("nowhere"), "unknown_base").await;
}

async fn boards(scene: &mut Scene<'_>) {
    let cards = "POST /boards/$board/cards";
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    scene.refuse(cards, json!({"title": "x", "dependsOn": ["nothing"]}), "unknown_dependency").await;
    scene.refuse(cards, json!({"title": "x", "dependsOn": many}), "too_many_dependencies").await;
    scene.refuse(cards, json!({"title": "x", "columnId": "nothing"}), "unknown_column").await;
    let itself = json!({"dependsOn": ["$card"]});
    scene.refuse("PATCH /boards/$board/cards/$card", itself, "dependency_cycle").await;
    scene.refuse("DELETE /boards/$board/columns/$backlog", json!(null), "column_not_empty").await;
    scene.refuse("POST /boards/$board/columns", json!({"title": "x", "key": "done"}), "duplicate_key").await;
    let path = scene.filled("/boards/$board/cards");
    let blocked = scene.world.made(&path, json!({"title": "x", "dependsOn": [scene.card]})).await;
    let shift = format!("POST /boards/$board/cards/{}/move", blocked["id"].as_str().unwrap());
    scene.refuse(&shift, json!({"columnId": "$work", "index": 0}), "card_blocked").await;
    let state = "PUT /boards/$board/state";
    scene.refuse(state, json!({"columns": {}, "columnOrder": ["x"], "cards": {}}), "invalid_state").await;
    let column = |id: &str| (id.to_owned(), json!({"id": id, "title": "x", "cardIds": []}));
    let columns: serde_json::Map<_, _> = (0..51).map(|n| column(&n.to_string())).collect();
    scene.refuse(state, json!({"columns": columns, "columnOrder": [], "cards": {}}), "too_many_columns").await;
    let card = |id: String| (id.clone(), json!({"id": id, "ticketKey": "A-1", "title": "x"}));
    let cards: serde_json::Map<_, _> = (0..10_001).map(|n| card(n.to_string())).collect();
    scene.refuse(state, json!({"columns": {}, "columnOrder": [], "cards": cards}), "too_many_cards").await;
}

async fn agents(scene: &mut Scene<'_>) {
    let agent = json!({"agent": "one", "protocol": "acp", "command": "x"});
    scene.world.made("/agents", agent.clone()).await;
    scene.world.made("/agent-profiles", json!({"agent": "one"})).await;
    scene.refuse("POST /agents", agent, "agent_exists").await;
    scene.refuse("DELETE /agents/one", json!(null), "agent_in_use").await;
    scene.refuse("POST /agent-profiles", json!({"agent": "nobody"}), "unknown_agent").await;
}

async fn attempts(scene: &mut Scene<'_>) {
    let queued = |board: &str, card: &str| json!({"boardId": board, "attemptId": "a", "cardId": card});
    let session = json!({"boardId": "$board", "attemptId": "nothing", "sessionId": "s"});
    scene.report("attempt.queued", queued("nothing", "$card"), "unknown_board").await;
    scene.report("attempt.queued", queued("$board", "nothing"), "unknown_card").await;
    scene.report("attempt.session.recorded", session, "unknown_attempt").await;
    let data = serde_json::from_str(&scene.filled(&queued("$board", "$card").to_string())).unwrap();
    assert_eq!(scene.world.report("1", "attempt.queued", data).await.status, 202);
    scene.refuse("POST /attempts/a/stop", json!({}), "not_run_here").await;
    scene.refuse("DELETE /attempts/a", json!(null), "attempt_active").await;
}

async fn keys(scene: &mut Scene<'_>) {
    let cards = scene.filled("/boards/$board/cards");
    let keyed = [("content-type", "application/json"), ("idempotency-key", "k")];
    let made = scene.world.call("POST", &cards, &keyed, r#"{"title":"x"}"#).await;
    let got = scene.world.call("POST", &cards, &keyed, r#"{"title":"y"}"#).await;
    scene.note("another body", &got, "idempotency_key_reused");
    let card = format!("{cards}/{}", made.text("/id"));
    let got = scene.world.call("DELETE", &card, &[("if-match", "\"x-1\"")], "").await;
    scene.note("another version", &got, "precondition_failed");
    assert_eq!(scene.world.call("DELETE", &card, &[], "").await.status, 204);
    let got = scene.world.call("POST", &cards, &keyed, r#"{"title":"x"}"#).await;
    scene.note("of what is gone", &got, "answer_deleted");
}
