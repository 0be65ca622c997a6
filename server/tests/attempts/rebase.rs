//! A branch that is put on top of its base: done or undone, never in between.

use std::fs;
use std::path::{Path, PathBuf};

use hyper::Method;
use serde_json::{Value, json};

use super::world::{End, World, git, text};

/// Commits a change of README and a file of its own.
const WORK: &str = "printf 'mine\\n' > README; echo own > own; git add .; git commit -qm work";

struct Scene {
    world: World,
    id: String,
    worktree: PathBuf,
}

impl Scene {
    /// An attempt that has done `script` and ended.
    async fn after(script: &str) -> Self {
        let world = World::start().await;
        world.script("worker", script).await;
        let id = world.attempt(json!({"agent": "worker"})).await;
        let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath").into();
        Self { world, id, worktree }
    }

    /// The base goes on: a file gets this text.
    fn base_writes(&self, file: &str, content: &str) {
        fs::write(self.world.repository().join(file), content).unwrap();
        git(&self.world.repository(), &["add", "."]);
        git(&self.world.repository(), &["commit", "-q", "-m", "base"]);
    }

    fn here(&self, args: &[&str]) -> String {
        git(&self.worktree, args)
    }

    async fn rebase(&self) -> (u16, Value) {
        self.world.post(&format!("/attempts/{}/rebase", self.id), json!({})).await
    }

    async fn abort(&self) -> (u16, Value) {
        self.world.call(Method::DELETE, &format!("/attempts/{}/rebase", self.id), Value::Null).await
    }

    /// It is refused with this code, and branch and files are as they were.
    async fn refused(&self, code: &str) -> Value {
        let state = || (self.here(&["rev-parse", "HEAD"]), self.here(&["status", "--porcelain"]));
        let before = state();
        let (_, problem) = self.rebase().await;
        assert_eq!(text(&problem, "code"), code, "{problem}");
        assert_eq!(state(), before, "{code}");
        assert!(!is_rebasing(&self.worktree) && !mark(&self.worktree).exists(), "{code}");
        problem
    }
}

fn git_dir(worktree: &Path) -> PathBuf {
    git(worktree, &["rev-parse", "--absolute-git-dir"]).into()
}

fn is_rebasing(worktree: &Path) -> bool {
    git_dir(worktree).join("rebase-merge").exists()
}

fn mark(worktree: &Path) -> PathBuf {
    git_dir(worktree).join("boardcast-rebase")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_comes_to_stand_on_its_base() {
    let scene = Scene::after(WORK).await;
    scene.base_writes("other", "theirs\n");
    for hook in ["pre-rebase", "post-rewrite", "post-checkout"] {
        let hook = scene.world.repository().join(".git/hooks").join(hook);
        fs::write(&hook, "#!/bin/sh\ntouch hooked; exit 1\n").unwrap();
        fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let base = git(&scene.world.repository(), &["rev-parse", "main"]);
    let (status, rebased) = scene.rebase().await;
    let sha = scene.here(&["rev-parse", "HEAD"]);
    let told = json!({"sha": sha, "baseBranch": "main", "baseSha": base, "moved": true});
    assert_eq!((status, rebased), (200, told));
    assert_eq!(scene.here(&["rev-list", "--parents", "-1", "HEAD"]), format!("{sha} {base}"));
    assert_eq!(scene.here(&["status", "--porcelain"]), "");
    assert_eq!(fs::read_to_string(scene.worktree.join("other")).unwrap(), "theirs\n");
    assert!(!is_rebasing(&scene.worktree) && !mark(&scene.worktree).exists());
    scene.world.until_line(&scene.id, "[git] rebased onto main").await;
    scene.world.until_line(&scene.id, &format!("[git] committed {} work", &sha[..7])).await;
    let (status, again) = scene.rebase().await;
    assert_eq!((status, &again["moved"], text(&again, "sha")), (200, &json!(false), sha));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_named_and_leave_nothing_half_done() {
    let scene = Scene::after(WORK).await;
    scene.base_writes("README", "theirs\n");
    fs::write(scene.worktree.join("untracked"), "kept\n").unwrap();
    let problem = scene.refused("rebase_conflict").await;
    assert_eq!((&problem["status"], &problem["files"]), (&json!(409), &json!(["README"])));
    assert_eq!(fs::read_to_string(scene.worktree.join("untracked")).unwrap(), "kept\n");
    // The agent may do it itself, when it is told to; then there is nothing left to do.
    let resolve = "read -r _; git rebase -q main || { printf 'both\\n' > README; git add README; git -c core.editor=true rebase --continue; }";
    let agent = json!({"args": ["-c", resolve]});
    assert_eq!(scene.world.call(Method::PATCH, "/agents/worker", agent).await.0, 200);
    let said = json!({"text": "Rebase onto main"});
    assert_eq!(scene.world.post(&format!("/attempts/{}/messages", scene.id), said).await.0, 202);
    scene.world.until(&scene.id, &["succeeded"]).await;
    assert_eq!(scene.rebase().await.1["moved"], json!(false));
    assert_eq!(fs::read_to_string(scene.worktree.join("README")).unwrap(), "both\n");
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_rebased_while_the_agent_is_at_work() {
    let scene = Scene::after("cat > /dev/null; while [ -e wait ]; do sleep 0.01; done").await;
    fs::write(scene.worktree.join("wait"), "").unwrap();
    scene.world.post(&format!("/attempts/{}/messages", scene.id), json!({"text": "x"})).await;
    scene.world.until(&scene.id, &["running"]).await;
    for (status, problem) in [scene.rebase().await, scene.abort().await] {
        assert_eq!((status, text(&problem, "code").as_str()), (409, "attempt_active"));
    }
    fs::remove_file(scene.worktree.join("wait")).unwrap();
    scene.world.until(&scene.id, &["succeeded"]).await;
    assert_eq!(scene.rebase().await.1["moved"], json!(false));
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_rebased_says_why() {
    let scene = Scene::after(WORK).await;
    scene.base_writes("other", "theirs\n");
    fs::write(scene.worktree.join("own"), "changed\n").unwrap();
    scene.refused("uncommitted_work").await;
    scene.here(&["checkout", "-q", "own"]);
    // An untracked file that the base brings, too.
    fs::write(scene.worktree.join("other"), "mine\n").unwrap();
    let problem = scene.refused("rebase_refused").await;
    assert!(text(&problem, "detail").contains("would be overwritten"), "{problem}");
    fs::remove_file(scene.worktree.join("other")).unwrap();
    let branch = scene.here(&["branch", "--show-current"]);
    scene.here(&["checkout", "-q", "-b", "elsewhere"]);
    let problem = scene.refused("rebase_refused").await;
    assert!(text(&problem, "detail").contains("is not on the branch"), "{problem}");
    scene.here(&["checkout", "-q", &branch]);
    let repository = scene.world.repository();
    git(&repository, &["config", "merge.evil.driver", "touch pwned"]);
    scene.refused("unsafe_repository").await;
    git(&repository, &["config", "--unset", "merge.evil.driver"]);
    git(&repository, &["config", "--unset", "user.name"]);
    scene.refused("commit_refused").await;
    git(&repository, &["config", "user.name", "Somebody"]);
    git(&repository, &["branch", "-q", "-m", "main", "renamed"]);
    scene.refused("unknown_base").await;
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_somebody_left_unfinished_can_be_given_up() {
    let scene = Scene::after(WORK).await;
    scene.base_writes("README", "theirs\n");
    let before = scene.here(&["rev-parse", "HEAD"]);
    let (status, problem) = scene.abort().await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "no_rebase"));
    leave_unfinished(&scene.worktree);
    let (status, problem) = scene.rebase().await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "rebase_unfinished"));
    let (status, problem) = scene.world.post(&format!("/attempts/{}/commit", scene.id), json!({"subject": "x"})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "commit_refused"));
    assert!(text(&problem, "detail").contains("a rebase was begun there"), "{problem}");
    assert!(is_rebasing(&scene.worktree), "it is somebody else's");
    assert_eq!(scene.abort().await.0, 204);
    assert!(!is_rebasing(&scene.worktree));
    assert_eq!((scene.here(&["rev-parse", "HEAD"]), scene.here(&["status", "--porcelain"])), (before, String::new()));
    scene.world.end().await;
}

/// A rebase that stands at a conflict.
fn leave_unfinished(worktree: &Path) {
    let mut git = std::process::Command::new("git");
    git.current_dir(worktree).args(["-c", "user.name=A", "-c", "user.email=a@localhost", "rebase", "-q", "main"]);
    assert!(!git.output().unwrap().status.success());
    assert!(is_rebasing(worktree));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_ours_that_was_cut_off_is_undone_by_the_next_start_and_nobody_elses() {
    for is_ours in [true, false] {
        let mut scene = Scene::after(WORK).await;
        scene.base_writes("README", "theirs\n");
        let before = scene.here(&["rev-parse", "HEAD"]);
        leave_unfinished(&scene.worktree);
        if is_ours {
            // As a server that was killed leaves it.
            fs::write(mark(&scene.worktree), "").unwrap();
            fs::write(git_dir(&scene.worktree).join("index.lock"), "").unwrap();
        }
        scene.world = scene.world.restarted(End::Killed).await;
        let expected = if is_ours { "rebase_conflict" } else { "rebase_unfinished" };
        crate::harness::eventually(expected, super::world::PATIENCE, async || {
            text(&scene.rebase().await.1, "code") == expected
        })
        .await;
        if is_ours {
            assert_eq!(scene.here(&["rev-parse", "HEAD"]), before);
        }
        assert!(!mark(&scene.worktree).exists());
        scene.world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_servers_end_cuts_off_is_undone() {
    for end in [End::Terminated, End::Killed] {
        // A git that takes its time once it stands at a conflict.
        let bin = tempfile::tempdir().unwrap();
        let at_conflict = bin.path().join("at-conflict");
        let slow = format!(
            "#!/bin/sh\ncase \" $* \" in *\" --merge \"*) /usr/bin/git \"$@\"; touch {}; exec sleep 5;; esac\nexec /usr/bin/git \"$@\"\n",
            at_conflict.display()
        );
        let git_here = bin.path().join("git");
        fs::write(&git_here, slow).unwrap();
        fs::set_permissions(&git_here, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
        let world = World::logging(&[("PATH".into(), path)]).await;
        world.script("worker", WORK).await;
        let id = world.attempt(json!({"agent": "worker"})).await;
        let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath").into();
        let mut scene = Scene { world, id, worktree };
        scene.base_writes("README", "theirs\n");
        let before = scene.here(&["rev-parse", "HEAD"]);
        let client = scene.world.server.client.clone();
        let asked = format!("/api/v1/attempts/{}/rebase", scene.id);
        let asking = tokio::spawn(async move {
            let json = [("content-type", "application/json")];
            client.call(Method::POST, &asked, &json, "{}".into()).await.map(|answer| answer.status)
        });
        crate::harness::eventually("the conflict", super::world::PATIENCE, async || at_conflict.exists()).await;
        assert!(is_rebasing(&scene.worktree) && mark(&scene.worktree).exists());
        scene.world = scene.world.restarted(end).await;
        if matches!(end, End::Terminated) {
            assert_eq!(asking.await.unwrap().unwrap(), 503);
        }
        let undone = async || !is_rebasing(&scene.worktree) && !mark(&scene.worktree).exists();
        crate::harness::eventually("undone", super::world::PATIENCE, undone).await;
        assert_eq!(
            (scene.here(&["rev-parse", "HEAD"]), scene.here(&["status", "--porcelain"])),
            (before, String::new())
        );
        scene.world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_of_a_remote_is_taken_as_it_stands_there_now() {
    let world = World::start().await;
    let remote = world.dir.path().join("remote.git");
    git(world.dir.path(), &["init", "-q", "--bare", "remote.git"]);
    git(&world.repository(), &["remote", "add", "origin", remote.to_str().unwrap()]);
    git(&world.repository(), &["push", "-q", "origin", "main"]);
    // Nothing that the repository names is run on the way.
    git(&world.repository(), &["config", "remote.origin.uploadpack", "touch pwned;"]);
    world.script("worker", WORK).await;
    let id = world.attempt(json!({"agent": "worker", "baseBranch": "origin/main"})).await;
    let worktree = text(&world.until(&id, &["succeeded"]).await, "worktreePath").into();
    let scene = Scene { world, id, worktree };
    let other = scene.world.dir.path().join("other");
    git(scene.world.dir.path(), &["clone", "-q", "--branch", "main", remote.to_str().unwrap(), "other"]);
    git(&other, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    git(&other, &["push", "-q", "origin", "main"]);
    let (status, rebased) = scene.rebase().await;
    assert_eq!((status, text(&rebased, "baseSha")), (200, git(&other, &["rev-parse", "HEAD"])), "{rebased}");
    assert_eq!(scene.here(&["rev-parse", "HEAD^"]), text(&rebased, "baseSha"));
    fs::remove_dir_all(&remote).unwrap();
    let problem = scene.refused("remote_unreachable").await;
    assert_eq!(problem["status"], 502);
    scene.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebased_branch_replaces_its_own_commits_at_the_remote_and_nobody_elses() {
    let scene = Scene::after(WORK).await;
    let remote = scene.world.dir.path().join("remote.git");
    git(scene.world.dir.path(), &["init", "-q", "--bare", "remote.git"]);
    git(&scene.world.repository(), &["remote", "add", "origin", remote.to_str().unwrap()]);
    let push = async |body: Value| scene.world.post(&format!("/attempts/{}/push", scene.id), body).await;
    let (status, pushed) = push(json!({})).await;
    assert_eq!(status, 200, "{pushed}");
    scene.base_writes("other", "theirs\n");
    assert_eq!(scene.rebase().await.0, 200);
    let (status, problem) = push(json!({"replace": false})).await;
    assert_eq!((status, text(&problem, "code").as_str()), (409, "push_rejected"));
    let (status, pushed) = push(json!({"replace": true})).await;
    assert_eq!((status, text(&pushed, "sha")), (200, scene.here(&["rev-parse", "HEAD"])));

    let (branch, other) = (text(&pushed, "branch"), scene.world.dir.path().join("other"));
    git(scene.world.dir.path(), &["clone", "-q", "--branch", &branch, remote.to_str().unwrap(), "other"]);
    git(&other, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    git(&other, &["push", "-q", "origin", &branch]);
    let theirs = git(&other, &["rev-parse", "HEAD"]);
    scene.here(&["commit", "-q", "--amend", "-m", "again"]);
    // Also when they have been seen here, but never taken over.
    for fetch in [false, true] {
        if fetch {
            scene.here(&["fetch", "-q", "origin"]);
        }
        let (status, problem) = push(json!({"replace": true})).await;
        assert_eq!((status, text(&problem, "code").as_str()), (409, "push_rejected"), "{problem}");
        assert!(text(&problem, "detail").contains("somebody else's commits"), "{problem}");
        assert_eq!(git(&remote, &["rev-parse", &branch]), theirs);
    }
    scene.world.end().await;
}
