//! Pull requests from their opening to their merge.

use std::time::Duration;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::scene::{Scene, git};
use super::standin::{TOKEN, merged, pull};

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_from_an_attempt_to_a_merged_pull_request() {
    let scene = Scene::start().await;
    assert_eq!(scene.card().await.1, "review");
    scene.github.will_say(201, pull(7, "work"));
    let got = scene.post("/pull-request", json!({"title": "Do it", "body": "Why.", "draft": true})).await;
    assert_eq!((got.status, got.text("/url")), (201, "https://github.com/acme/app/pull/7".into()), "{got:?}");
    let asked = scene.github.until_asked(1).await;
    assert_eq!(asked.line, "POST /api/v3/repos/acme/app/pulls");
    assert_eq!(asked.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(asked.body, json!({"title": "Do it", "body": "Why.", "head": "work", "base": "main", "draft": true}));
    assert_eq!(scene.pushed(), Some(git(&scene.worktree().await, &["rev-parse", "HEAD"])), "it is pushed before");
    assert_eq!(scene.shown("/pull-request").await.body, got.body);
    assert_eq!(scene.card().await.0["prUrl"], got.body["url"]);
    assert_eq!(scene.events("github.pr.created").await.len(), 1);
    // A look that shows what is known, another that is answered by the tag alone, then the merge.
    scene.github.will_show("\"one\"", pull(7, "work"));
    scene.world.clock.advance(Duration::from_secs(59));
    scene.world.clock.advance(Duration::from_secs(6));
    assert_eq!(scene.github.until_asked(2).await.line, "GET /api/v3/repos/acme/app/pulls/7");
    scene.github.will_say(304, json!(null));
    let tagged = later(&scene, 3).await;
    assert_eq!(tagged.headers["if-none-match"], "\"one\"");
    assert_eq!(scene.events("github.pr.updated").await.len(), 0);
    scene.github.will_say(200, merged(7, "work"));
    later(&scene, 4).await;
    scene.until("the card is done", async || scene.card().await.1 == "done").await;
    assert_eq!(scene.shown("").await.body["pr"]["merged"], true);
    assert_eq!(scene.events("github.pr.updated").await.len(), 1);
    for _ in 0..5 {
        scene.world.clock.advance(Duration::from_secs(70));
        scene.card().await;
    }
    assert_eq!(scene.github.asked().len(), 4, "one that is closed is left alone");
    scene.until("the push is told", async || !scene.events("git.push.completed").await.is_empty()).await;
    insta::assert_snapshot!(told(&scene).await, @r"
    board.state.changed in backlog by local
    board.state.changed in inProgress by local
    attempt.queued queued by local
    attempt.started by agent
    attempt.status.changed running by agent
    attempt.conversation.appended message by agent
    attempt.status.changed succeeded by agent
    board.state.changed in review by agent
    github.pr.created open merged=false by local
    board.state.changed prUrl by local
    github.pr.updated closed merged=true by github
    board.state.changed in done by github
    attempt.log.appended by git
    git.commit.created work by git
    attempt.log.appended by git
    git.push.completed origin work by git
    ");
    nothing_holds_the_token(scene).await;
}

/// The card's facts and who caused each, from the drop on In Progress to the merge. Those of git come last: they are
/// seen when they are seen.
async fn told(scene: &Scene) -> String {
    let state = scene.world.get(&format!("/boards/{}/state", scene.board)).await.body;
    let path = format!("/boards/{}/events?limit=1000&cardId={}", scene.board, scene.card);
    let mut events = scene.world.get(&path).await.body["events"].as_array().unwrap().clone();
    let is_git = |event: &Value| {
        let told = event["data"]["message"].as_str().unwrap_or_default();
        event["type"].as_str().unwrap().starts_with("git.") || told.starts_with("[git] ")
    };
    events.retain(|event| event["type"] != "git.status.changed");
    events.sort_by_key(is_git);
    let line = |event: &Value| {
        let (kind, by) = (event["type"].as_str().unwrap(), event["actor"]["kind"].as_str().unwrap());
        format!("{kind} {}by {by}", of(event, &state))
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What matters of a fact.
fn of(event: &Value, state: &Value) -> String {
    let data = &event["data"];
    let text = |pointer: &str| format!("{} ", data.pointer(pointer).unwrap().as_str().unwrap());
    match event["type"].as_str().unwrap() {
        "board.state.changed" => data["patch"].as_array().unwrap().iter().filter_map(|op| changed(op, state)).collect(),
        "attempt.queued" | "attempt.status.changed" => text("/status"),
        "attempt.conversation.appended" => text("/item/type"),
        "git.commit.created" => text("/subject"),
        "git.push.completed" => text("/remote") + &text("/branch"),
        "github.pr.created" | "github.pr.updated" => format!("{}merged={} ", text("/pr/state"), data["pr"]["merged"]),
        _ => String::new(),
    }
}

/// Where a card is now, or what is new about it.
fn changed(op: &Value, state: &Value) -> Option<String> {
    let path: Vec<&str> = op["path"].as_str().unwrap().split('/').collect();
    match path[..] {
        ["", "columns", id, "cardIds", _] if op["op"] == "add" => {
            Some(format!("in {} ", state["columns"][id]["key"].as_str().unwrap()))
        }
        ["", "cards", _, "prUrl"] => Some("prUrl ".into()),
        _ => None,
    }
}

/// Lets time pass until there is another request. The follower waits by the clock: it may only now begin to.
async fn later(scene: &Scene, times: usize) -> super::standin::Asked {
    scene
        .until("another look", async || {
            scene.world.clock.advance(Duration::from_secs(10));
            scene.github.asked().len() >= times
        })
        .await;
    scene.github.until_asked(times).await
}

/// Neither the log, nor the database, nor the repository's configuration.
async fn nothing_holds_the_token(scene: Scene) {
    let dir = scene.world.end().await;
    let mut folders = vec![dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                let found = bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
                assert!(!found, "{}", path.display());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_exists_is_found_and_announced_once() {
    let scene = Scene::start().await;
    let exists = json!({"message": "Validation Failed",
        "errors": [{"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for acme:work."}]});
    for _ in 0..2 {
        scene.github.will_say(422, exists.clone());
        scene.github.will_say(200, json!([pull(3, "other"), pull(8, "work")]));
        let got = scene.post("/pull-request", json!({"title": "Again", "base": "next"})).await;
        assert_eq!((got.status, &got.body["number"]), (200, &json!(8)), "{got:?}");
    }
    let listed = "GET /api/v3/repos/acme/app/pulls?state=open&head=acme%3Awork&base=next";
    assert_eq!(scene.github.asked()[1].line, listed);
    assert_eq!(scene.events("github.pr.created").await.len(), 1);
    assert_eq!(scene.events("github.pr.updated").await.len(), 0);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_repository_is_taken_from_the_remotes_url_and_nothing_is_pushed_that_is_there() {
    let scene = Scene::with(Some(TOKEN), json!({})).await;
    let repository = scene.path("repository");
    assert_eq!(scene.post("/push", json!({})).await.status, 200);
    // A remote that can be read but takes nothing.
    let bare = scene.path("remote.git");
    let instead = format!("url.{}.insteadOf", bare.display());
    git(&repository, &["remote", "set-url", "origin", "git@github.com:acme/site.git"]);
    git(&repository, &["config", &instead, "git@github.com:acme/site.git"]);
    git(&repository, &["config", "remote.origin.pushurl", "/nowhere"]);
    scene.github.will_say(201, pull(9, "work"));
    let got = scene.post("/pull-request", json!({"title": "Do it"})).await;
    assert_eq!(got.status, 201, "{got:?}");
    assert_eq!(scene.github.asked()[0].line, "POST /api/v3/repos/acme/site/pulls");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_reported_from_outside_gets_one_for_the_branch_it_told() {
    let scene = Scene::start().await;
    let queued = json!({"boardId": scene.board, "attemptId": "far", "cardId": scene.card, "branchName": "theirs",
        "baseBranch": "origin/next"});
    assert_eq!(scene.world.report("1", "attempt.queued", queued).await.status, 202);
    scene.github.will_say(201, pull(4, "theirs"));
    let got = scene.world.send("POST", "/attempts/far/pull-request", &json!({"title": "Theirs"})).await;
    assert_eq!(got.status, 201, "{got:?}");
    let asked = &scene.github.asked()[0].body;
    assert_eq!((&asked["head"], &asked["base"]), (&json!("theirs"), &json!("next")));
    assert_eq!(scene.pushed(), None);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_open_ones_are_looked_at_again() {
    let scene = Scene::start().await;
    scene.github.will_say(201, pull(7, "work"));
    assert_eq!(scene.post("/pull-request", json!({"title": "Do it"})).await.status, 201);
    let Scene { world, github, board, card, attempt } = scene;
    let dir = world.end().await;
    github.will_say(200, merged(7, "work"));
    let world = super::world::World::at_github(dir, Clock::manual(), &github.url, Some(TOKEN)).await;
    let scene = Scene { world, github, board, card, attempt };
    scene.until("the card is done", async || scene.card().await.1 == "done").await;
    scene.world.end().await;
}
