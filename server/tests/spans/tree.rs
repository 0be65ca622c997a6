//! What belongs to what.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use boardcast::events::{Commit, Subscriber};
use tokio::sync::Notify;

use super::recorder::{Recorder, Told};
use super::world::World;

/// A subscriber that keeps the writer after its next commit until it is let go.
struct Gate {
    reached: Notify,
    open: Mutex<mpsc::Receiver<()>>,
}

impl Subscriber for Gate {
    fn committed(&self, _: &Commit) {
        self.reached.notify_one();
        // An error is the end of the test's side, which lets go for good.
        let _ = self.open.lock().unwrap().recv();
    }
}

fn child<'a>(of: &Told, name: &str, told: &'a [Told]) -> &'a Told {
    let found: Vec<_> = told.iter().filter(|span| span.parent == Some(of.id) && span.name == name).collect();
    let [child] = found[..] else { panic!("{name} under {of:?}: {found:?}") };
    child
}

/// The requests of a route, once so many have ended.
async fn requests(recorder: &Recorder, name: &str, count: usize) -> (Vec<Told>, Vec<Told>) {
    let ended = async {
        loop {
            let told = recorder.told();
            let is_asked = |span: &&Told| span.fields.get("otel.name").is_some_and(|told| told == name);
            let asked: Vec<Told> = told.iter().filter(is_asked).filter(|span| span.ended).cloned().collect();
            if asked.len() == count {
                return (asked, told);
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("they end")
}

// One test: the subscriber is that of the whole process.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_its_command_the_commit_and_its_publication_are_one_trace() {
    let recorder = Recorder::install();
    let world = World::start().await;
    let board = world.board("Confidential").await;
    let (requests_made, told) = requests(&recorder, "POST /api/v1/boards", 1).await;
    let request = &requests_made[0];
    assert_eq!(request.parent, None);
    assert_eq!(request.fields["http.request.method"], "POST");
    assert_eq!(request.fields["http.route"], "/api/v1/boards");
    assert_eq!(request.fields["http.response.status_code"], "201");
    let command = child(request, "command", &told);
    assert!(command.fields["code.function.name"].contains("boards"), "{command:?}");
    let commit = child(command, "commit", &told);
    child(commit, "sync", &told);
    let publish = child(commit, "publish", &told);
    assert_eq!(publish.fields["facts"], "1");
    assert!([command, commit, publish].iter().all(|span| span.ended), "before the answer leaves: {told:?}");

    // What waits together shares a commit: it is a part of the first one's trace, and the others are linked to it.
    let (open, gate) = mpsc::channel();
    let gate = Arc::new(Gate { reached: Notify::new(), open: Mutex::new(gate) });
    world.server.state.store.subscribe(gate.clone());
    let card = async || drop(world.card(&board, "secret").await);
    let others = async {
        gate.reached.notified().await;
        tokio::join!(card(), card(), async {
            let wait = async {
                while world.server.state.store.waiting() < 2 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), wait).await.expect("two wait");
            drop(open);
        });
    };
    tokio::join!(card(), others);
    let (_, told) = requests(&recorder, "POST /api/v1/boards/{board}/cards", 3).await;
    let is_shared = |span: &&Told| span.name == "commit" && told.iter().any(|other| other.follows.contains(&span.id));
    let shared = told.iter().rfind(is_shared).expect("a commit that others follow");
    assert!(["2", "3"].contains(&shared.fields["commands"].as_str()), "{shared:?}");

    let all = format!("{told:?}");
    for secret in ["Confidential", "secret", &board] {
        assert!(!all.contains(secret), "{secret}");
    }
    world.end().await;
}
