//! What an attempt changed: commits, diff, status; and what the agent itself commits and pushes.

use std::fs;

use serde_json::json;

use super::world::{World, git, text};

async fn diff(world: &World, id: &str) -> (u16, Option<String>, String) {
    let path = format!("/api/v1/attempts/{id}/diff");
    let answer = world.server.client.call(hyper::Method::GET, &path, &[], Vec::new().into()).await.unwrap();
    let cut = answer.headers.get("x-truncated").map(|value| value.to_str().unwrap().to_owned());
    assert!(answer.status != 200 || answer.headers["content-type"] == "text/x-diff");
    (answer.status, cut, String::from_utf8_lossy(&answer.body).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diff_is_against_the_merge_base_with_what_is_uncommitted_and_untracked() {
    let world = World::start().await;
    world.script("quick", "true").await;
    let id = world.attempt(json!({"agent": "quick"})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    assert_eq!(diff(&world, &id).await, (200, None, String::new()));
    fs::write(format!("{worktree}/committed"), "c\n").unwrap();
    git(worktree.as_ref(), &["add", "."]);
    git(worktree.as_ref(), &["commit", "-q", "-m", "one"]);
    fs::write(format!("{worktree}/README"), "one\ntwo\n").unwrap();
    fs::write(format!("{worktree}/untracked"), "u\n").unwrap();
    // What the base does meanwhile isn't the attempt's.
    fs::write(world.repository().join("base"), "b\n").unwrap();
    git(&world.repository(), &["add", "."]);
    git(&world.repository(), &["commit", "-q", "-m", "base"]);
    let before = git(&world.repository(), &["count-objects"]);
    insta::assert_snapshot!(diff(&world, &id).await.2, @r"
    diff --git a/README b/README
    index 5626abf..814f4a4 100644
    --- a/README
    +++ b/README
    @@ -1 +1,2 @@
     one
    +two
    diff --git a/committed b/committed
    new file mode 100644
    index 0000000..f2ad6c7
    --- /dev/null
    +++ b/committed
    @@ -0,0 +1 @@
    +c
    diff --git a/untracked b/untracked
    new file mode 100644
    index 0000000..4ae8ef0
    --- /dev/null
    +++ b/untracked
    @@ -0,0 +1 @@
    +u
    ");
    assert_eq!(git(&world.repository(), &["count-objects"]), before, "looking writes nothing");
    let status = world.get(&format!("/attempts/{id}/git-status")).await;
    assert_eq!((&status["summary"]["modified"], &status["summary"]["untracked"]), (&json!(1), &json!(1)));
    assert_eq!(fs::read_dir(world.data().join("scratch")).unwrap().count(), 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_diff_is_cut_and_says_so() {
    let world = World::start().await;
    world.script("large", "i=0; while [ $i -lt 8 ]; do yes line | head -c 1000000 > f$i; i=$((i+1)); done").await;
    let id = world.attempt(json!({"agent": "large"})).await;
    world.until(&id, &["succeeded"]).await;
    let (status, cut, text) = diff(&world, &id).await;
    assert_eq!((status, cut.as_deref()), (200, Some("true")));
    assert!(text.len() <= 5 << 20 && text.len() > 4 << 20 && text.ends_with('\n'), "{}", text.len());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_takes_all_that_is_uncommitted() {
    let world = World::start().await;
    world.script("writes", "echo a > a; echo b > README; mkdir d; echo c > d/c").await;
    let id = world.attempt(json!({"agent": "writes"})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    let path = format!("/attempts/{id}/commit");
    for subject in ["", "  ", "two\nlines", "\u{7}"] {
        assert_eq!(world.post(&path, json!({"subject": subject})).await.0, 422, "{subject:?}");
    }
    let hook = world.repository().join(".git/hooks/pre-commit");
    fs::write(&hook, "#!/bin/sh\ntouch ../../hooked; exit 1\n").unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (status, made) = world.post(&path, json!({"subject": "# feat: all", "body": "Why.\n"})).await;
    assert_eq!(status, 200, "{made}");
    let sha = git(worktree.as_ref(), &["rev-parse", "HEAD"]);
    assert_eq!((text(&made, "sha"), sha.starts_with(&text(&made, "shortSha"))), (sha, true));
    assert_eq!(git(worktree.as_ref(), &["log", "-1", "--format=%B"]), "# feat: all\n\nWhy.");
    assert_eq!(git(worktree.as_ref(), &["status", "--porcelain"]), "");
    world.until_line(&id, &format!("[git] committed {} # feat: all", text(&made, "shortSha"))).await;
    let (status, problem) = world.post(&path, json!({"subject": "again"})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "nothing_to_commit"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_auto_commit_success_commits_the_rest_under_the_cards_title() {
    let world = World::start().await;
    world.set(json!({"autoCommit": true})).await;
    world.script("writes", "echo a > a").await;
    world.script("fails", "echo a > a; exit 1").await;
    let card = json!({"title": "Write a", "ticketType": "feat"});
    let card = text(&world.server.make(&format!("/api/v1/boards/{}/cards", world.board), card).await, "id");
    let id = world.attempt_at(&card, json!({"agent": "writes"})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    assert_eq!(git(worktree.as_ref(), &["log", "-1", "--format=%s"]), "feat: Write a");
    assert_eq!(git(worktree.as_ref(), &["status", "--porcelain"]), "");
    let id = world.attempt_at(&card, json!({"agent": "fails"})).await;
    let worktree = text(&world.until(&id, &["failed"]).await, "worktreePath");
    assert_eq!(git(worktree.as_ref(), &["status", "--porcelain"]), "?? a");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_agent_commits_and_pushes_are_facts_of_its_attempt() {
    let world = World::start().await;
    let remote = world.dir.path().join("remote.git");
    git(world.dir.path(), &["init", "-q", "--bare", "remote.git"]);
    git(&world.repository(), &["remote", "add", "origin", remote.to_str().unwrap()]);
    let as_me = "git -c user.name=A -c user.email=a@localhost";
    let script = format!(
        "echo a > a; git add a; {as_me} commit -q -m 'by the agent'; git push -q origin HEAD:refs/heads/agents; echo pushed; \
         while [ ! -e go ]; do sleep 0.01; done"
    );
    world.script("commits", &script).await;
    let id = world.attempt(json!({"agent": "commits", "branchName": "agents"})).await;
    world.until_line(&id, "[git] pushed to origin/agents").await;
    let lines = world.lines(&id).await;
    assert!(
        lines.iter().any(|line| line.starts_with("[git] committed ") && line.ends_with(" by the agent")),
        "{lines:?}"
    );
    let events = world.events("").await;
    let of = |kind: &str| events.iter().find(|event| event["type"] == kind).unwrap()["data"].clone();
    assert_eq!(text(&of("git.commit.created"), "attemptId"), id);
    assert_eq!(text(&of("git.push.completed"), "attemptId"), id);
    fs::write(format!("{}/go", text(&world.shown(&id).await, "worktreePath")), "").unwrap();
    world.until(&id, &["succeeded"]).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_commits_without_a_name_and_the_refusal_says_what_to_set() {
    let world = World::start().await;
    git(&world.repository(), &["config", "--unset", "user.name"]);
    git(&world.repository(), &["config", "--unset", "user.email"]);
    world.script("writes", "echo a > a").await;
    world.set(json!({"autoCommit": true})).await;
    let id = world.attempt(json!({"agent": "writes"})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath");
    let (status, problem) = world.post(&format!("/attempts/{id}/commit"), json!({"subject": "x"})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "commit_refused"));
    assert!(text(&problem, "detail").contains("user.name and user.email"), "{problem}");
    assert!(world.lines(&id).await.iter().any(|line| line.contains("set user.name and user.email")));
    // Nothing was half done: not even the index is another.
    assert_eq!(git(worktree.as_ref(), &["status", "--porcelain"]), "?? a");
    git(&world.repository(), &["config", "user.name", "Ada"]);
    git(&world.repository(), &["config", "user.email", "ada@localhost"]);
    assert_eq!(world.post(&format!("/attempts/{id}/commit"), json!({"subject": "x"})).await.0, 200);
    assert_eq!(git(worktree.as_ref(), &["log", "-1", "--format=%an <%ae> %cn"]), "Ada <ada@localhost> Ada");
    world.end().await;
}
