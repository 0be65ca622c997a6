//! A branch that is pushed, and why one isn't.

use serde_json::json;

use super::scene::{Scene, git};

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_pushed_once_and_its_fact_is_seen() {
    let scene = Scene::start().await;
    let head = git(&scene.worktree().await, &["rev-parse", "HEAD"]);
    // Nothing that the repository configures about pushes counts.
    let marker = scene.path("ran");
    let program = format!("touch {};", marker.display());
    for (name, value) in [
        ("remote.origin.receivepack", program.as_str()),
        ("remote.origin.push", "+refs/heads/*:refs/heads/other/*"),
        ("remote.origin.mirror", "true"),
        ("push.followTags", "true"),
    ] {
        git(&scene.path("repository"), &["config", name, value]);
    }
    let hook = scene.path("repository").join(".git/hooks/pre-push");
    std::fs::write(&hook, format!("#!/bin/sh\n{program} exit 1\n")).unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for _ in 0..2 {
        let got = scene.post("/push", json!({})).await;
        assert_eq!((got.status, got.body), (200, json!({"remote": "origin", "branch": "work", "sha": head})));
    }
    assert_eq!(scene.pushed(), Some(head.clone()));
    assert!(!marker.exists());
    scene.until("the fact", async || !scene.events("git.push.completed").await.is_empty()).await;
    let facts = scene.events("git.push.completed").await;
    assert_eq!((facts.len(), &facts[0]["data"]["attemptId"]), (1, &json!(scene.attempt)));
    assert_eq!(facts[0]["data"]["sha"], json!(head));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_refused_says_why_and_forces_nothing() {
    let scene = Scene::start().await;
    for remote in ["nowhere", "--mirror", "ext::sh -c x", "../remote.git", ""] {
        let got = scene.post("/push", json!({ "remote": remote })).await;
        assert_eq!(
            (got.status, got.text("/code"), got.text("/field")),
            (422, "unknown_remote".into(), "remote".into())
        );
    }
    // Somebody else has pushed something else under that name.
    let repository = scene.path("repository");
    git(&repository, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    git(&repository, &["push", "-q", "origin", "HEAD:refs/heads/work"]);
    let theirs = scene.pushed();
    let got = scene.post("/push", json!({})).await;
    assert_eq!((got.status, got.text("/code")), (409, "push_rejected".into()));
    assert!(got.text("/detail").contains("has commits that this one has not"), "{got:?}");
    assert_eq!(scene.pushed(), theirs);
    for url in ["/nowhere/at/all.git", "ext::sh -c true", "https://me:secret@127.0.0.1:1/r.git"] {
        git(&repository, &["config", "remote.origin.url", url]);
        let got = scene.post("/push", json!({})).await;
        assert_eq!((got.status, got.text("/code")), (502, "remote_unreachable".into()), "{got:?}");
        assert!(!got.text("/detail").contains("secret"), "{got:?}");
    }
    git(&repository, &["config", "credential.https://127.0.0.1.helper", "!true"]);
    let got = scene.post("/push", json!({})).await;
    assert_eq!((got.status, got.text("/code")), (422, "unsafe_repository".into()), "{got:?}");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_the_remote_protects_says_so_and_a_remote_that_is_not_there_too() {
    let scene = Scene::start().await;
    let hook = scene.path("remote.git").join("hooks/pre-receive");
    std::fs::write(&hook, "#!/bin/sh\necho 'protected branch: work' >&2; exit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for body in [json!({}), json!({"replace": true})] {
        let got = scene.post("/push", body).await;
        assert_eq!((got.status, got.text("/code")), (409, "push_rejected".into()), "{got:?}");
        let detail = "the remote refuses the branch: pre-receive hook declined (protected branch: work)";
        assert_eq!(got.text("/detail"), detail);
        assert_eq!(scene.pushed(), None);
    }
    git(&scene.path("repository"), &["remote", "remove", "origin"]);
    let got = scene.post("/push", json!({})).await;
    assert_eq!((got.status, got.text("/code")), (422, "unknown_remote".into()), "{got:?}");
    assert_eq!(scene.events("git.push.completed").await.len(), 0);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_auto_push_success_pushes_the_branch() {
    let scene = Scene::with(None, json!({"autoCommit": true, "autoPush": true})).await;
    assert_eq!(scene.pushed(), Some(git(&scene.worktree().await, &["rev-parse", "HEAD"])));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_cannot_be_pushed_is_one_all_the_same() {
    let scene = Scene::with(None, json!({"autoPush": true, "remote": "backup"})).await;
    let lines = scene.shown("/logs").await.body.to_string();
    assert!(lines.contains("could not be pushed: unknown_remote: the repository has no remote backup"), "{lines}");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_under_a_key_is_done_once() {
    let scene = Scene::start().await;
    let path = format!("/attempts/{}/push", scene.attempt);
    let keyed = [("content-type", "application/json"), ("idempotency-key", "once")];
    let first = scene.world.call("POST", &path, &keyed, "{}").await;
    git(&scene.worktree().await, &["-c", "user.name=A", "commit", "-q", "--allow-empty", "-m", "later"]);
    let again = scene.world.call("POST", &path, &keyed, "{}").await;
    assert_eq!((again.status, &again.body, again.header("idempotency-replayed")), (200, &first.body, "true"));
    assert_eq!(scene.pushed(), Some(first.text("/sha")));
    scene.world.end().await;
}
