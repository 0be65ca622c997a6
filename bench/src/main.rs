//! Load and baselines.
fn main() {}
