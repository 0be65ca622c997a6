use std::fs;
use std::time::{Duration, Instant};

use boardcast::git::watch::{Checkout, Fact, Observed, Watcher};
use boardcast_shared::{AttemptId, BoardId, GitFileStatus};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::world::{DEADLINE, Live, World, board, pushes, subjects};

fn is_status(fact: &Observed) -> bool {
    matches!(fact.fact, Fact::Status(_))
}

#[tokio::test]
async fn the_first_status_is_told_and_then_only_changes() {
    let world = World::with_repository();
    let mut live = Live::new();
    live.watch(None, &world.path("here")).await;
    let first = live.status(|_| true).await;
    assert_eq!((&*first.branch, &*first.head, first.has_uncommitted), ("main", "", false));
    // The same document again isn't told.
    world.write("here/.git/description", "anything");
    world.write("here/file", "one");
    let second = live.status(|_| true).await;
    assert_eq!(second.files.len(), 1);
    assert_eq!((&*second.files[0].path, second.files[0].status), ("file", GitFileStatus::Untracked));
}

#[tokio::test]
async fn every_kind_of_change_is_seen() {
    let world = World::with_origin();
    let mut live = Live::on(&world.path("here")).await;
    world.write("here/a/b/c", "new folders");
    live.status(|status| status.files.iter().any(|file| file.path == "a/b/c")).await;
    world.write("here/a/b/d", "in a folder that is watched by now");
    live.status(|status| status.summary.untracked == 2).await;
    world.git("here", &["add", "a"]);
    live.status(|status| status.summary.staged == 2).await;
    world.write("here/a/b/d", "changed again");
    live.status(|status| status.files.len() == 3).await;
    fs::rename(world.path("here/a"), world.path("here/z")).unwrap();
    live.status(|status| status.files.iter().any(|file| file.path == "z/b/d")).await;
    world.write("here/z/b/e", "in a folder that was moved");
    live.status(|status| status.files.iter().any(|file| file.path == "z/b/e")).await;
    world.git("here", &["reset", "-q"]);
    fs::remove_dir_all(world.path("here/z")).unwrap();
    live.status(|status| !status.has_uncommitted).await;
    world.write("here/Cargo.lock", "a file that is only named like git's locks");
    live.status(|status| status.files.len() == 1).await;
    fs::remove_file(world.path("here/first")).unwrap();
    live.status(|status| status.summary.deleted == 1).await;
    world.git("here", &["switch", "-q", "-c", "other"]);
    live.status(|status| status.branch == "other").await;
    world.git("here", &["switch", "-q", "--detach"]);
    live.status(|status| status.branch.is_empty()).await;
    world.git("here", &["switch", "-q", "main"]);
    world.git("here", &["commit", "-q", "--allow-empty", "-m", "ahead"]);
    live.status(|status| (status.ahead, status.behind) == (1, 0)).await;
    world.git("here", &["push", "-q"]);
    live.status(|status| (status.ahead, status.behind) == (0, 0)).await;
    world.git("here", &["reset", "-q", "--hard", "HEAD~1"]);
    live.status(|status| (status.ahead, status.behind) == (0, 1)).await;
}

#[tokio::test]
async fn what_is_ignored_is_not_watched_until_it_no_longer_is() {
    let world = World::with_repository();
    world.write("here/.gitignore", "target\n");
    world.write("here/target/debug/x", "");
    let mut live = Live::on(&world.path("here")).await;
    world.write("here/deep/target/y", "");
    world.write("here/target/debug/z", "");
    world.write("here/seen", "");
    live.status(|status| status.summary.untracked == 2).await;
    world.write("here/.gitignore", "nothing\n");
    live.status(|status| status.summary.untracked == 5).await;
    world.write("here/target/debug/late", "");
    live.status(|status| status.summary.untracked == 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_files_make_a_few_statuses() {
    let world = World::with_repository();
    let mut live = Live::on(&world.path("here")).await;
    let began = Instant::now();
    for n in 0..5_000 {
        world.write(&format!("here/d{}/f{n}", n % 50), "x");
    }
    let took = began.elapsed();
    let told = live.until(|fact| matches!(&fact.fact, Fact::Status(status) if status.summary.untracked == 5_000)).await;
    let Fact::Status(last) = &told[told.len() - 1].fact else { unreachable!() };
    assert_eq!((last.files.len(), last.truncated), (500, true));
    let most = 4 * (took.as_millis() / 1000 + 1) + 3;
    assert!((told.len() as u128) <= most, "{} statuses in {took:?}", told.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_come_at_most_four_times_a_second_and_after_the_last_change() {
    let world = World::with_repository();
    let mut live = Live::on(&world.path("here")).await;
    let began = Instant::now();
    let mut n = 0;
    while began.elapsed() < Duration::from_secs(2) {
        world.write(&format!("here/f{n}"), "x");
        n += 1;
    }
    let told = live.until(|fact| matches!(&fact.fact, Fact::Status(status) if status.summary.untracked == n)).await;
    let took = began.elapsed();
    assert!((told.len() as u128) <= took.as_millis() / 250 + 1, "{} in {took:?}", told.len());
    assert!(told.iter().all(is_status));
}

#[tokio::test]
async fn a_linked_worktree_tells_its_own() {
    let world = World::with_origin();
    world.git("here", &["worktree", "add", "-q", "-b", "work", "../tree"]);
    let mut live = Live::new();
    live.watch(Some("one"), &world.path("tree")).await;
    assert_eq!(live.status(|_| true).await.branch, "work");
    world.write("tree/file", "");
    live.status(|status| status.has_uncommitted).await;
    world.git("tree", &["add", "file"]);
    live.status(|status| status.summary.staged == 1).await;
    // What the main worktree commits is none of its own.
    world.git("here", &["commit", "-q", "--allow-empty", "-m", "in main"]);
    world.git("tree", &["commit", "-q", "-m", "in the tree"]);
    assert!(live.subjects_before("in the tree").await.is_empty());
    live.status(|status| !status.has_uncommitted).await;
    world.git("here", &["branch", "-q", "--set-upstream-to=main", "work"]);
    live.status(|status| (status.ahead, status.behind) == (1, 1)).await;
}

#[tokio::test]
async fn a_repository_that_vanishes_is_taken_up_again() {
    let world = World::with_repository();
    world.commit("here", "one");
    let mut live = Live::on(&world.path("here")).await;
    fs::rename(world.path("here"), world.path("away")).unwrap();
    world.commit("away", "unseen");
    // Once another one is seen in its place, the first was let go.
    world.git(".", &["init", "-q", "-b", "other", "here"]);
    live.status(|status| status.branch == "other").await;
    fs::rename(world.path("here"), world.path("other")).unwrap();
    fs::rename(world.path("away"), world.path("here")).unwrap();
    let head = world.head("here");
    let is_back = |fact: &Observed| matches!(&fact.fact, Fact::Status(status) if status.head == head);
    assert_eq!(subjects(&live.until(is_back).await), [""; 0]);
    world.commit("here", "seen");
    assert!(live.subjects_before("seen").await.is_empty());
    // Removed, and another one made in its place.
    fs::remove_dir_all(world.path("here")).unwrap();
    world.git(".", &["init", "-q", "-b", "trunk", "here"]);
    live.status(|status| status.branch == "trunk").await;
    world.commit("here", "new");
    assert!(live.subjects_before("new").await.is_empty());
}

#[tokio::test]
async fn a_repository_that_is_not_there_yet_is_waited_for() {
    let world = World::new();
    let mut live = Live::new();
    live.watch(None, &world.path("here")).await;
    assert!(live.is_silent());
    world.git(".", &["init", "-q", "-b", "main", "here"]);
    assert_eq!(live.status(|_| true).await.branch, "main");
}

#[tokio::test]
async fn nothing_is_told_after_unwatching() {
    let world = World::with_repository();
    world.git(".", &["init", "-q", "-b", "main", "there"]);
    let mut live = Live::on(&world.path("here")).await;
    live.watch(Some("one"), &world.path("there")).await;
    live.status(|_| true).await;
    live.watcher.unwatch(&board(), None).await;
    world.commit("here", "unseen");
    world.commit("there", "seen");
    let told = live.until(|fact| matches!(&fact.fact, Fact::Commit(_))).await;
    assert!(told.iter().all(|fact| fact.attempt == AttemptId::parse("one").ok()), "{told:?}");
    live.watcher.unwatch_board(&board()).await;
    while !live.is_silent() {}
    world.commit("there", "unseen too");
    // A later watch tells only what comes after it.
    live.watch(None, &world.path("here")).await;
    let told = live.until(is_status).await;
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_slow_receiver_loses_no_commit() {
    let world = World::with_repository();
    let mut live = Live::on(&world.path("here")).await;
    let expected: Vec<_> = (0..60).map(|n| format!("c{n}")).collect();
    for subject in &expected {
        world.git("here", &["commit", "-q", "--allow-empty", "-m", subject]);
    }
    world.git("here", &["commit", "-q", "--allow-empty", "-m", "marker"]);
    live.is_full().await;
    assert_eq!(live.subjects_before("marker").await, expected);
}

#[tokio::test]
async fn without_a_file_system_watcher_all_is_seen_by_looking() {
    let world = World::with_origin();
    let mut live = Live::with(Watcher::polling);
    live.watch(None, &world.path("here")).await;
    live.status(|status| !status.has_uncommitted).await;
    world.write("here/deep/file", "");
    live.status(|status| status.summary.untracked == 1).await;
    world.git("here", &["commit", "-q", "--allow-empty", "-m", "seen"]);
    world.git("here", &["push", "-q"]);
    let told = live.until(|fact| matches!(fact.fact, Fact::Push { .. })).await;
    assert_eq!(subjects(&told), ["seen"]);
}

#[tokio::test]
async fn a_fact_is_told_within_a_second() {
    let world = World::with_origin();
    let mut live = Live::on(&world.path("here")).await;
    for n in 0..5 {
        let began = Instant::now();
        world.git("here", &["commit", "-q", "--allow-empty", "-m", &n.to_string()]);
        live.subjects_before(&n.to_string()).await;
        world.git("here", &["push", "-q"]);
        live.until(|fact| matches!(fact.fact, Fact::Push { .. })).await;
        world.write(&format!("here/{n}"), "");
        live.status(|status| status.summary.untracked == n + 1).await;
        assert!(began.elapsed() < Duration::from_secs(3), "{:?} for three", began.elapsed());
    }
}

#[tokio::test]
async fn each_board_is_told_of_a_repository_they_share() {
    let world = World::with_origin();
    let mut live = Live::on(&world.path("here")).await;
    let other = BoardId::parse("other").unwrap();
    let checkout = Checkout { board_id: other.clone(), attempt: None, path: world.path("here") };
    live.watcher.watch(checkout).await;
    world.commit("here", "shared");
    world.git("here", &["push", "-q"]);
    let mut told = Vec::new();
    while pushes(&told).len() < 2 {
        told.extend(live.until(|fact| matches!(fact.fact, Fact::Push { .. })).await);
    }
    for board in [board(), other] {
        let of_board: Vec<_> = told.iter().filter(|fact| fact.board_id == board).cloned().collect();
        assert_eq!((subjects(&of_board), pushes(&of_board).len()), (vec!["shared".to_owned()], 1), "{board}");
    }
}

#[tokio::test]
async fn ending_the_watcher_ends_all() {
    let world = World::with_repository();
    let (sink, mut facts) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let watcher = Watcher::spawn(sink, cancel.clone());
    watcher.watch(Checkout { board_id: board(), attempt: None, path: world.path("here") }).await;
    cancel.cancel();
    drop(watcher);
    let end = tokio::time::timeout(DEADLINE, async { while facts.recv().await.is_some() {} }).await;
    assert!(end.is_ok(), "the last sender is gone");
}
