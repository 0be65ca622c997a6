//! Branches that are pushed and pull requests that are opened: real git, a server in this process, and a stand-in for
//! GitHub.
#![allow(clippy::similar_names, reason = "tables read best where they stand")]

mod github {
    #[path = "../documents/document.rs"]
    #[allow(dead_code, reason = "other tests use the rest of it")]
    mod document;
    mod pulls;
    mod push;
    mod refusals;
    mod scene;
    mod standin;
    #[path = "../rest/world.rs"]
    #[allow(dead_code, reason = "the world of other tests, of which these need a part")]
    mod world;
}
