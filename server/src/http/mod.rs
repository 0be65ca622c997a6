//! Connections: accepted, watched, guarded, drained. Below the router, above the socket.
//!
//! ```text
//! accept  the loop that takes connections and ends them
//! service what answers a connection's requests
//! takeover  streams on their own socket, without hyper
//! flow    how a connection's bytes flow, and when that has gone on too slowly
//! caller  who is at the other end
//! limits  how much callers may ask for
//! tls     certificate and key, and the handshake
//! refusal answers to what is no request
//! guard   which requests are for us: Host, Origin, Sec-Fetch-Site
//! requests counts requests by their route
//! ```

pub mod accept;
pub mod caller;
pub mod flow;
pub mod guard;
pub mod limits;
mod refusal;
pub mod requests;
pub mod service;
pub mod takeover;
pub mod tls;
