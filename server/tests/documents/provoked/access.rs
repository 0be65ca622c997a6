//! What is refused to those who may not.

use std::time::Duration;

use boardcast::clock::Clock;
use serde_json::{Value, json};

use crate::documents::codes::Given;
use crate::documents::world::{OPERATOR, World};

#[tokio::main]
pub async fn provoke(given: &mut Given) {
    let mut world = World::guarded(tempfile::tempdir().unwrap(), Clock::manual()).await;
    let (_, reader) = world.token(&["read"], &["*"]).await;
    let none = world.call_as(None, "GET", "/boards", &Value::Null).await;
    given.note("no token", none.status, &none.body, "unauthorized");
    let less = world.call_as(Some(&reader), "POST", "/boards", &json!({"name": "x"})).await;
    given.note("a reader", less.status, &less.body, "forbidden");
    let over = json!({"label": "x", "rights": ["read"], "boards": ["*"], "expiresAt": "2000-01-01T00:00:00Z"});
    let over = world.send("POST", "/tokens", &over).await;
    given.note("a time that is over", over.status, &over.body, "expired_already");
    guesses(&mut world, given).await;
    world.end().await;
}

/// Ten answers come at once, sixteen are waited for, and then nothing is looked at any more.
async fn guesses(world: &mut World, given: &mut Given) {
    let guess = json!({"token": "wrong"});
    for _ in 0..10 {
        assert_eq!(world.call_as(None, "POST", "/session", &guess).await.status, 401);
    }
    let late = (0..16).map(|_| {
        let client = world.client.clone();
        let body = guess.to_string();
        let headers = [("content-type", "application/json")];
        tokio::spawn(async move { client.call(hyper::Method::POST, "/api/v1/session", &headers, body.into()).await })
    });
    let late: Vec<_> = late.collect();
    // Each asks once more until the others have arrived; none of it is answered before its time.
    let refused = loop {
        let asked = world.call_as(None, "POST", "/session", &guess);
        if let Ok(got) = tokio::time::timeout(Duration::from_millis(100), asked).await {
            break got;
        }
    };
    given.note("too many guesses", refused.status, &refused.body, "too_many_sign_ins");
    assert_eq!(refused.header("retry-after"), "1");
    world.clock.advance(Duration::from_secs(1));
    for late in late {
        let status = late.await.unwrap().unwrap().status;
        assert!([401, 429].contains(&status), "{status}");
    }
    // Whoever has a good one is looked at again.
    let good = world.call_as(OPERATOR, "GET", "/boards", &Value::Null).await;
    assert_eq!(good.status, 200);
}
