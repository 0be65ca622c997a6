//! Boardcast from the outside: what `watch`, the demo, the benchmarks and the tests speak.
//!
//! ```text
//! url.rs      where a server is
//! http.rs     a call: a request with its bounded, timed answer
//! answer.rs   what came back
//! error.rs    why a call came to nothing
//! sse.rs      bytes to frames
//! backoff.rs  how long to wait before the next try
//! channels.rs what to follow
//! follow.rs   a stream that comes back by itself
//! ```
//!
//! Plain `http://` only: a server beyond this machine stands behind a proxy or a tunnel.

mod answer;
mod backoff;
mod channels;
mod error;
mod follow;
mod http;
#[cfg(test)]
pub(crate) mod script;
mod sse;
mod url;

pub use answer::Answer;
pub use backoff::{Backoff, Jitter};
pub use channels::{Channels, StateMode};
pub use error::ClientError;
pub use follow::{Follow, Happening, StreamEnd};
pub use http::{Client, OpenStream};
pub use sse::{EventTooLong, Frame, Parsed, SseParser};
pub use url::ServerUrl;
