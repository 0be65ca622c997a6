use super::world::{Live, World, board, pushes};
use boardcast::git::watch::Fact;

/// What a script in the repository makes us tell: exactly the pushes of these branches, and where they went. A push
/// to another remote, the last by name, shows afterwards that nothing else comes.
async fn check(name: &str, script: &str, expected: &[(&str, &str)]) {
    let world = World::with_origin();
    world.git(".", &["clone", "-q", "origin", "there"]);
    world.git(".", &["init", "-q", "--bare", "zz"]);
    world.git("here", &["remote", "add", "zz", "../zz"]);
    let mut live = Live::on(&world.path("here")).await;
    world.shell("here", script);
    world.git("here", &["push", "-q", "zz", "HEAD:refs/heads/end"]);
    let mut told = pushes(&live.until(|fact| matches!(&fact.fact, Fact::Push { remote, .. } if remote == "zz")).await);
    told.pop();
    let expected: Vec<_> =
        expected.iter().map(|(to, what)| format!("{to} {}", world.git("here", &["rev-parse", what]))).collect();
    assert_eq!(told, expected, "{name}");
}

macro_rules! ways {
    ($($name:ident: $script:expr => $expected:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                check(stringify!($name), $script, &$expected).await;
            }
        )*
    };
}

ways! {
    a_push_is_told: "git commit -qm x --allow-empty; git push -q" => [("origin/main", "HEAD")];
    a_new_branch_is_told: "git push -q origin HEAD:refs/heads/feat/new" => [("origin/feat/new", "HEAD")];
    each_push_is_told:
        "git commit -qm x --allow-empty; git push -q; git commit -qm y --allow-empty; git push -q"
        => [("origin/main", "HEAD~1"), ("origin/main", "HEAD")];
    a_forced_push_is_told: "git commit -q --amend -m x; git push -q -f" => [("origin/main", "HEAD")];
    a_push_that_changes_nothing_is_not_told: "git push -q; git push -q" => [];
    a_refused_push_is_not_told:
        "(cd ../there; git commit -qm far --allow-empty; git push -q); git commit -qm x --allow-empty; ! git push -q" => [];
    a_fetch_is_not_told: "(cd ../there; git commit -qm far --allow-empty; git push -q); git fetch -q; git pull -q" => [];
    a_remote_with_a_slash_is_told:
        "git remote add team/fork ../origin; git push -q team/fork HEAD:b/c" => [("team/fork/b/c", "HEAD")];
    a_push_without_tracking_is_not_told: "git push -q ../origin HEAD:silent" => [];
    a_push_after_packing_is_told:
        "git pack-refs --all; git gc -q; git commit -qm x --allow-empty; git push -q" => [("origin/main", "HEAD")];
}

#[tokio::test]
async fn a_push_from_a_linked_worktree_is_told_once_and_after_its_commit() {
    let world = World::with_origin();
    world.git("here", &["worktree", "add", "-q", "-b", "work", "../tree"]);
    let mut live = Live::on(&world.path("here")).await;
    live.watch(Some("one"), &world.path("tree")).await;
    world.commit("tree", "w");
    world.git("tree", &["push", "-q", "origin", "work"]);
    world.commit("tree", "x");
    world.git("tree", &["push", "-q", "origin", "work"]);
    let head = world.head("tree");
    let told = live.until(|fact| matches!(&fact.fact, Fact::Push { sha, .. } if *sha == head)).await;
    let before = world.git("tree", &["rev-parse", "HEAD~1"]);
    assert_eq!(pushes(&told), [format!("origin/work {before}"), format!("origin/work {head}")]);
    let mut committed = Vec::new();
    for fact in told {
        match fact.fact {
            Fact::Commit(commit) => {
                assert_eq!(fact.attempt.as_ref().unwrap().as_str(), "one");
                committed.push(commit.sha);
            }
            Fact::Push { sha, .. } => {
                assert_eq!(fact.attempt, None);
                assert!(committed.contains(&sha), "pushed before it was committed");
            }
            Fact::Status(_) => {}
        }
    }
    live.watcher.unwatch_board(&board()).await;
}

#[tokio::test]
async fn a_branch_that_is_deleted_and_pushed_again_is_told_again() {
    let world = World::with_origin();
    let mut live = Live::on(&world.path("here")).await;
    let head = world.head("here");
    for branch in ["b", "c", "b"] {
        world.git("here", &["push", "-q", "origin", &format!("HEAD:{branch}")]);
        let told = live.until(|fact| matches!(fact.fact, Fact::Push { .. })).await;
        assert_eq!(pushes(&told), [format!("origin/{branch} {head}")]);
        world.git("here", &["push", "-q", "origin", "--delete", branch]);
    }
}

#[tokio::test]
async fn renaming_a_remote_is_not_a_push() {
    let world = World::with_origin();
    let mut live = Live::on(&world.path("here")).await;
    for remote in ["origin", "up"] {
        world.commit("here", &format!("to-{remote}"));
        world.git("here", &["push", "-q", remote, "main"]);
        let told = live.until(|fact| matches!(fact.fact, Fact::Push { .. })).await;
        assert_eq!(pushes(&told), [format!("{remote}/main {}", world.head("here"))]);
        if remote == "origin" {
            world.git("here", &["remote", "rename", "origin", "up"]);
        }
    }
}
