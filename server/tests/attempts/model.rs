//! Every transition of an attempt against a model of it.

use serde_json::{Value, json};

use super::world::{End, World, text};
use crate::harness::Chance;

/// Where the model says that an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Running,
    Succeeded,
    Failed,
    Stopped,
}

impl Stands {
    fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// Runs until it is told how to end.
const PUPPET: &str = "read -r line; echo \"asked: $line\"; \
    while :; do [ -e end ] && { code=$(cat end); rm end; exit $code; }; sleep 0.01; done";

/// What the statuses of an attempt may follow upon.
fn may_follow(before: Option<&str>, after: &str) -> bool {
    match before {
        None => after == "queued",
        Some("queued") => matches!(after, "running" | "stopping" | "failed"),
        Some("running") => matches!(after, "succeeded" | "failed" | "stopping"),
        Some("stopping") => after == "stopped",
        Some("succeeded" | "failed" | "stopped") => matches!(after, "running" | "queued"),
        Some(_) => false,
    }
}

async fn check_statuses(world: &World, id: &str) {
    let mut before: Option<String> = None;
    for event in world.events(&format!("&attemptId={id}")).await {
        let (kind, data) = (text(&event, "type"), &event["data"]);
        if kind != "attempt.queued" && kind != "attempt.status.changed" {
            continue;
        }
        let after = text(data, "status");
        assert!(may_follow(before.as_deref(), &after), "{before:?} then {after}");
        assert_eq!(data["previousStatus"].as_str(), before.as_deref());
        let is_final = matches!(after.as_str(), "succeeded" | "failed" | "stopped");
        assert_eq!((data["endedAt"].is_string(), data["needsInput"].clone()), (is_final, Value::Bool(false)));
        assert_eq!(data["error"].is_string(), after == "failed");
        before = Some(after);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_goes_where_the_model_says() {
    let mut chance = Chance::new();
    let mut world = World::start().await;
    world.script("puppet", PUPPET).await;
    let id = world.attempt(json!({"agent": "puppet", "prompt": "0"})).await;
    let mut stands = Stands::Running;
    let mut turn = 0;
    for _ in 0..25 {
        world.until(&id, &[stands.word()]).await;
        if stands == Stands::Running {
            world.until_line(&id, &format!("asked: {turn}")).await;
        }
        let worktree = text(&world.shown(&id).await, "worktreePath");
        let end = |code: &str| {
            std::fs::write(format!("{worktree}/ending"), code).unwrap();
            std::fs::rename(format!("{worktree}/ending"), format!("{worktree}/end")).unwrap();
        };
        let step = chance.below(6);
        match (stands, step) {
            (Stands::Running, 0) => {
                end("0");
                stands = Stands::Succeeded;
            }
            (Stands::Running, 1) => {
                end("1");
                stands = Stands::Failed;
            }
            (Stands::Running, 2 | 3) => {
                assert_eq!(world.post(&format!("/attempts/{id}/stop"), json!({})).await.0, 202);
                stands = Stands::Stopped;
            }
            (Stands::Running, _) => {
                world = world.restarted(if step == 4 { End::Killed } else { End::Terminated }).await;
                stands = Stands::Failed;
            }
            (_, 0..=2) => {
                turn += 1;
                let text = json!({"text": turn.to_string()});
                assert_eq!(world.post(&format!("/attempts/{id}/messages"), text).await.0, 202);
                stands = Stands::Running;
            }
            (_, 3) => {
                let (status, problem) = world.post(&format!("/attempts/{id}/stop"), json!({})).await;
                assert_eq!((status, text(&problem, "code").as_str()), (409, "attempt_ended"));
            }
            (_, _) => world = world.restarted(if step == 4 { End::Killed } else { End::Terminated }).await,
        }
    }
    world.until(&id, &[stands.word()]).await;
    check_statuses(&world, &id).await;
    world.end().await;
}
