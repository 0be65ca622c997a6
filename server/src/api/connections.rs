//! `/connections`: streams by what they carry.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::BoardId;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::json as document;
use crate::access::Access;
use crate::state::AppState;

pub async fn show(State(state): State<AppState>, _: Access) -> Response {
    let connections = state.bus.connections();
    document(&Connections {
        total: connections.total,
        dashboard: connections.dashboard,
        channels: connections.channels,
        boards: connections.boards.into_iter().collect(),
    })
}

/// How many streams are open.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// All of them.
    total: usize,
    /// Those that carry the dashboard.
    dashboard: usize,
    /// Boards with a stream, and the dashboard when it has one.
    channels: usize,
    /// Those of each board that has any.
    boards: BTreeMap<BoardId, usize>,
}
