//! Boardcast: a live kanban board for coding agents.
//!
//! ```text
//!         command                       fact (in the same transaction)            frame, encoded once
//!  api/ ────────► domain/ ──► store/ (commit + append) ──► events/ ──► sse/listeners ──► sse/bus ──► sse/stream ═► HTTP
//!  git/ ──────────┘             │ SQLite log                           (translate)      (rings)     (a cursor each)
//!                               └──────────── replay: the same frames, from the log ─────────────────────┘
//! ```
//!
//! In reading order: `domain` (facts and rules), `store` (the only SQL), `events` (committed facts, in order), `sse`
//! (from facts to bytes), `api` (routes), `git` and `checkouts` (a producer), `github` and
//! `pulls` (another), `http` (connections), `run` (the whole).

pub mod access;
pub mod agents;
pub mod api;
pub mod attempts;
pub mod checkouts;
pub mod cli {
    //! The commands beside the server: a client of one, and an agent for one.

    pub mod agent;
    pub mod watch;
}
pub mod client;
pub mod clock;
pub mod dashboard;
pub mod demo;
pub mod domain;
pub mod events;
pub mod git;
pub mod github;
pub mod http;
pub mod metrics;
pub mod outgoing;
pub mod pulls;
pub mod run;
pub mod secrets;
pub mod sse;
pub mod state;
pub mod store;
#[cfg(feature = "otlp")]
pub mod traces;
pub mod web;
