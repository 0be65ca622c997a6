//! What was refused because it was too much.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::by_label;

/// A limit that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Streams in all.
    Streams,
    /// Those of one address.
    StreamsOfAddress,
    /// Those of one token.
    StreamsOfToken,
    /// Requests a second of one address.
    Requests,
    /// Connections in all.
    Connections,
    /// New connections a second of one address.
    NewConnections,
}

/// Refusals by the limit that was met. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Refusals([Counter; 6]);

impl Refusals {
    pub(super) fn register(to: &mut Registry) -> Self {
        let help = "What was refused because it was too much, by the limit that was met";
        let limits = [
            "streams",
            "streams_per_address",
            "streams_per_token",
            "requests_per_second",
            "connections",
            "connections_per_second",
        ];
        Self(by_label(to, "refused", help, "limit", limits))
    }

    /// One more.
    pub fn by(&self, limit: Limit) {
        self.0[limit as usize].inc();
    }
}
