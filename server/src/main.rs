//! Boardcast.
fn main() {}
