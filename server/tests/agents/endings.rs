use boardcast::agents::{Agent, Ask, Told, TurnEnd, end_leftover};
use boardcast_shared::AttemptId;

use super::harness::{Scene, group, lines};

#[tokio::test]
async fn children_that_are_left_in_the_background_end_with_the_leader() {
    let scene = Scene::new();
    let (end, told) = scene.play(scene.command("sleep 1000 & sleep 1001 & echo started"), "").await;
    assert_eq!(end, TurnEnd::Succeeded);
    assert_eq!(lines(&told).len(), 1);
    assert!(!scene.is_alive());
}

#[tokio::test]
async fn a_child_that_leaves_the_group_ends_too() {
    let scene = Scene::new();
    let (end, _) = scene.play(scene.command("setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo started"), "").await;
    assert_eq!(end, TurnEnd::Succeeded);
    assert!(!scene.is_alive());
}

#[tokio::test]
async fn one_that_also_hides_its_environment_escapes_and_holds_nothing_up() {
    let scene = Scene::new();
    // It holds the pipes open, and is found by nobody: only the test knows it.
    let script = "env -u BOARDCAST_ATTEMPT_ID setsid sh -c 'echo $$; exec sleep 1000' & wait";
    let mut running = scene.start(scene.command(script)).await.expect("it starts");
    let turn = running.begin("");
    running.hearing.until(|told| matches!(told, Told::Line { .. })).await;
    running.ask(Ask::Stop).await;
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    let pid: i32 = lines(&running.hearing.all)[0].1.parse().expect("a process");
    let escaped = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(escaped, rustix::process::Signal::KILL).expect("it still runs");
}

#[tokio::test]
async fn one_that_ignores_sigterm_is_killed_after_five_seconds() {
    let scene = Scene::timeless();
    let script = "trap 'echo no' TERM; echo ready; while :; do sleep 1000; done";
    let mut running = scene.start(scene.command(script)).await.expect("it starts");
    let turn = running.begin("");
    running.hearing.until_line("ready").await;
    running.ask(Ask::Stop).await;
    running.hearing.until_line("no").await;
    scene.clock.advance(std::time::Duration::from_millis(4999));
    assert!(scene.is_alive());
    scene.clock.advance(std::time::Duration::from_millis(1));
    assert_eq!(running.finish(turn).await, TurnEnd::Stopped);
    assert!(!scene.is_alive());
}

#[tokio::test]
async fn a_group_whose_leader_died_first_is_ended_whole() {
    let scene = Scene::new();
    let mut running =
        scene.start(scene.command("(trap '' TERM; sleep 1000) & echo $$; exit 1")).await.expect("it starts");
    // Between its turns nobody waits for it.
    running.hearing.until(|told| matches!(told, Told::Group(_))).await;
    running.end().await;
    assert!(!scene.is_alive());
}

#[tokio::test]
async fn a_dropped_agent_is_killed() {
    let scene = Scene::new();
    let mut running = scene.start(scene.command("trap '' TERM; echo ready; sleep 1000")).await.expect("it starts");
    let turn = running.begin("");
    running.hearing.until_line("ready").await;
    turn.abort();
    assert!(turn.await.is_err_and(|error| error.is_cancelled()));
    // The scene looks whether anything is left.
}

#[tokio::test]
async fn a_dropped_start_is_killed() {
    let scene = Scene::new();
    let (told, mut heard) = tokio::sync::mpsc::channel(8);
    let start = Agent::start(scene.acp("trap '' TERM; echo ready; sleep 1000"), told);
    tokio::select! {
        _ = start => panic!("it never answers"),
        () = async { while !matches!(heard.recv().await, Some(Told::Line { .. })) {} } => {}
    }
}

#[tokio::test]
async fn what_a_killed_server_left_is_ended_and_nothing_else() {
    let scene = Scene::new();
    let mut running =
        scene.start(scene.command("setsid sleep 1000 & echo ready; exec sleep 1001")).await.expect("it starts");
    let turn = running.begin("");
    running.hearing.until_line("ready").await;
    let group = group(&running.hearing.all);

    // Another attempt's, the same group; and groups that can't be.
    end_leftover(group, &AttemptId::random()).await;
    end_leftover(0, &AttemptId::random()).await;
    end_leftover(-5, &AttemptId::random()).await;
    assert!(scene.is_alive());

    end_leftover(group, &scene.attempt).await;
    assert!(!scene.is_alive());
    assert_eq!(running.finish(turn).await, TurnEnd::Failed("the command was ended by signal 15 (SIGTERM)".into()));

    // Its number may be another's by now.
    end_leftover(group, &scene.attempt).await;
}
