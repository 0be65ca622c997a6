//! What each route takes and answers, by resource.

pub(crate) mod access;
pub(crate) mod agents;
pub(crate) mod attempts;
pub(crate) mod boards;
pub(crate) mod cards;
pub(crate) mod others;
pub(crate) mod runs;
