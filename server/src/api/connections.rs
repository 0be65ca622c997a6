//! `/connections`: streams by what they carry, and each by itself.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{BoardId, Time};
use schemars::JsonSchema;
use serde::Serialize;

use super::call::json as document;
use crate::access::Access;
use crate::sse::bus::{Bus, StateMode};
use crate::sse::census::OpenStream as Known;
use crate::state::AppState;

/// How many streams are told of by themselves.
const MOST: usize = 500;

pub async fn show(State(state): State<AppState>, access: Access) -> Response {
    let connections = state.bus.connections(access.boards());
    document(&Connections {
        total: connections.total,
        dashboard: connections.dashboard,
        channels: connections.channels,
        boards: connections.boards.into_iter().collect(),
    })
}

/// Unlike their number, what single streams do is an operator's affair.
pub async fn streams(State(state): State<AppState>) -> Response {
    let known = state.bus.streams.all();
    let total = known.len();
    let mut streams: Vec<OpenStream> = known.iter().map(|stream| OpenStream::of(stream, &state.bus)).collect();
    streams.sort_by_key(|stream| Reverse(stream.lag));
    streams.truncate(MOST);
    document(&OpenStreams { total, streams })
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

/// The open streams, each by itself.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenStreams {
    /// How many there are.
    total: usize,
    /// Those that are furthest behind first, then the oldest; at most 500.
    streams: Vec<OpenStream>,
}

/// An open stream.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenStream {
    /// The how many-th since the server started.
    number: u64,
    /// Its boards.
    boards: Vec<BoardId>,
    /// Whether it carries the dashboard.
    dashboard: bool,
    /// How board changes arrive.
    state: StateWords,
    /// When it was opened.
    opened_at: Time,
    /// How many events of the log it has before it; 0 when none of them is for it.
    lag: u64,
    /// How many bytes of it were handed to the socket.
    bytes: u64,
}

/// As in the query of a stream.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum StateWords {
    Full,
    Patch,
}

impl OpenStream {
    fn of(known: &Known, bus: &Bus) -> Self {
        let asked = &known.asked;
        Self {
            number: known.number,
            boards: asked.boards.clone(),
            dashboard: asked.dashboard,
            state: match asked.mode {
                StateMode::Full => StateWords::Full,
                StateMode::Patch => StateWords::Patch,
            },
            opened_at: asked.opened_at,
            lag: bus.lag(known),
            bytes: known.bytes(),
        }
    }
}
