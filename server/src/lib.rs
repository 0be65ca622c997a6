//! Boardcast.
