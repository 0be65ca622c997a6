//! Profiles as they were recorded: what they say is heeded, and what becomes of them later changes no attempt.

use hyper::Method;
use serde_json::{Value, json};

use super::world::{End, World, text};

/// Says what it was given: its prompt, the profile's argument and variable.
const SHOWS: &str = r#"cat; echo; echo "$0 $WHO"; while [ ! -e go ]; do sleep 0.01; done; rm go"#;

async fn profile(world: &World, agent: &str, label: &str, config: Value) -> String {
    let new = json!({"agent": agent, "label": label, "config": config});
    text(&world.server.make("/api/v1/agent-profiles", new).await, "profileId")
}

async fn let_go(world: &World, id: &str) {
    let worktree = text(&world.shown(id).await, "worktreePath");
    std::fs::write(format!("{worktree}/go"), "").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_keeps_to_its_profile_as_it_was_when_it_was_queued() {
    let world = World::start_with(&["--max-attempts", "1"]).await;
    world.script("shows", SHOWS).await;
    world.script("holds", "while [ ! -e go ]; do sleep 0.01; done").await;
    let config = json!({"env": {"WHO": "first"}, "args": ["one"], "promptTemplate": "Do {{title}} ({{ticketKey}})."});
    let id = profile(&world, "shows", "Careful", config).await;
    let holds = world.attempt(json!({"agent": "holds"})).await;
    world.until(&holds, &["running"]).await;
    let card = world.card("a thing").await;
    let queued = world.attempt_at(&card, json!({"profileId": id})).await;
    let recorded = json!({"label": "Careful", "config": {"env": ["WHO"], "args": ["one"],
        "promptTemplate": "Do {{title}} ({{ticketKey}})."}});
    assert_eq!(world.shown(&queued).await["profile"], recorded);

    // Changed while it waits, deleted while it runs.
    let changed = json!({"label": "Quick", "config": {"env": {"WHO": "second"}, "promptTemplate": "No."}});
    let path = format!("/agent-profiles/{id}");
    assert_eq!(world.call(Method::PATCH, &path, changed).await.0, 200);
    let_go(&world, &holds).await;
    world.until_line(&queued, "one first").await;
    assert_eq!(world.lines(&queued).await, ["Do a thing (ATTE-2).", "one first"]);
    assert_eq!(world.call(Method::DELETE, &path, Value::Null).await.0, 204);
    let_go(&world, &queued).await;
    world.until(&queued, &["succeeded"]).await;

    // A follow-up takes the recorded one too, also after a restart; its words are not those of the template.
    let world = world.restarted(End::Killed).await;
    assert_eq!(world.shown(&queued).await["profile"], recorded);
    assert_eq!(world.post(&format!("/attempts/{queued}/messages"), json!({"text": "{{title}}"})).await.0, 202);
    world.until_line(&queued, "{{title}}").await;
    let_go(&world, &queued).await;
    world.until(&queued, &["succeeded"]).await;
    assert_eq!(world.lines(&queued).await[2..], ["{{title}}", "one first"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempts_own_prompt_comes_before_the_template_and_one_that_makes_no_prompt_is_refused() {
    let world = World::start().await;
    world.script("reads", "cat; echo").await;
    let id = profile(&world, "reads", "x", json!({"promptTemplate": "{{description}}"})).await;
    let card = world.card("Nothing is said of it").await;
    let attempt = world.attempt_at(&card, json!({"profileId": id, "prompt": "my {{title}}"})).await;
    world.until(&attempt, &["succeeded"]).await;
    assert_eq!(world.lines(&attempt).await[0], "my {{title}}");
    let path = format!("/boards/{}/cards/{card}/attempts", world.board);
    let (status, problem) = world.post(&path, json!({"profileId": id})).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("profileId")), "{problem}");
    assert!(text(&problem, "detail").contains("must not be empty"), "{problem}");
    let without = world.attempt_at(&card, json!({"agent": "reads"})).await;
    assert_eq!(world.until(&without, &["succeeded"]).await["profile"], Value::Null);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_are_not_given_again_are_kept_and_the_others_are_new_or_gone() {
    let world = World::start().await;
    world.script("tells", "echo $A $B $C $D").await;
    let id = profile(&world, "tells", "x", json!({"env": {"A": "a", "B": "b", "C": "c"}})).await;
    let change = json!({"config": {"env": {"A": null, "B": "new", "D": "d"}}});
    let (status, changed) = world.call(Method::PATCH, &format!("/agent-profiles/{id}"), change).await;
    assert_eq!((status, &changed["config"]), (200, &json!({"env": ["A", "B", "D"]})));
    let attempt = world.attempt(json!({"profileId": id})).await;
    world.until(&attempt, &["succeeded"]).await;
    assert_eq!(world.lines(&attempt).await, ["a new d"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_over_its_time_limit_is_stopped_and_has_failed_and_the_next_has_its_own() {
    for (agent, long, short) in [("demo", "/slow 600", "/slow 1"), ("sleeps", "600", "0")] {
        let world = World::start().await;
        world.script("sleeps", "read -r seconds; sleep $seconds & wait").await;
        // Enough for the short turn on a busy machine.
        let id = profile(&world, agent, "Quick", json!({"timeLimitSeconds": 6})).await;
        let attempt = world.attempt(json!({"profileId": id, "prompt": long})).await;
        let ended = world.until(&attempt, &["succeeded", "failed", "stopped"]).await;
        let error = json!("stopped by its profile's time limit of 6 s");
        assert_eq!((text(&ended, "status").as_str(), &ended["error"]), ("failed", &error), "{agent}");
        assert_eq!(super::world::processes_under(&world.data()), Vec::<i32>::new(), "{agent}");
        let stopped = world.facts(&attempt).await.iter().any(|fact| fact.contains("stopping"));
        assert!(!stopped, "nobody stopped it");
        world.post(&format!("/attempts/{attempt}/messages"), json!({ "text": short })).await;
        world.until(&attempt, &["succeeded"]).await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_before_the_time_limit_is_a_stop() {
    let world = World::start().await;
    let id = profile(&world, "demo", "Quick", json!({"timeLimitSeconds": 3600})).await;
    let attempt = world.attempt(json!({"profileId": id, "prompt": "/slow 600"})).await;
    world.until(&attempt, &["running"]).await;
    assert_eq!(world.post(&format!("/attempts/{attempt}/stop"), json!({})).await.0, 202);
    let stopped = world.until(&attempt, &["stopped", "failed"]).await;
    assert_eq!((text(&stopped, "status").as_str(), &stopped["error"]), ("stopped", &Value::Null));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_profile_allows_needs_nobody() {
    let world = World::start().await;
    let id = profile(&world, "demo", "Free", json!({"permissionPolicy": "allow-all", "model": "large"})).await;
    let attempt = world.attempt(json!({"profileId": id, "prompt": "/permission"})).await;
    world.until(&attempt, &["succeeded", "failed"]).await;
    let facts = world.facts(&attempt).await;
    assert!(!facts.iter().any(|fact| fact.contains("needsInput")), "{facts:#?}");
    for line in [
        "attempt.log.appended warn: The profile's model large is left out: the agent offers no choice of it",
        "attempt.log.appended info: Allowed by the profile (allow-all): Delete the folder build",
    ] {
        assert!(facts.iter().any(|fact| fact == line), "{facts:#?}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recorded_profile_gives_stays_secret_when_the_profile_is_gone() {
    let world = World::start().await;
    let value = ["staple", "correct", "battery"].join("~");
    world.script("tells", "echo \"it is $DEPLOY_SECRET\"").await;
    let id = profile(&world, "tells", "x", json!({"env": {"DEPLOY_SECRET": value}})).await;
    let attempt = world.attempt(json!({"profileId": id})).await;
    world.until(&attempt, &["succeeded"]).await;
    assert_eq!(world.call(Method::DELETE, &format!("/agent-profiles/{id}"), Value::Null).await.0, 204);
    let world = world.restarted(End::Terminated).await;
    world.post(&format!("/attempts/{attempt}/messages"), json!({"text": "again"})).await;
    world.until(&attempt, &["succeeded"]).await;
    assert_eq!(world.lines(&attempt).await, ["it is [redacted]", "it is [redacted]"]);
    let mut found = Vec::new();
    super::secrets::files_with(&world.data(), &value, &mut found);
    assert_eq!(found, Vec::<String>::new());
    world.end().await;
}
