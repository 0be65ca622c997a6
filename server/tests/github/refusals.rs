//! What GitHub refuses, and what comes of it: an answer that says so, and no event.

use std::time::Duration;

use serde_json::json;

use super::scene::Scene;
use super::standin::TOKEN;

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_its_answer_and_makes_no_event() {
    let scene = Scene::start().await;
    assert_eq!(scene.post("/push", json!({})).await.status, 200);
    let invalid = json!({"message": "Validation Failed", "errors": [{"resource": "PullRequest", "field": "base", "code": "invalid"}]});
    for (status, body, expected, code, detail) in [
        (401, json!({"message": "Bad credentials"}), 502, "github_refused", "Bad credentials"),
        (403, json!({"message": "API rate limit exceeded"}), 502, "github_refused", "rate limit"),
        (404, json!({"message": "Not Found"}), 502, "github_not_found", "no such repository"),
        (422, invalid, 422, "github_rejected", "Validation Failed: base is invalid"),
        (500, json!({}), 502, "github_unavailable", "500"),
        (503, json!("<html>"), 502, "github_unavailable", "503"),
        (201, json!({"number": "seven"}), 502, "github_unavailable", "can't be understood"),
    ] {
        scene.github.will_say(status, body);
        let got = scene.post("/pull-request", json!({"title": "Do it"})).await;
        assert_eq!((got.status, got.text("/code")), (expected, code.into()), "{status}");
        assert!(got.text("/detail").contains(detail), "{got:?}");
        assert!(!got.body.to_string().contains(TOKEN));
    }
    assert_eq!(scene.events("github.pr.created").await.len(), 0);
    assert_eq!((&scene.card().await.0["prUrl"], scene.shown("/pull-request").await.status), (&json!(null), 404));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_in_15_seconds_is_a_timeout_and_the_servers_end_does_not_wait_for_it() {
    let scene = Scene::start().await;
    scene.github.will_be_silent();
    let (got, ()) = tokio::join!(scene.post("/pull-request", json!({"title": "Do it"})), async {
        scene.github.until_asked(1).await;
        scene.world.clock.advance(Duration::from_secs(15));
    });
    assert_eq!((got.status, got.text("/code")), (504, "github_timeout".into()));
    scene.github.will_be_silent();
    let shutdown = scene.world.server.state.shutdown.clone();
    let (got, ()) = tokio::join!(scene.post("/pull-request", json!({"title": "Do it"})), async {
        scene.github.until_asked(2).await;
        shutdown.begin();
    });
    assert_eq!((got.status, got.text("/code")), (503, "draining".into()));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_or_a_repository_nothing_is_asked_or_pushed() {
    for (token, settings) in [(None, json!({"githubRepo": "acme/app"})), (Some(TOKEN), json!({}))] {
        let scene = Scene::with(token, settings).await;
        let got = scene.post("/pull-request", json!({"title": "Do it"})).await;
        assert_eq!((got.status, got.text("/code")), (409, "github_not_configured".into()), "{got:?}");
        assert_eq!((scene.pushed(), scene.github.asked().len()), (None, 0));
        for wrong in
            [json!({}), json!({"title": " "}), json!({"title": "x", "draft": 1}), json!({"title": "x", "y": 1})]
        {
            assert_eq!(scene.post("/pull-request", wrong).await.status, 422);
        }
        scene.world.end().await;
    }
}
