//! From committed facts to the bytes of a stream.
//!
//! ```text
//! listeners  who hears a fact, and in which words (pure)
//! hub        rings per channel, then head; membership is a value (knows no board)
//! bus        boards on the hub: frames, snapshots; a reader is a cursor
//! stream     what a connection sends next: opening, events, heartbeats, the end
//! handlers   which boards, which cursor, what comes first
//! frame      which bytes
//! ```

pub mod bus;
pub mod frame;
pub mod handlers;
pub mod hub;
pub mod listeners;
pub mod stream;
mod sync;

pub use bus::Bus;
