//! The contract of Boardcast with the outside, written once.
//!
//! ```text
//! types/id.rs            opaque ids, parsed once into types that can't be wrong
//! types/time.rs          RFC 3339 UTC with milliseconds
//! types/cursor.rs        where a client stands in the log
//! types/board.rs         boards, columns, cards
//! types/attempt.rs       attempts, their statuses, logs, todos, conversation
//! types/git.rs           the state of a checkout
//! types/github.rs        pull requests
//! types/agent.rs         agents and their profiles
//! types/dashboard.rs     all boards at one look
//! types/message.rs       SseMsg: every message of the stream
//! ```
//!
//! `cargo xtask codegen` writes `src/types/kanban.ts` from these types; a test compares it byte for byte.

pub mod codegen;
mod types;

pub use types::*;
