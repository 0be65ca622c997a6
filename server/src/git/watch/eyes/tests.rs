//! What the system loses is made up for.

use std::fs;
use std::process::Command;
use std::time::Duration;

use boardcast_shared::BoardId;
use notify::event::Flag;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::super::{Checkout, Fact, Observed, Watcher};
use super::*;

/// Sooner than all is looked at anew without a reason, which is once a minute.
const DEADLINE: Duration = Duration::from_secs(20);

fn git(dir: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(dir).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")]);
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]).args(args);
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Eyes that watch but are told nothing, as when the system's queue is full.
fn deaf() -> Eyes {
    let watcher = notify::recommended_watcher(|_| {}).unwrap();
    Eyes { watcher: Mutex::new(Some(watcher)), routes: Arc::default() }
}

async fn until(facts: &mut mpsc::Receiver<Observed>, what: &str, fits: impl Fn(&Fact) -> bool) {
    let told = async { while !fits(&facts.recv().await.unwrap().fact) {} };
    tokio::time::timeout(DEADLINE, told).await.unwrap_or_else(|_| panic!("never told: {what}"));
}

#[tokio::test]
async fn what_happened_while_events_were_lost_is_told_once_the_loss_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let here = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir(here.join("deep")).unwrap();
    git(&here, &["init", "-q"]);
    let eyes = deaf();
    let routes = Arc::clone(&eyes.routes);
    let (sink, mut facts) = mpsc::channel(16);
    let watcher = Watcher::with(eyes, sink, CancellationToken::new());
    let board_id = BoardId::parse("board").unwrap();
    watcher.watch(Checkout { board_id, attempt: None, path: here.clone() }).await;
    until(&mut facts, "the first status", |fact| matches!(fact, Fact::Status(_))).await;

    fs::create_dir(here.join("deep/new")).unwrap();
    fs::write(here.join("deep/new/file"), "").unwrap();
    let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
    lock(&routes).hear(Ok(overflow));
    let shows_file = |fact: &Fact| matches!(fact, Fact::Status(status) if status.summary.untracked == 1);
    until(&mut facts, "the file", shows_file).await;
    // What is made in the new folder from now on is heard of.
    let walked = async {
        while !lock(&routes).0.contains_key(&here.join("deep/new")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(DEADLINE, walked).await.expect("the new folder is watched");

    git(&here, &["commit", "-q", "--allow-empty", "-m", "unseen"]);
    lock(&routes).hear(Err(notify::Error::generic("events were lost")));
    let is_commit = |fact: &Fact| matches!(fact, Fact::Commit(commit) if commit.subject == "unseen");
    until(&mut facts, "the commit", is_commit).await;
}

#[test]
fn lost_events_are_a_loss_to_everybody_who_watches() {
    let mut routes = Routes::default();
    let signals = [Place::Tree, Place::Git, Place::Shared, Place::Remotes].map(|place| {
        let signal = Arc::<Signal>::default();
        routes.add(Path::new(&format!("/{place:?}")), &signal, place);
        signal.note(|changes| changes.new.push("/known".into()));
        signal
    });
    for lost in [Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)), Err(notify::Error::generic("lost"))] {
        routes.hear(lost);
        for signal in &signals {
            assert_eq!(signal.take(), Changes { walk: Walk::Lost, ..Changes::default() });
        }
    }
}
