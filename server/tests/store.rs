//! The log and all state, in this process: the store by what it offers, and what streams make of it.

#[path = "common/json_patch.rs"]
mod json_patch;

mod store {
    mod behind;
    mod close;
    mod life;
    mod model;
    mod reader;
    mod sequences;
    mod story;
}
