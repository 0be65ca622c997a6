//! Connections: accepted, watched, guarded, drained. Below the router, above the socket.
//!
//! ```text
//! accept  the loop that takes connections and ends them
//! takeover  streams on their own socket, without hyper
//! flow    how a connection's bytes flow, and when that has gone on too slowly
//! refusal answers to what is no request
//! guard   which requests are for us: Host, Origin, Sec-Fetch-Site
//! requests counts requests by their route
//! ```

pub mod accept;
pub mod flow;
pub mod guard;
mod refusal;
pub mod requests;
pub mod takeover;
