//! Many at once: only so many run, in order, and a flood keeps nobody waiting for long.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::world::{World, text};

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_run_two_at_a_time_and_in_their_order() {
    let world = World::start_with(&["--max-attempts", "2"]).await;
    world.script("quick", "echo up; sleep 0.02").await;
    let mut stream = world.stream().await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(world.attempt(json!({"agent": "quick"})).await);
    }
    let (mut running, mut begun, mut ended) = (HashSet::new(), Vec::new(), 0);
    while ended < ids.len() {
        let frame = stream.next().await.unwrap().expect("the stream goes on");
        if frame.event != "attempt_status" {
            continue;
        }
        let status: Value = serde_json::from_str(&frame.data).unwrap();
        let id = text(&status, "attemptId");
        match text(&status, "status").as_str() {
            "running" => {
                begun.push(id.clone());
                running.insert(id);
                assert!(running.len() <= 2, "{running:?}");
            }
            "queued" => {}
            word => {
                assert_eq!(word, "succeeded");
                running.remove(&id);
                ended += 1;
            }
        }
    }
    // Two begin side by side: their order is the queue's but for one place.
    for (at, id) in begun.iter().enumerate() {
        let place = ids.iter().position(|queued| queued == id).unwrap();
        assert!(place.abs_diff(at) <= 1, "{id} was number {place} and began as number {at}");
    }
    assert_eq!(begun.len(), 20);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_flood_so_much_is_kept_and_one_line_counts_the_rest() {
    let world = World::start().await;
    world.script("flood", "i=0; while [ $i -lt 60 ]; do seq 1000; i=$((i+1)); done").await;
    let id = world.attempt(json!({"agent": "flood"})).await;
    let other = world.card("Meanwhile").await;
    // Another client's write is answered while the flood comes in.
    while text(&world.shown(&id).await, "status") != "succeeded" {
        let path = format!("/api/v1/boards/{}/cards/{other}", world.board);
        world.server.call(hyper::Method::PATCH, &path, &json!({"title": "Meanwhile"})).await.ok().unwrap();
    }
    let mut lines = 0;
    let mut before = String::new();
    let mut last = None;
    loop {
        let page = world.get(&format!("/attempts/{id}/logs?limit=1000{before}")).await;
        let items = page["items"].as_array().unwrap();
        lines += items.len();
        last = last.or_else(|| items.last().cloned());
        match page["nextBefore"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(lines, 50_000);
    let last = last.unwrap();
    let count = format!("{} lines and items were dropped", 60_000 - 49_999);
    assert!(text(&last, "level") == "warn" && text(&last, "message").starts_with(&count), "{last}");
    world.end().await;
}
