//! Attempts that are run here: the built program, real repositories, agents made of the built-in one and small shell
//! scripts.
#![allow(clippy::similar_names, reason = "tables read best where they stand")]

#[path = "binary/harness.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod harness;

mod attempts {
    mod attacks;
    mod begin;
    mod delete;
    mod demo;
    mod follow;
    mod git;
    mod many;
    mod model;
    mod profiles;
    mod rebase;
    mod restart;
    mod secrets;
    mod stop;
    mod world;
}
