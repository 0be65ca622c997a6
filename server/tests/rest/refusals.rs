//! What is refused, and how: the status, the word for programs, the field at fault. Nothing of it takes effect.

use serde_json::{Value, json};

use super::world::World;

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

struct Scene {
    world: World,
    board: String,
    card: String,
    blocked: String,
    columns: Vec<String>,
}

impl Scene {
    async fn set() -> Self {
        let world = World::start().await;
        let board = world.board("Refusals").await;
        let card = world.card(&board, "first").await;
        let path = format!("/boards/{board}/cards");
        let blocked = world.made(&path, json!({"title": "second", "dependsOn": [card]})).await;
        let blocked = blocked["id"].as_str().unwrap().to_owned();
        let mut columns = Vec::new();
        for index in 0..4 {
            columns.push(world.column(&board, index).await);
        }
        Self { world, board, card, blocked, columns }
    }

    fn fill(&self, text: &str) -> String {
        text.replace("$board", &self.board)
            .replace("$card", &self.card)
            .replace("$blocked", &self.blocked)
            .replace("$backlog", &self.columns[0])
            .replace("$work", &self.columns[1])
    }

    /// Sends it; the answer must be a problem of that status, code and field, and nothing may have happened.
    async fn refuse(&self, call: &str, headers: &[(&str, &str)], body: &str, expected: (u16, &str, &str)) {
        let (method, path) = call.split_once(' ').unwrap();
        let before = self.world.head();
        let got = self.world.call(method, &self.fill(path), headers, self.fill(body)).await;
        let what: String = format!("{call} {body}").chars().take(300).collect();
        let told = (got.status, got.text("/code"), got.text("/field"));
        assert_eq!(told, (expected.0, expected.1.to_owned(), self.fill(expected.2)), "{what}: {}", got.body);
        assert_eq!(got.header("content-type"), "application/problem+json", "{what}");
        assert_eq!(got.body["status"], expected.0, "{what}");
        for member in ["/type", "/title", "/detail"] {
            assert!(!got.text(member).is_empty(), "{what}: no {member}");
        }
        assert_eq!(self.world.head(), before, "{what}: the log moved");
    }

    async fn table(self, cases: &[(&str, &str, u16, &str, &str)]) {
        for (call, body, status, code, field) in cases {
            self.refuse(call, JSON, body, (*status, code, field)).await;
        }
        self.world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_json_is_400_and_what_is_not_the_body_names_its_field() {
    let cases: Vec<(&str, &str, u16, &str, &str)> = vec![
        ("POST /boards", "", 400, "bad_json", ""),
        ("POST /boards", "{", 400, "bad_json", ""),
        ("POST /boards", "{'name':'x'}", 400, "bad_json", ""),
        ("POST /boards", r#"{"name":"x",}"#, 400, "bad_json", ""),
        ("POST /boards", r#"{"name":"x"} {}"#, 400, "bad_json", ""),
        ("POST /boards", r#"{"name":"\ud800"}"#, 400, "bad_json", ""),
        ("POST /boards", "{\"name\":\"a\nb\"}", 400, "bad_json", ""),
        ("POST /boards", "\u{feff}{\"name\":\"x\"}", 400, "bad_json", ""),
        ("POST /boards", r#"{"name":NaN}"#, 400, "bad_json", ""),
        ("POST /boards", r#"{"name":"x","name":"y"}"#, 400, "bad_json", ""),
        ("POST /boards", r#"{"name":"x","n\u0061me":"x"}"#, 400, "bad_json", ""),
        ("PUT /boards/$board/state", r#"{"columns":{},"columnOrder":[],"cards":{"a":{},"a":{}}}"#, 400, "bad_json", ""),
        ("POST /boards", "[]", 422, "invalid_field", ""),
        ("POST /boards", r#"["x"]"#, 422, "invalid_field", ""),
        ("POST /boards", "null", 422, "invalid_field", ""),
        ("POST /boards", "{}", 422, "invalid_field", "name"),
        ("POST /boards", r#"{"name":null}"#, 422, "invalid_field", "name"),
        ("POST /boards", r#"{"name":7}"#, 422, "invalid_field", "name"),
        ("POST /boards", r#"{"name":"x","colour":1}"#, 422, "invalid_field", "colour"),
        ("POST /boards", r#"{"name":"x","ticketPrefix":null}"#, 422, "invalid_field", "ticketPrefix"),
        ("POST /boards", r#"{"name":"x","ticketPrefix":"a b"}"#, 422, "invalid_field", "ticketPrefix"),
        ("POST /boards", r#"{"name":"x","githubRepo":"x"}"#, 422, "invalid_field", "githubRepo"),
        ("POST /boards", r#"{"name":"x","repositoryPath":"rel"}"#, 422, "invalid_repository", "repositoryPath"),
        ("POST /boards", r#"{"name":"x","repositoryPath":"/dev/null"}"#, 422, "invalid_repository", "repositoryPath"),
        ("PATCH /boards/$board", r#"{"name":null}"#, 422, "invalid_field", "name"),
        ("PATCH /boards/$board", r#"{"remote":"https://x/y"}"#, 422, "invalid_field", "remote"),
        ("PATCH /boards/$board", r#"{"autoPush":"yes"}"#, 422, "invalid_field", "autoPush"),
        ("PATCH /boards/$board", r#"{"defaultAgent":"nobody"}"#, 422, "unknown_agent", "defaultAgent"),
        ("PATCH /boards/$board", r#"{"id":"x"}"#, 422, "invalid_field", "id"),
        ("POST /boards/$board/cards", r#"{"title":"x","ticketType":"epic"}"#, 422, "invalid_field", "ticketType"),
        ("POST /boards/$board/cards", r#"{"title":"x","dependsOn":null}"#, 422, "invalid_field", "dependsOn"),
        ("POST /boards/$board/cards", r#"{"title":"x","dependsOn":[1]}"#, 422, "invalid_field", "dependsOn[0]"),
        ("POST /boards/$board/cards", r#"{"title":"x","index":-1}"#, 422, "invalid_field", "index"),
        ("POST /boards/$board/cards", r#"{"title":"x","index":1.5}"#, 422, "invalid_field", "index"),
        ("POST /boards/$board/cards", r#"{"title":"x","index":null}"#, 422, "invalid_field", "index"),
        ("POST /boards/$board/cards", r#"{"title":"x","columnId":"no"}"#, 422, "unknown_column", "columnId"),
        ("PATCH /boards/$board/cards/$card", r#"{"isEnhanced":null}"#, 422, "invalid_field", "isEnhanced"),
        ("PATCH /boards/$board/cards/$card", r#"{"columnId":"$work"}"#, 422, "invalid_field", "columnId"),
        ("POST /boards/$board/columns", r#"{"title":"x","key":"later"}"#, 422, "invalid_field", "key"),
        ("POST /boards/$board/columns", r#"{"title":"x","index":-1}"#, 422, "invalid_field", "index"),
        ("POST /boards/$board/cards/$card/move", r#"{"columnId":"$work"}"#, 422, "invalid_field", "index"),
        ("POST /boards/$board/cards/$card/move", r#"{"columnId":"$work","index":-1}"#, 422, "invalid_field", "index"),
        ("POST /boards/$board/cards/$card/move", r#"{"columnId":"no","index":0}"#, 422, "unknown_column", "columnId"),
        ("POST /agents", r#"{"agent":"a b","protocol":"acp","command":"x"}"#, 422, "invalid_field", "agent"),
        ("POST /agents", r#"{"agent":"a","protocol":"tcp","command":"x"}"#, 422, "invalid_field", "protocol"),
        ("POST /agents", r#"{"agent":"a","protocol":"acp","command":" "}"#, 422, "invalid_field", "command"),
        (
            "POST /agents",
            r#"{"agent":"a","protocol":"acp","command":"x","args":["",3]}"#,
            422,
            "invalid_field",
            "args[1]",
        ),
        (
            "POST /agents",
            r#"{"agent":"a","protocol":"acp","command":"x","env":{"A":1}}"#,
            422,
            "invalid_field",
            "env.A",
        ),
    ];
    Scene::set().await.table(&cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_as_long_and_as_plain_as_they_may_be() {
    let scene = Scene::set().await;
    let bad = [
        String::new(),
        " \t ".into(),
        "\u{3000}".into(),
        "a\nb".into(),
        "a\rb".into(),
        "a\0".into(),
        "\u{1b}[31m".into(),
        "\u{7f}".into(),
        "\u{85}x".into(),
        "x".repeat(501),
    ];
    let titled = [
        ("POST /boards/$board/cards", (422, "invalid_field", "title")),
        ("PATCH /boards/$board/cards/$card", (422, "invalid_field", "title")),
        ("POST /boards/$board/columns", (422, "invalid_field", "title")),
        ("PATCH /boards/$board/columns/$backlog", (422, "invalid_field", "title")),
    ];
    for text in &bad {
        for (call, expected) in titled {
            scene.refuse(call, JSON, &json!({ "title": text }).to_string(), expected).await;
        }
    }
    for name in ["", " ", "a\0", &"ü".repeat(201)] {
        let body = json!({ "name": name }).to_string();
        scene.refuse("POST /boards", JSON, &body, (422, "invalid_field", "name")).await;
    }
    let long = json!({"title": "x", "description": "x".repeat(64 * 1024 + 1)}).to_string();
    scene.refuse("POST /boards/$board/cards", JSON, &long, (422, "invalid_field", "description")).await;

    let description = format!("\0\r\n\u{2028}\u{1b}{}", "x".repeat(64 * 1024 - 7));
    let path = format!("/boards/{}/cards", scene.board);
    let card = scene.world.made(&path, json!({"title": "ü".repeat(500), "description": description})).await;
    assert_eq!(card["description"], description.as_str());
    scene.world.board(&"ü".repeat(200)).await;
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_card_isnt_moved_within_in_progress_either_but_may_leave_it() {
    let scene = Scene::set().await;
    let shift = format!("/boards/{}/cards/{}/move", scene.board, scene.card);
    let to = |column: &str| json!({"columnId": column, "index": 0}).to_string();
    assert_eq!(scene.world.call("POST", &shift, JSON, to(&scene.columns[1])).await.status, 200);
    let other = scene.world.card(&scene.board, "other").await;
    let body = json!({"dependsOn": [other]}).to_string();
    let card = format!("/boards/{}/cards/{}", scene.board, scene.card);
    assert_eq!(scene.world.call("PATCH", &card, JSON, body).await.status, 200);
    let within = r#"{"columnId":"$work","index":1}"#;
    scene.refuse("POST /boards/$board/cards/$card/move", JSON, within, (409, "card_blocked", "")).await;
    assert_eq!(scene.world.call("POST", &shift, JSON, to(&scene.columns[0])).await.status, 200);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_a_board_hold() {
    let cases: Vec<(&str, &str, u16, &str, &str)> = vec![
        ("PATCH /boards/$board/cards/$card", r#"{"dependsOn":["$blocked"]}"#, 422, "dependency_cycle", "dependsOn"),
        ("PATCH /boards/$board/cards/$card", r#"{"dependsOn":["$card"]}"#, 422, "dependency_cycle", "dependsOn"),
        ("PATCH /boards/$board/cards/$card", r#"{"dependsOn":["gone"]}"#, 422, "unknown_dependency", "dependsOn"),
        ("POST /boards/$board/cards", r#"{"title":"x","dependsOn":["gone"]}"#, 422, "unknown_dependency", "dependsOn"),
        ("POST /boards/$board/columns", r#"{"title":"x","key":"done"}"#, 409, "duplicate_key", ""),
        ("DELETE /boards/$board/columns/$backlog", "", 409, "column_not_empty", ""),
        ("POST /boards/$board/cards/$blocked/move", r#"{"columnId":"$work","index":0}"#, 409, "card_blocked", ""),
        ("GET /boards/none", "", 404, "not_found", ""),
        ("GET /boards/a%20b", "", 404, "not_found", ""),
        ("GET /boards/$board/cards/none", "", 404, "not_found", ""),
        ("PATCH /boards/$board/columns/none", "{}", 404, "not_found", ""),
        ("POST /boards/none/cards", r#"{"title":"x"}"#, 404, "not_found", ""),
        ("GET /attempts/none", "", 404, "not_found", ""),
        ("GET /attempts/none/logs", "", 404, "not_found", ""),
        ("GET /nothing", "", 404, "not_found", ""),
        ("GET /boards/$board/git-status", "", 409, "no_repository", ""),
        ("GET /boards/$board/events?limit=0", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=1001", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=x", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=%2B5", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=05", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=5.0", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?limit=18446744073709551621", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/events?after=%2B1", "", 400, "bad_cursor", "after"),
        ("GET /boards/$board/events?before=%2B1", "", 400, "bad_cursor", "before"),
        ("GET /boards/$board/events?after=x", "", 400, "bad_cursor", "after"),
        ("GET /boards/$board/events?after=-1", "", 400, "bad_cursor", "after"),
        ("GET /boards/$board/events?after=01", "", 400, "bad_cursor", "after"),
        ("GET /boards/$board/events?after=otherepoch-1", "", 410, "trimmed", "after"),
        ("GET /boards/$board/attempts?limit=0", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/attempts?limit=%2B5", "", 400, "bad_parameter", "limit"),
        ("GET /boards/$board/attempts?before=x", "", 400, "bad_parameter", "before"),
        ("GET /boards/$board/attempts?before=%2B1", "", 400, "bad_parameter", "before"),
        ("GET /sse?boardId=", "", 400, "bad_parameter", "boardId"),
        ("GET /sse?boardId=*", "", 400, "bad_parameter", "boardId"),
        ("GET /sse?projectId=a/b", "", 400, "bad_parameter", "projectId"),
        ("GET /sse?boardId=$board&state=half", "", 400, "bad_parameter", "state"),
        ("GET /sse?boardId=none", "", 404, "not_found", ""),
    ];
    Scene::set().await.table(&cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_has_50_columns_and_a_card_100_dependencies() {
    let scene = Scene::set().await;
    let world = &scene.world;
    for n in 4..50 {
        world.made(&format!("/boards/{}/columns", scene.board), json!({ "title": n.to_string() })).await;
    }
    let expected = (422, "too_many_columns", "columns");
    scene.refuse("POST /boards/$board/columns", JSON, r#"{"title":"x"}"#, expected).await;
    let mut cards = Vec::new();
    for n in 0..101 {
        cards.push(world.card(&scene.board, &n.to_string()).await);
    }
    let body = json!({"title": "x", "dependsOn": cards}).to_string();
    let expected = (422, "too_many_dependencies", "dependsOn");
    scene.refuse("POST /boards/$board/cards", JSON, &body, expected).await;
    let body = json!({"title": "x", "dependsOn": cards[..100]});
    world.made(&format!("/boards/{}/cards", scene.board), body).await;
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_too_many_boards_is_refused_and_an_unknown_one_is_named() {
    let scene = Scene::set().await;
    let boards = |count: usize| (0..count).map(|n| format!("boardId=b{n}")).collect::<Vec<_>>().join("&");
    let got = scene.world.get(&format!("/sse?{}", boards(33))).await;
    assert_eq!((got.status, got.text("/field")), (400, "boardId".into()));
    let repeated = vec!["boardId=none"; 40].join("&");
    let got = scene.world.get(&format!("/sse?{repeated}")).await;
    assert_eq!((got.status, got.text("/boardId")), (404, "none".into()));
    // The known one's id is a part of the unknown one's.
    let got = scene.world.get(&format!("/sse?boardId={0}&boardId={0}x", scene.board)).await;
    assert_eq!((got.status, got.text("/boardId")), (404, format!("{}x", scene.board)));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_board_must_agree_with_itself() {
    let scene = Scene::set().await;
    let world = &scene.world;
    let path = format!("/boards/{}/state", scene.board);
    let state = world.get(&path).await.body;
    let (backlog, work, card) = (&scene.columns[0], &scene.columns[1], &scene.card);
    let edits: Vec<(Box<dyn Fn(&mut Value)>, &str, String)> = vec![
        (Box::new(|s| s["columnOrder"] = json!([backlog])), "invalid_state", "columnOrder".into()),
        (Box::new(|s| s["columnOrder"][0] = json!(work)), "invalid_state", "columnOrder".into()),
        (Box::new(|s| s["columns"][work]["id"] = json!("x")), "invalid_state", format!("columns.{work}.id")),
        (Box::new(|s| s["columns"][work]["cardIds"] = json!([card])), "invalid_state", String::new()),
        (
            Box::new(|s| s["columns"][work]["cardIds"] = json!(["no"])),
            "invalid_state",
            format!("columns.{work}.cardIds"),
        ),
        (Box::new(|s| s["columns"][backlog]["cardIds"] = json!([])), "invalid_state", String::new()),
        (Box::new(|s| s["columns"][work]["key"] = json!("backlog")), "invalid_state", String::new()),
        (Box::new(|s| s["columns"][work]["title"] = json!("")), "invalid_field", format!("columns.{work}.title")),
        (Box::new(|s| s["columns"][work]["wip"] = json!(1)), "invalid_field", format!("columns.{work}.wip")),
        (Box::new(|s| s["cards"][card]["id"] = json!("x")), "invalid_state", format!("cards.{card}.id")),
        (Box::new(|s| s["cards"][card]["title"] = json!(null)), "invalid_field", format!("cards.{card}.title")),
        (
            Box::new(|s| s["cards"][card]["prUrl"] = json!("javascript:1")),
            "invalid_field",
            format!("cards.{card}.prUrl"),
        ),
        (Box::new(|s| s["cards"][card]["ticketKey"] = json!("R-2")), "", String::new()),
        (Box::new(|s| s["cards"][card]["dependsOn"] = json!(["no"])), "unknown_dependency", String::new()),
        (Box::new(|s| s["cards"][card]["dependsOn"] = json!([scene.blocked])), "dependency_cycle", String::new()),
        (Box::new(|s| s["cards"] = json!([])), "invalid_field", "cards".into()),
        (Box::new(|s| s["more"] = json!(1)), "invalid_field", "more".into()),
    ];
    for (at, (edit, code, field)) in edits.iter().enumerate() {
        let mut wrong = state.clone();
        edit(&mut wrong);
        if code.is_empty() {
            wrong["cards"][card]["ticketKey"] = state["cards"][&scene.blocked]["ticketKey"].clone();
        }
        let before = world.head();
        let got = world.send("PUT", &path, &wrong).await;
        assert_eq!(got.status, 422, "{at}: {got:?}");
        assert!(code.is_empty() || got.text("/code") == *code, "{at}: {got:?}");
        assert!(
            if field.is_empty() { !got.text("/field").is_empty() } else { got.text("/field") == *field },
            "{at}: {got:?}"
        );
        assert_eq!(world.head(), before);
    }
    let before = world.head();
    assert_eq!(world.send("PUT", &path, &state).await.status, 200);
    assert_eq!(world.head(), before, "the same board is no change");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_versions_make_a_write_safe() {
    let scene = Scene::set().await;
    let world = &scene.world;
    let path = format!("/boards/{}/cards", scene.board);
    let keyed = |key: &'static str| [("content-type", "application/json"), ("idempotency-key", key)];
    for key in ["", "a b", "ü", Box::leak("k".repeat(256).into_boxed_str())] {
        let expected = (422, "invalid_field", "Idempotency-Key");
        scene.refuse("POST /boards/$board/cards", &keyed(key), r#"{"title":"x"}"#, expected).await;
    }
    let first = world.call("POST", &path, &keyed("k"), r#"{"title":"once"}"#).await;
    let head = world.head();
    let again = world.call("POST", &path, &keyed("k"), r#"{"title":"once"}"#).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.header("idempotency-replayed"), "");
    assert_eq!(again.header("x-event-id"), first.header("x-event-id"));
    assert_eq!(world.head(), head);
    let expected = (422, "idempotency_key_reused", "Idempotency-Key");
    scene.refuse("POST /boards/$board/cards", &keyed("k"), r#"{"title":"other"}"#, expected).await;
    // A refusal isn't kept, and another path is another key.
    scene.refuse("POST /boards/$board/cards", &keyed("r"), "{}", (422, "invalid_field", "title")).await;
    assert_eq!(world.call("POST", &path, &keyed("r"), r#"{"title":"now"}"#).await.status, 201);
    let columns = format!("/boards/{}/columns", scene.board);
    assert_eq!(world.call("POST", &columns, &keyed("k"), r#"{"title":"once"}"#).await.status, 201);

    let card = format!("{path}/{}", scene.card);
    let etag = world.get(&card).await.header("etag").to_owned();
    assert!(etag.starts_with('"'), "{etag}");
    let known = world.call("GET", &card, &[("if-none-match", &etag)], "").await;
    assert_eq!((known.status, known.header("etag")), (304, etag.as_str()));
    let matching = |etag: &'static str| [("content-type", "application/json"), ("if-match", etag)];
    let stale = matching("\"other-1\"");
    let expected = (412, "precondition_failed", "");
    scene.refuse("PATCH /boards/$board/cards/$card", &stale, r#"{"title":"x"}"#, expected).await;
    scene.refuse("DELETE /boards/$board/cards/$card", &stale, "", expected).await;
    let body = r#"{"columnId":"$work","index":0}"#;
    scene.refuse("POST /boards/$board/cards/$card/move", &stale, body, expected).await;
    let state = format!("/boards/{}/state", scene.board);
    let shown = world.get(&state).await;
    let whole = shown.body.to_string();
    scene.refuse("PUT /boards/$board/state", &stale, &whole, expected).await;
    let headers = [("content-type", "application/json"), ("if-match", etag.as_str())];
    assert_eq!(world.call("PATCH", &card, &headers, r#"{"title":"seen"}"#).await.status, 200);
    assert_eq!(world.call("PATCH", &card, &headers, r#"{"title":"late"}"#).await.status, 412);
    assert_eq!(world.call("GET", &state, &[("if-none-match", shown.header("etag"))], "").await.status, 200);
    let etag = world.get(&state).await.header("etag").to_owned();
    assert_eq!(world.call("GET", &state, &[("if-none-match", &etag)], "").await.status, 304);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_key_is_one_cards_even_when_the_prefix_changes() {
    let scene = Scene::set().await;
    let world = &scene.world;
    let path = format!("/boards/{}/state", scene.board);
    let mut state = world.get(&path).await.body;
    state["cards"][&scene.card]["ticketKey"] = json!("NEW-3");
    assert_eq!(world.send("PUT", &path, &state).await.status, 200);
    let board = format!("/boards/{}", scene.board);
    assert_eq!(world.send("PATCH", &board, &json!({"ticketPrefix": "NEW"})).await.status, 200);
    let mut keys = std::collections::HashSet::from(["NEW-3".to_owned()]);
    for _ in 0..4 {
        let card = world.made(&format!("{board}/cards"), json!({"title": "x"})).await;
        assert!(keys.insert(card["ticketKey"].as_str().unwrap().to_owned()), "{card}");
    }
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_first_answer_even_when_the_repository_is_gone() {
    let world = World::start().await;
    let repository = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("git").args(["init", "-q"]).current_dir(repository.path()).status().unwrap();
    assert!(made.success());
    let body = json!({"name": "x", "repositoryPath": repository.path().to_str().unwrap()}).to_string();
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let first = world.call("POST", "/boards", &headers, body.clone()).await;
    assert_eq!(first.status, 201, "{first:?}");
    repository.close().unwrap();
    let again = world.call("POST", "/boards", &headers, body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"), "{again:?}");
    assert_eq!(again.body, first.body);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_change_of_a_board_gets_the_first_answer_even_when_the_board_is_gone() {
    let world = World::start().await;
    let path = format!("/boards/{}", world.board("Short").await);
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let named = r#"{"name":"Renamed","baseBranch":"main"}"#;
    let first = world.call("PATCH", &path, &headers, named).await;
    assert_eq!((first.status, first.text("/name").as_str()), (200, "Renamed"), "{first:?}");
    assert_eq!(world.call("DELETE", &path, &[], "").await.status, 204);
    let again = world.call("PATCH", &path, &headers, named).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, "true"), "{again:?}");
    assert_eq!(again.body, first.body);
    for unknown in [r#"{"name":"Other"}"#, r#"{"baseBranch":"main"}"#] {
        assert_eq!(world.send("PATCH", &path, &serde_json::from_str(unknown).unwrap()).await.status, 404, "{unknown}");
    }
    world.end().await;
}
