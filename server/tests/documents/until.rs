use std::time::Duration;

use serde_json::Value;

use super::world::World;

/// What `path` shows once this value is at `pointer`.
pub async fn until(world: &World, path: &str, pointer: &str, wanted: impl Into<Value>) -> Value {
    let wanted = wanted.into();
    let comes = async {
        loop {
            let body = world.get(path).await.body;
            if body.pointer(pointer) == Some(&wanted) {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let within = tokio::time::timeout(Duration::from_secs(60), comes).await;
    within.unwrap_or_else(|_| panic!("{path} never has {wanted} at {pointer}"))
}
