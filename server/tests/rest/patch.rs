//! Patches, folded, are the board: whatever is done to it, in whatever order, and after it was opened again.

use boardcast::clock::Clock;
use serde_json::{Value, json};

use super::world::{Listener, World};
use crate::json_patch::apply;

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    fn pick(&mut self, from: &[String]) -> String {
        if from.is_empty() { "none".into() } else { from[self.roll(from.len())].clone() }
    }
}

fn keys(map: &Value) -> Vec<String> {
    map.as_object().unwrap().keys().cloned().collect()
}

/// One random call; whether it is refused doesn't matter.
async fn act(world: &World, dice: &mut Dice, board: &str, state: &Value, deletes: bool) {
    let base = format!("/boards/{board}");
    let (cards, columns) = (keys(&state["cards"]), keys(&state["columns"]));
    let (card, column) = (dice.pick(&cards), dice.pick(&columns));
    let (method, path, body) = match dice.roll(12) {
        0..=3 => {
            let depends: Vec<String> = (0..dice.roll(3)).map(|_| dice.pick(&cards)).filter(|id| id != "none").collect();
            let body = json!({"title": format!("t~/{}", dice.roll(9)), "columnId": column, "index": dice.roll(5),
                "dependsOn": depends, "description": "a\0\"\\\u{2028}"});
            ("POST", format!("{base}/cards"), body)
        }
        4 | 5 => ("POST", format!("{base}/cards/{card}/move"), json!({"columnId": column, "index": dice.roll(6)})),
        6 => (
            "PATCH",
            format!("{base}/cards/{card}"),
            json!({"title": format!("n{}", dice.roll(99)), "description": null}),
        ),
        8 if deletes => ("DELETE", format!("{base}/cards/{card}"), Value::Null),
        7 | 8 => {
            ("PATCH", format!("{base}/cards/{card}"), json!({"dependsOn": [dice.pick(&cards)], "isEnhanced": true}))
        }
        9 => {
            ("POST", format!("{base}/columns"), json!({"title": format!("c{}", dice.roll(99)), "index": dice.roll(6)}))
        }
        10 if dice.roll(2) == 0 => ("DELETE", format!("{base}/columns/{column}"), Value::Null),
        10 => ("PATCH", format!("{base}/columns/{column}"), json!({"title": "moved", "index": dice.roll(6)})),
        _ => ("PUT", format!("{base}/state"), shuffled(dice, state)),
    };
    let got = world.send(method, &path, &body).await;
    assert!(got.status < 500 && got.status != 400, "{method} {path} {body}: {got:?}");
}

/// The same board with its columns and cards in other places, one renamed, one perhaps gone, one new.
fn shuffled(dice: &mut Dice, state: &Value) -> Value {
    let mut state = state.clone();
    state["columnOrder"].as_array_mut().unwrap().rotate_left(dice.roll(2));
    let order: Vec<String> = keys(&state["columns"]);
    if let Some(card) = state["columns"][&order[0]]["cardIds"].as_array_mut().unwrap().pop() {
        let target = dice.pick(&order);
        state["columns"][target]["cardIds"].as_array_mut().unwrap().insert(0, card);
    }
    let cards = keys(&state["cards"]);
    let card = dice.pick(&cards);
    if card != "none" {
        state["cards"][&card]["title"] = json!("renamed");
    }
    let id = format!("own{}", dice.roll(1000));
    if !cards.contains(&id) {
        state["cards"][&id] = json!({"id": id, "ticketKey": format!("OWN-{}", dice.roll(1_000_000)), "title": "own"});
        state["columns"][&order[0]]["cardIds"].as_array_mut().unwrap().push(json!(id));
    }
    state
}

/// Reads patches until the document has reached `seq`.
async fn fold(stream: &mut Listener, document: &mut Value, seq: u64) {
    while document["seq"] != seq {
        let frame = stream.next().await.expect("the stream goes on");
        if frame.event != "state_patch" {
            continue;
        }
        let data: Value = serde_json::from_str(&frame.data).unwrap();
        assert_eq!(data["baseSeq"], document["seq"], "patches join");
        for operation in data["patch"].as_array().unwrap() {
            apply(document, operation);
        }
        assert_eq!(document["seq"], data["seq"]);
    }
}

async fn session(seed: u64, steps: usize, deletes: bool) {
    let mut dice = Dice(seed);
    let world = World::start().await;
    let board = world.board("Folded").await;
    let path = format!("/boards/{board}/state");
    let mut stream = world.stream(&format!("?boardId={board}&state=patch"), &[]).await;
    let opening = stream.take(2).await;
    let mut document: Value = serde_json::from_str(&opening[1].data).unwrap();
    for step in 0..steps {
        act(&world, &mut dice, &board, &document, deletes).await;
        let fresh = world.get(&path).await.body;
        fold(&mut stream, &mut document, fresh["seq"].as_u64().unwrap()).await;
        assert_eq!(document, fresh, "seed {seed}, step {step}");
    }
    // Deleting a card trims what came before; without that, the whole log says the same from its first patch on.
    let mut after = 0;
    let mut folded = Value::Null;
    let mut more = !deletes;
    while more {
        let page = world.get(&format!("/boards/{board}/events?after={after}&limit=7")).await;
        assert_eq!(page.status, 200, "{page:?}");
        for event in page.body["events"].as_array().unwrap() {
            event["data"]["patch"].as_array().unwrap().iter().for_each(|operation| apply(&mut folded, operation));
            after = event["seq"].as_u64().unwrap();
        }
        more = page.body["more"] == true;
    }
    assert!(deletes || folded == document, "seed {seed}");
    // Opened again, it gives the same bytes.
    let bytes = raw_state(&world, &path).await;
    let (headers, clock) = (world.get(&path).await.header("etag").to_owned(), Clock::manual());
    drop(stream);
    let world = World::open(world.end().await, clock).await;
    assert_eq!(raw_state(&world, &path).await, bytes, "seed {seed}");
    assert_eq!(world.get(&path).await.header("etag"), headers);
    world.end().await;
}

async fn raw_state(world: &World, path: &str) -> bytes::Bytes {
    world.client.call(hyper::Method::GET, &format!("/api/v1{path}"), &[], bytes::Bytes::new()).await.unwrap().body
}

#[tokio::test(flavor = "multi_thread")]
async fn folded_patches_equal_a_fresh_state() {
    for seed in 1..=6 {
        session(seed, 80, seed % 2 == 0).await;
    }
}
