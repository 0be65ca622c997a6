//! Secrets are nowhere: not on disk, in the log, on a stream, in an answer, in an argument list or in `.git/config`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::world::{World, git, text};
use crate::harness::{event, report};

/// What nobody may see. None is real, and none stands whole in this file.
fn tokens() -> Vec<(&'static str, String)> {
    let letters = |n: usize| "aB3dE5gH7jK9mN1pQ2sT4vW6xY8z".chars().cycle().take(n).collect::<String>();
    vec![
        ("classic GitHub", format!("ghp_{}", letters(36))),
        ("GitHub app", format!("ghs_1_eyJ{}.{}.{}", letters(40), letters(120), letters(60))),
        ("fine-grained GitHub", format!("github_pat_{}_{}", letters(22), letters(59))),
        ("GitLab", format!("glpat-{}", letters(20))),
        ("OpenAI", format!("sk-proj-{}", letters(64))),
        ("Anthropic", format!("sk-ant-api03-{}", letters(80))),
        ("AWS", format!("AKIA{}", letters(16).to_ascii_uppercase())),
        ("Google", format!("AIza{}", letters(35))),
        ("Slack", format!("xoxb-123456789012-{}", letters(24))),
        ("npm", format!("npm_{}", letters(36))),
        ("PyPI", format!("pypi-{}", letters(100))),
        ("Stripe", format!("sk_live_{}", letters(24))),
        ("JWT", format!("eyJ{}.eyJ{}.{}", letters(30), letters(60), letters(43))),
        ("Bearer", format!("Bearer {}", letters(44))),
        ("URL", format!("https://me:{}@example.invalid/r", letters(18))),
    ]
}

/// The part of a token that must be nowhere.
fn secret_of(token: &str) -> &str {
    let after = token.rsplit_once("me:").map_or(token, |(_, after)| after);
    let user = after.split('@').next().unwrap();
    user.trim_start_matches("Bearer ")
}

/// Where a word stands under `dir`, worktrees and their repository's objects left out: an agent writes there what it likes.
pub fn files_with(dir: &Path, word: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("worktrees") {
            files_with(&path, word, found);
        } else if fs::read(&path).is_ok_and(|bytes| bytes.windows(word.len()).any(|part| part == word.as_bytes())) {
            found.push(path.display().to_string());
        }
    }
}

/// The arguments of every process of ours.
fn argument_lists() -> String {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|all| String::from_utf8_lossy(&all).into_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_every_shape_are_in_no_sink_whoever_tells_them() {
    let world = World::start().await;
    let mut stream = world.stream().await;
    stream.hello().await;
    let shown = tokens();
    let all = shown.iter().map(|(name, token)| format!("{name}: {token}")).collect::<Vec<_>>().join("\n") + "\n";
    // From an agent: its lines, its error output, files that it names and writes, its commit.
    world
        .script("teller", "cat > told; cat told; cat told >&2; git add told; git commit -qF told; touch \"x-$(sed -n 's/^npm: //p' told)\"; echo end")
        .await;
    let card = text(
        &world
            .server
            .make(&format!("/api/v1/boards/{}/cards", world.board), json!({"title": "A card", "description": all}))
            .await,
        "id",
    );
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), &all).unwrap();
    world.script("reader", &format!("cat {0}; cat {0} >&2; echo done", secret.path().display())).await;
    let told = world.attempt_at(&card, json!({"agent": "teller", "prompt": all})).await;
    world.until(&told, &["succeeded", "failed"]).await;
    let read = world.attempt_at(&card, json!({"agent": "reader"})).await;
    world.until(&read, &["succeeded"]).await;
    world.until_line(&read, "done").await;
    // From a reporter.
    let mut facts =
        vec![event("attempt.queued", &json!({"boardId": world.board, "cardId": card, "attemptId": "elsewhere"}))];
    for (name, token) in &shown {
        let line = json!({"boardId": world.board, "attemptId": "elsewhere", "level": "info", "message": format!("{name} {token}")});
        facts.push(event("attempt.log.appended", &line));
        let item = json!({"id": "item", "timestamp": "2026-01-01T00:00:00.000Z", "type": "message", "role": "assistant", "text": format!("so {token} it is"), "format": "plaintext"});
        facts.push(event(
            "attempt.conversation.appended",
            &json!({"boardId": world.board, "attemptId": "elsewhere", "item": item}),
        ));
    }
    report(&world.server.client, &facts).await.unwrap();
    world.post(&format!("/attempts/{told}/messages"), json!({"text": all})).await;
    world.until(&told, &["succeeded", "failed"]).await;

    let mut rest = String::new();
    for path in ["logs?limit=1000", "conversation?limit=1000", "todos", "git-status"] {
        for id in [&told, &read] {
            rest += &world.get(&format!("/attempts/{id}/{path}")).await.to_string();
        }
    }
    for path in ["logs?limit=1000", "conversation?limit=1000"] {
        rest += &world.get(&format!("/attempts/elsewhere/{path}")).await.to_string();
    }
    let diff = world
        .server
        .client
        .call(hyper::Method::GET, &format!("/api/v1/attempts/{told}/diff"), &[], bytes::Bytes::new())
        .await
        .unwrap();
    rest += &String::from_utf8_lossy(&diff.body);
    rest += &world.get(&format!("/boards/{}/state", world.board)).await.to_string();
    rest += &Value::from(world.events("").await).to_string();
    assert!(rest.contains("[redacted]") && rest.contains("npm: "), "something was told");
    let head = world.events("").await.iter().filter_map(|event| event["seq"].as_u64()).max().unwrap();
    let frames = format!("{:?}", stream.until(head).await);
    assert!(frames.contains("[redacted]"), "something was streamed");
    let arguments = argument_lists();
    let config = fs::read_to_string(world.repository().join(".git/config")).unwrap();
    for (name, token) in &shown {
        let secret = secret_of(token);
        for (sink, text) in [("REST", &rest), ("stream", &frames), ("arguments", &arguments), (".git/config", &config)]
        {
            assert!(!text.contains(secret), "{name} is in {sink}");
        }
        let mut found = Vec::new();
        files_with(&world.data(), secret, &mut found);
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_every_shape_are_neither_in_the_servers_own_log_nor_in_the_environment_of_what_it_starts() {
    let shown = tokens();
    let all = shown.iter().map(|(_, token)| token.as_str()).collect::<Vec<_>>().join(" ");
    let environment: Vec<(String, String)> =
        shown.iter().enumerate().map(|(n, (_, token))| (format!("LEAK_{n}"), token.clone())).collect();
    let world = World::logging(&environment).await;
    world.script("shows", "env > ../../../seen; env; cat").await;
    let id = world.attempt(json!({"agent": "shows", "prompt": all})).await;
    world.until(&id, &["succeeded"]).await;
    // What the server complains of names the setting at fault, and the setting is named after them.
    git(&world.repository(), &["config", &format!("filter.{all}.clean"), "true"]);
    let log = world.dir.path().join("log");
    let complaint = "repository cannot be looked at";
    crate::harness::eventually(complaint, super::world::PATIENCE, async || {
        let log = fs::read_to_string(&log).unwrap();
        log.contains(complaint) && log.contains("sets filter.")
    })
    .await;
    // And so does every answer that it gives.
    let (status, problem) = world.post(&format!("/attempts/{id}/commit"), json!({"subject": "x"})).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("unsafe_repository")), "{problem}");
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("filter.[redacted] [redacted]"), "{log}");
    let environment = fs::read_to_string(world.data().join("seen")).unwrap();
    assert!(environment.contains("BOARDCAST_ATTEMPT_ID="), "{environment}");
    for (name, token) in &shown {
        let secret = secret_of(token);
        for (sink, text) in
            [("the log", &log), ("an agent's environment", &environment), ("an answer", &problem.to_string())]
        {
            assert!(!text.contains(secret), "{name} is in {sink}");
        }
    }
    git(&world.repository(), &["config", "--remove-section", &format!("filter.{all}")]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_is_given_in_its_environment_is_told_by_nobody_and_given_to_nobody_else() {
    let world = World::start().await;
    // No shape that anybody knows.
    let value = ["correct", "horse", "battery"].join("~");
    let env = json!({"DEPLOY_SECRET": value, "MODE": "fast"});
    let script = "printenv DEPLOY_SECRET; echo \"is $DEPLOY_SECRET and $MODE\" >&2";
    let agent =
        json!({"agent": "given", "protocol": "command", "command": "/bin/sh", "args": ["-c", script], "env": env});
    world.server.make("/api/v1/agents", agent).await;
    world.script("other", "env").await;
    let id = world.attempt(json!({"agent": "given"})).await;
    world.until(&id, &["succeeded"]).await;
    let mut lines = world.lines(&id).await;
    lines.sort();
    assert_eq!(lines, ["[redacted]", "is [redacted] and fast"]);
    let other = world.attempt(json!({"agent": "other"})).await;
    world.until(&other, &["succeeded"]).await;
    assert!(!world.lines(&other).await.join("\n").contains("DEPLOY_SECRET"));
    let mut found = Vec::new();
    files_with(&world.data(), &value, &mut found);
    assert_eq!(found, Vec::<String>::new());
    // A restart knows it still, to give and to hide.
    let world = world.restarted(super::world::End::Terminated).await;
    let id = world.attempt(json!({"agent": "given"})).await;
    world.until(&id, &["succeeded"]).await;
    let mut lines = world.lines(&id).await;
    lines.sort();
    assert_eq!(lines, ["[redacted]", "is [redacted] and fast"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_no_argument_and_a_remotes_password_is_told_by_nobody() {
    let world = World::start().await;
    let token = format!("ghp_{}", "aB3dE5gH7jK9".repeat(3));
    let agent = json!({"agent": "argued", "protocol": "command", "command": "/bin/sh", "args": ["-c", format!("echo {token}")]});
    let (status, problem) = world.post("/agents", agent).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("args[1]")), "{problem}");
    assert!(!problem.to_string().contains(&token));
    let config = json!({"args": ["--key", token], "env": {"A": "b"}});
    let (status, problem) = world.post("/agent-profiles", json!({"agent": "demo", "config": config})).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("config.args[1]")), "{problem}");
    let config = json!({"promptTemplate": format!("use {token}"), "env": {"KEY": token}});
    let (status, profile) =
        world.post("/agent-profiles", json!({"agent": "demo", "label": "x", "config": config})).await;
    assert_eq!(
        (status, &profile["config"]),
        (201, &json!({"promptTemplate": "use [redacted]", "env": ["KEY"]})),
        "{profile}"
    );
    let password = ["hunter", "22-not-a-shape"].concat();
    git(&world.repository(), &["remote", "add", "origin", &format!("http://me:{password}@127.0.0.1:9/r.git")]);
    world.script("shows", "git remote -v; git config remote.origin.url | sed 's/.*me://; s/@.*//'").await;
    let id = world.attempt(json!({"agent": "shows"})).await;
    world.until(&id, &["succeeded"]).await;
    assert_eq!(world.lines(&id).await.last().unwrap(), "[redacted]");
    let (status, problem) = world.post(&format!("/attempts/{id}/push"), json!({})).await;
    assert_eq!(status, 502, "{problem}");
    assert!(!problem.to_string().contains(&password), "{problem}");
    let mut found = Vec::new();
    files_with(&world.data(), &password, &mut found);
    assert_eq!(found, Vec::<String>::new());
    world.end().await;
}
