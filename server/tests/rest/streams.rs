//! Whole conversations of streams, ids replaced by names.

use std::time::Duration;

use boardcast::client::Frame;
use serde_json::{Value, json};

use super::world::World;

/// Names for what differs from run to run.
struct Names(Vec<(String, String)>);

impl Names {
    async fn of(world: &World, boards: &[(&str, &str)]) -> Self {
        let mut names = vec![(world.epoch(), "EPOCH".to_owned())];
        for (id, name) in boards {
            names.push(((*id).to_owned(), (*name).to_owned()));
            let state = world.get(&format!("/boards/{id}/state")).await.body;
            for (at, column) in state["columnOrder"].as_array().unwrap().iter().enumerate() {
                names.push((column.as_str().unwrap().to_owned(), format!("{name}.col{at}")));
            }
            for card in state["cards"].as_object().unwrap().values() {
                names.push((card["id"].as_str().unwrap().to_owned(), card["ticketKey"].as_str().unwrap().to_owned()));
            }
        }
        Self(names)
    }

    /// One line a frame: `[id] event data`. Of a whole state only its seq and its cards' places.
    fn told(&self, frames: &[Frame]) -> String {
        let mut text = String::new();
        for frame in frames {
            let mut data: Value = serde_json::from_str(&frame.data).unwrap();
            if frame.event == "state" {
                let order = data["columnOrder"].as_array().unwrap();
                let cards: Vec<Value> =
                    order.iter().map(|id| data["columns"][id.as_str().unwrap()]["cardIds"].clone()).collect();
                data = json!({"boardId": data["boardId"], "seq": data["seq"], "cards": cards});
            }
            let id = frame.id.as_deref().unwrap_or("-");
            text.push_str(&format!("[{id}] {} {data}\n", frame.event));
        }
        for (id, name) in &self.0 {
            text = text.replace(id.as_str(), name);
        }
        text
    }
}

async fn queue(world: &World, id: &str, board: &str, card: &str, attempt: &str) {
    let data = json!({"boardId": board, "attemptId": attempt, "cardId": card});
    assert_eq!(world.report(id, "attempt.queued", data).await.status, 202);
}

async fn say(world: &World, id: &str, board: &str, attempt: &str) {
    let data = json!({"boardId": board, "attemptId": attempt, "level": "info", "message": format!("line {id}")});
    assert_eq!(world.report(id, "attempt.log.appended", data).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_stream_opens_with_the_state_and_each_cards_latest_attempt() {
    let world = World::start().await;
    let board = world.board("Fresh").await;
    let (one, two) = (world.card(&board, "one").await, world.card(&board, "two").await);
    queue(&world, "1", &board, &one, "old").await;
    queue(&world, "2", &board, &two, "a2").await;
    queue(&world, "3", &board, &one, "a1").await;
    say(&world, "4", &board, "a2").await;
    let names = Names::of(&world, &[(&board, "BOARD")]).await;
    let mut stream = world.stream(&format!("?boardId={board}"), &[]).await;
    let opening = stream.take(4).await;
    say(&world, "5", &board, "a1").await;
    let live = stream.take(1).await;
    insta::assert_snapshot!(names.told(&[opening, live].concat()), @r#"
    [-] hello {"boards":["BOARD"],"dashboard":false,"epoch":"EPOCH","headSeq":7,"heartbeatMs":15000,"oldestSeq":1,"replay":"none","serverTime":"2026-01-01T00:00:00.000Z"}
    [-] state {"boardId":"BOARD","cards":[["FRES-1","FRES-2"],[],[],[]],"seq":3}
    [-] attempt_status {"agent":"","attemptId":"a1","boardId":"BOARD","cardId":"FRES-1","endedAt":null,"error":null,"needsInput":false,"previousStatus":null,"replayed":true,"startedAt":null,"status":"queued","ts":"2026-01-01T00:00:00.000Z"}
    [EPOCH-7] attempt_status {"agent":"","attemptId":"a2","boardId":"BOARD","cardId":"FRES-2","endedAt":null,"error":null,"needsInput":false,"previousStatus":null,"replayed":true,"startedAt":null,"status":"queued","ts":"2026-01-01T00:00:00.000Z"}
    [EPOCH-8] attempt_log {"attemptId":"a1","boardId":"BOARD","level":"info","message":"line 5","ts":"2026-01-01T00:00:00.000Z"}
    "#);
    world.end().await;
    let bye = stream.take(1).await;
    insta::assert_snapshot!(names.told(&bye), @r#"
    [-] bye {"boardId":null,"reason":"shutdown","retryMs":1500}
    "#);
    assert_eq!(stream.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_served_cursor_goes_on_where_it_stopped() {
    let world = World::start().await;
    let board = world.board("Served").await;
    let one = world.card(&board, "one").await;
    queue(&world, "1", &board, &one, "a1").await;
    let cursor = format!("{}-{}", world.epoch(), world.head());
    say(&world, "2", &board, "a1").await;
    let body = json!({"agent": "robot", "protocol": "acp", "command": "robot"});
    assert_eq!(world.send("POST", "/agents", &body).await.status, 201);
    let names = Names::of(&world, &[(&board, "BOARD")]).await;
    let mut stream =
        world.stream(&format!("?boardId={board}&lastEventId=nonsense"), &[("last-event-id", &cursor)]).await;
    let mut frames = stream.take(3).await;
    say(&world, "3", &board, "a1").await;
    frames.extend(stream.take(1).await);
    insta::assert_snapshot!(names.told(&frames), @r#"
    [-] hello {"boards":["BOARD"],"dashboard":false,"epoch":"EPOCH","headSeq":5,"heartbeatMs":15000,"oldestSeq":1,"replay":"tail","serverTime":"2026-01-01T00:00:00.000Z"}
    [EPOCH-4] attempt_log {"attemptId":"a1","boardId":"BOARD","level":"info","message":"line 2","ts":"2026-01-01T00:00:00.000Z"}
    [EPOCH-5] agent_registered {"agent":"robot","label":null}
    [EPOCH-6] attempt_log {"attemptId":"a1","boardId":"BOARD","level":"info","message":"line 3","ts":"2026-01-01T00:00:00.000Z"}
    "#);
    for wrong in ["nonsense", "other-1", &format!("{}-999", world.epoch()), &format!("{}-01", world.epoch())] {
        let mut stream = world.stream(&format!("?boardId={board}&lastEventId={wrong}"), &[]).await;
        let hello: Value = serde_json::from_str(&stream.take(1).await[0].data).unwrap();
        assert_eq!(hello["replay"], "reset", "{wrong}");
    }
    let mut stream = world.stream(&format!("?boardId={board}&lastEventId="), &[]).await;
    let hello: Value = serde_json::from_str(&stream.take(1).await[0].data).unwrap();
    assert_eq!(hello["replay"], "none");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_boards_share_a_stream_in_the_order_of_the_log_and_each_ends_it() {
    let world = World::start().await;
    let (left, right) = (world.board("Left").await, world.board("Right").await);
    let (one, two) = (world.card(&left, "one").await, world.card(&right, "two").await);
    queue(&world, "1", &left, &one, "l1").await;
    queue(&world, "2", &right, &two, "r1").await;
    let names = Names::of(&world, &[(&left, "LEFT"), (&right, "RIGHT")]).await;
    let mut stream = world.stream(&format!("?boardId={right}&projectId={left}&boardId={right}"), &[]).await;
    let mut frames = stream.take(5).await;
    for (at, (board, attempt)) in [(&left, "l1"), (&right, "r1"), (&left, "l1")].into_iter().enumerate() {
        say(&world, &format!("s{at}"), board, attempt).await;
    }
    frames.extend(stream.take(3).await);
    assert_eq!(world.call("DELETE", &format!("/boards/{left}"), &[], "").await.status, 204);
    frames.extend(stream.take(1).await);
    assert_eq!(stream.next().await, None);
    insta::assert_snapshot!(names.told(&frames), @r#"
    [-] hello {"boards":["RIGHT","LEFT"],"dashboard":false,"epoch":"EPOCH","headSeq":6,"heartbeatMs":15000,"oldestSeq":1,"replay":"none","serverTime":"2026-01-01T00:00:00.000Z"}
    [-] state {"boardId":"RIGHT","cards":[["RIGH-1"],[],[],[]],"seq":4}
    [-] attempt_status {"agent":"","attemptId":"r1","boardId":"RIGHT","cardId":"RIGH-1","endedAt":null,"error":null,"needsInput":false,"previousStatus":null,"replayed":true,"startedAt":null,"status":"queued","ts":"2026-01-01T00:00:00.000Z"}
    [-] state {"boardId":"LEFT","cards":[["LEFT-1"],[],[],[]],"seq":3}
    [EPOCH-6] attempt_status {"agent":"","attemptId":"l1","boardId":"LEFT","cardId":"LEFT-1","endedAt":null,"error":null,"needsInput":false,"previousStatus":null,"replayed":true,"startedAt":null,"status":"queued","ts":"2026-01-01T00:00:00.000Z"}
    [EPOCH-7] attempt_log {"attemptId":"l1","boardId":"LEFT","level":"info","message":"line s0","ts":"2026-01-01T00:00:00.000Z"}
    [EPOCH-8] attempt_log {"attemptId":"r1","boardId":"RIGHT","level":"info","message":"line s1","ts":"2026-01-01T00:00:00.000Z"}
    [EPOCH-9] attempt_log {"attemptId":"l1","boardId":"LEFT","level":"info","message":"line s2","ts":"2026-01-01T00:00:00.000Z"}
    [-] bye {"boardId":"LEFT","reason":"board_deleted","retryMs":null}
    "#);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_come_every_15_seconds_with_the_last_id() {
    let world = World::start().await;
    let board = world.board("Beats").await;
    let one = world.card(&board, "one").await;
    queue(&world, "1", &board, &one, "a1").await;
    let names = Names::of(&world, &[(&board, "BOARD")]).await;
    let cursor = format!("{}-3", world.epoch());
    // Other boards' events give this stream no id.
    world.board("Other").await;
    let mut fresh = world.stream(&format!("?boardId={board}"), &[]).await;
    let mut frames = fresh.take(3).await.split_off(3);
    let mut tail = world.stream(&format!("?boardId={board}&lastEventId={cursor}"), &[]).await;
    tail.take(1).await;
    world.clock.advance(Duration::from_secs(15));
    frames.extend(fresh.take(1).await);
    frames.extend(tail.take(1).await);
    world.board("Another").await;
    world.clock.advance(Duration::from_secs(15));
    frames.extend(fresh.take(1).await);
    say(&world, "2", &board, "a1").await;
    frames.extend(fresh.take(1).await);
    world.clock.advance(Duration::from_secs(15));
    frames.extend(fresh.take(1).await);
    insta::assert_snapshot!(names.told(&frames), @r#"
    [-] heartbeat {"seq":4,"ts":"2026-01-01T00:00:15.000Z"}
    [-] heartbeat {"seq":3,"ts":"2026-01-01T00:00:15.000Z"}
    [-] heartbeat {"seq":4,"ts":"2026-01-01T00:00:30.000Z"}
    [EPOCH-6] attempt_log {"attemptId":"a1","boardId":"BOARD","level":"info","message":"line 2","ts":"2026-01-01T00:00:30.000Z"}
    [-] heartbeat {"seq":6,"ts":"2026-01-01T00:00:45.000Z"}
    "#);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_facts_are_on_every_stream_byte_for_byte() {
    let world = World::start().await;
    let board = world.board("Agents").await;
    let mut streams = Vec::new();
    for query in [format!("?boardId={board}"), String::new(), format!("?boardId={board}&dashboard=1&state=patch")] {
        let mut stream = world.stream(&query, &[]).await;
        let hello: Value = serde_json::from_str(&stream.take(1).await[0].data).unwrap();
        assert_eq!(hello["dashboard"], !query.contains("boardId") || query.contains("dashboard=1"), "{query}");
        streams.push(stream);
    }
    let body = json!({"agent": "robot", "protocol": "acp", "command": "robot", "label": "R\u{2028}"});
    assert_eq!(world.send("POST", "/agents", &body).await.status, 201);
    let profile = json!({"agent": "robot", "label": "careful", "config": {"env": {"SECRET": "x"}}});
    assert_eq!(world.send("POST", "/agent-profiles", &profile).await.status, 201);
    let mut told = Vec::new();
    for stream in &mut streams {
        let mut agents = Vec::new();
        while agents.len() < 2 {
            let frame = stream.next().await.expect("a frame");
            if frame.event.starts_with("agent_") {
                agents.push(frame);
            }
        }
        told.push(agents);
    }
    assert_eq!(
        told[0].iter().map(|frame| frame.event.as_str()).collect::<Vec<_>>(),
        ["agent_registered", "agent_profile"]
    );
    assert!(told.iter().all(|frames| *frames == told[0]), "{told:?}");
    assert!(!format!("{told:?}").contains("SECRET"));
    let profiles = world.get("/agent-profiles").await.body;
    assert_eq!(profiles["agentProfiles"][0]["config"], json!({"env": ["SECRET"]}));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_may_skip_states_but_nothing_else() {
    let world = World::start().await;
    let board = world.board("Full").await;
    let one = world.card(&board, "one").await;
    queue(&world, "1", &board, &one, "a1").await;
    let cursor = format!("{}-{}", world.epoch(), world.head());
    let mut stream = world.stream(&format!("?boardId={board}"), &[]).await;
    stream.take(3).await;
    for n in 0..40 {
        world.card(&board, &n.to_string()).await;
        say(&world, &format!("l{n}"), &board, "a1").await;
    }
    let last = world.head();
    let mut tail = world.stream(&format!("?boardId={board}&lastEventId={cursor}"), &[]).await;
    for (stream, hello) in [(&mut stream, false), (&mut tail, true)] {
        if hello {
            stream.take(1).await;
        }
        let (mut lines, mut before, mut state) = (0, 0, 0);
        while before < last || state < last - 1 {
            let frame = stream.next().await.expect("a frame");
            let seq: u64 = frame.id.as_deref().unwrap().rsplit('-').next().unwrap().parse().unwrap();
            assert!(seq > before, "in order, once");
            before = seq;
            match frame.event.as_str() {
                "attempt_log" => lines += 1,
                "state" => {
                    let data: Value = serde_json::from_str(&frame.data).unwrap();
                    assert_eq!(data["seq"], seq, "a state stands at its own place");
                    state = seq;
                }
                other => panic!("{other}"),
            }
        }
        assert_eq!(lines, 40);
    }
    world.end().await;
}
