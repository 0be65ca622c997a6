//! `/metrics`: what the server counts about itself.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::domain::rights::Boards;
use crate::metrics::{self, Readings};
use crate::state::AppState;

/// `/metrics`: the counts, with what is read off now.
pub async fn show(State(state): State<AppState>) -> Response {
    let (slowest_lag, ring_bytes) = state.bus.slowest_lag_and_ring_bytes();
    let readings = Readings {
        connections: state.admissions.connections(),
        channels: state.bus.connections(&Boards::All).channels,
        ring_bytes,
        writer_queue: state.store.waiting(),
        slowest_lag,
    };
    let told = state.metrics.told_with(readings);
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE), (CACHE_CONTROL, "no-store")], told).into_response()
}
