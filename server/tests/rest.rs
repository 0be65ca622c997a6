//! The server from the outside: real HTTP against a server in this process.
#![allow(
    clippy::similar_names,
    clippy::type_complexity,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "tables read best where they stand"
)]

#[path = "common/json_patch.rs"]
mod json_patch;

mod rest {
    mod dashboard;
    #[path = "../documents/document.rs"]
    mod document;
    mod ingest;
    mod limits;
    mod metrics;
    mod patch;
    mod profiles;
    mod refusals;
    mod restart;
    mod rules;
    mod slow;
    mod streams;
    mod tls;
    mod wire;
    #[allow(dead_code, reason = "shared with other tests")]
    mod world;
}
