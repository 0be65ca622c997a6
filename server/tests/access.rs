//! Who may do what, seen from the outside: every route, every way to show a token, boards that know nothing of each
//! other.
#![allow(clippy::similar_names, reason = "tables read best where they stand")]

mod access {
    mod actors;
    #[path = "../documents/document.rs"]
    mod document;
    mod isolation;
    mod routes;
    mod sessions;
    mod streams;
    #[path = "../rest/world.rs"]
    #[allow(dead_code, reason = "shared with other tests")]
    mod world;
}
