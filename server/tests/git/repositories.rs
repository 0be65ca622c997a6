use boardcast::git::repository::{RepositoryError, branch_name_is_valid, inspect};

use super::world::World;

async fn refusal(path: &str) -> String {
    match inspect(path).await {
        Err(RepositoryError::Invalid(reason)) => reason,
        other => panic!("{path}: {other:?}"),
    }
}

#[tokio::test]
async fn only_the_top_of_a_work_tree_is_a_repository() {
    let world = World::with_repository();
    world.commit("here", "one");
    world.write("here/below/file", "");
    world.git("here", &["worktree", "add", "-q", "../tree"]);
    world.git(".", &["init", "-q", "--bare", "bare"]);
    world.shell(".", "ln -s here link; mkfifo fifo; mkdir plain; mkdir sham; mkfifo sham/.git; mkdir -p head/.git; mkfifo head/.git/HEAD");
    let path = |below: &str| world.path(below).to_string_lossy().into_owned();

    let here = inspect(&path("here")).await.unwrap();
    assert_eq!(
        (&here.top, &here.git_dir, &here.common_dir),
        (&world.path("here"), &world.path("here/.git"), &here.git_dir)
    );
    assert_eq!(inspect(&path("link")).await.unwrap(), here);
    let tree = inspect(&path("tree")).await.unwrap();
    assert_eq!((tree.git_dir, tree.common_dir), (world.path("here/.git/worktrees/tree"), here.git_dir));

    for bad in
        ["here/below", "here/.git", "here/.git/refs", "here/one", "bare", "plain", "fifo", "sham", "head", "none", ""]
    {
        let reason = refusal(&path(bad)).await;
        assert!(reason.starts_with('/'), "{reason}");
    }
    for bad in ["", "here", "./here", "/dev/null", "/dev/zero", "/dev/tty", "/a\0b", "/"] {
        refusal(bad).await;
    }
}

#[tokio::test]
async fn a_repository_with_another_work_tree_is_refused() {
    let world = World::with_repository();
    world.git("here", &["config", "core.worktree", "/"]);
    refusal(&world.path("here").to_string_lossy()).await;
}

#[tokio::test]
async fn branch_names_are_gits() {
    for (name, valid) in [
        ("main", true),
        ("feat/x", true),
        ("a b", false),
        ("-x", false),
        ("--help", false),
        ("a..b", false),
        ("", false),
        ("@{-1}", false),
        ("a\0b", false),
        ("x.lock", false),
        ("HEAD", false),
        ("ü", true),
    ] {
        assert_eq!(branch_name_is_valid(name).await.unwrap(), valid, "{name:?}");
    }
}

#[tokio::test]
async fn a_base_is_anything_that_is_a_commit() {
    let world = World::with_repository();
    let here = world.path("here").to_string_lossy().into_owned();
    let repository = inspect(&here).await.unwrap();
    assert!(repository.base_exists("main").await.unwrap(), "the branch to be born");
    assert!(!repository.base_exists("other").await.unwrap());
    world.commit("here", "one");
    world.git("here", &["update-ref", "refs/remotes/origin/far", "HEAD"]);
    let head = world.head("here");
    for (name, exists) in [
        ("main", true),
        ("origin/far", true),
        (&head, true),
        ("HEAD:one", false),
        ("none", false),
        ("--all", false),
        ("-x", false),
        ("", false),
        ("a\nb", false),
    ] {
        assert_eq!(repository.base_exists(name).await.unwrap(), exists, "{name:?}");
    }
}

#[tokio::test]
async fn a_remote_is_known_by_its_name() {
    let world = World::with_origin();
    let repository = inspect(&world.path("here").to_string_lossy()).await.unwrap();
    assert_eq!(repository.remote_url("origin").await.unwrap().as_deref(), Some("../origin"));
    for name in ["none", "../origin", "--all", ""] {
        assert_eq!(repository.remote_url(name).await.unwrap(), None, "{name}");
    }
}
