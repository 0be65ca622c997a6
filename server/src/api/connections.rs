//! `/connections`: streams by what they carry.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::call::json as document;
use crate::access::Access;
use crate::state::AppState;

pub async fn show(State(state): State<AppState>, _: Access) -> Response {
    let connections = state.bus.connections();
    let boards: std::collections::BTreeMap<_, _> = connections.boards.into_iter().collect();
    document(&json!({
        "total": connections.total,
        "dashboard": connections.dashboard,
        "channels": connections.channels,
        "boards": boards,
    }))
}
