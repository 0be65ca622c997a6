//! From committed facts to the bytes of a stream.
//!
//! ```text
//! listeners  who hears a fact, and in which words (pure)
//! hub        rings per channel, then head; membership is a value (knows no board)
//! bus        boards on the hub: each commit's frames, encoded once
//! snapshot   what a fresh stream is told of a board
//! reader     a cursor over the log: rings where they reach, else pages of the log
//! large      large frames from the log, held once for all who stall on them
//! stream     what a connection sends next: opening, events, heartbeats, the end
//! census     each open stream by itself, for operators
//! handlers   which boards, which cursor, what comes first
//! frame      which bytes
//! ```

pub mod bus;
pub mod census;
pub mod frame;
pub mod handlers;
pub mod hub;
mod large;
pub mod listeners;
pub mod reader;
pub mod snapshot;
pub mod stream;
mod sync;

pub use bus::Bus;
