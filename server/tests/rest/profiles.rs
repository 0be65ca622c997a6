//! What a profile may say, and what is refused at its field.

use serde_json::{Value, json};

use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_configuration_is_named_and_nothing_takes_effect() {
    let world = World::start().await;
    let kept = json!({"model": "large", "timeLimitSeconds": 60, "env": ["KEY"]});
    let new = json!({"agent": "demo", "config": {"model": "large", "timeLimitSeconds": 60, "env": {"KEY": "a value"}}});
    let profile = world.made("/agent-profiles", new).await["profileId"].as_str().unwrap().to_owned();
    let head = world.head();
    for (config, field) in [
        (json!({"timeLimitSeconds": 0}), "config.timeLimitSeconds"),
        (json!({"timeLimitSeconds": 1.5}), "config.timeLimitSeconds"),
        (json!({"timeLimitSeconds": "60"}), "config.timeLimitSeconds"),
        (json!({"timeLimitSeconds": 604_801}), "config.timeLimitSeconds"),
        (json!({"model": ""}), "config.model"),
        (json!({"model": "a\nb"}), "config.model"),
        (json!({"mode": 7}), "config.mode"),
        (json!({"mode": "x".repeat(201)}), "config.mode"),
        (json!({"permissionPolicy": "allow"}), "config.permissionPolicy"),
        (json!({"permissionPolicy": "allowReads"}), "config.permissionPolicy"),
        (json!({"promptTemplate": " "}), "config.promptTemplate"),
        (json!({"promptTemplate": "Do {{titel}}"}), "config.promptTemplate"),
        (json!({"promptTemplate": "Do {{title"}), "config.promptTemplate"),
        (json!({"promptTemplate": "x".repeat(16 * 1024 + 1)}), "config.promptTemplate"),
        (json!({"env": {"9": "x"}}), "config.env"),
        (json!({"env": {"A": 1}}), "config.env"),
        (json!({"env": {"A": "\u{0}"}}), "config.env"),
        (json!({"env": ["UNKNOWN"]}), "config.env"),
        (json!({"env": {"UNKNOWN": null}}), "config.env"),
        (json!({"args": "-v"}), "config.args"),
        (json!({"args": ["-v", "\u{0}"]}), "config.args[1]"),
        (json!({"timeLimit": 60}), "config.timeLimit"),
        (json!([]), "config"),
        (Value::Null, "config"),
    ] {
        let made = world.send("POST", "/agent-profiles", &json!({"agent": "demo", "config": config})).await;
        let changed = world.send("PATCH", &format!("/agent-profiles/{profile}"), &json!({ "config": config })).await;
        for got in [made, changed] {
            assert_eq!((got.status, got.text("/code")), (422, "invalid_field".into()), "{config}: {}", got.body);
            assert_eq!(got.text("/field"), field, "{config}: {}", got.body);
        }
    }
    assert_eq!(world.head(), head);
    let profiles = world.get("/agent-profiles").await.body;
    assert_eq!((&profiles["agentProfiles"][0]["config"], &profiles["agentProfiles"][1]), (&kept, &Value::Null));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_configuration_says_comes_back_and_null_says_nothing() {
    let world = World::start().await;
    let config = json!({"model": "large", "mode": "plan", "permissionPolicy": "allow-reads", "env": {"KEY": "a value"},
        "args": ["-v"], "promptTemplate": "{{ticketKey}}: {{title}}", "timeLimitSeconds": 604_800});
    let mut shown = config.clone();
    shown["env"] = json!(["KEY"]);
    let made = world.made("/agent-profiles", json!({"agent": "demo", "config": config})).await;
    assert_eq!(made["config"], shown);
    let path = format!("/agent-profiles/{}", made["profileId"].as_str().unwrap());
    let head = world.head();
    assert_eq!(world.send("PATCH", &path, &json!({ "config": shown })).await.body["config"], shown);
    assert_eq!(world.head(), head, "the same again is no news");
    let nothing = json!({"model": null, "mode": null, "permissionPolicy": null, "env": null, "args": null,
        "promptTemplate": null, "timeLimitSeconds": null});
    assert_eq!(world.send("PATCH", &path, &json!({ "config": nothing })).await.body["config"], json!({}));
    assert_eq!(world.head(), head + 1);
    world.end().await;
}
