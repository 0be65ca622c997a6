//! Facts and rules. No I/O, no HTTP, no SQL.

pub mod actor;
pub mod board;
pub mod dashboard;
pub mod diff;
pub mod event;
pub mod fold;
pub mod profile;
pub mod refusal;
pub mod report;
pub mod rights;
pub mod text;
