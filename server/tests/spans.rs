//! Spans from a request to the streams, as whoever exports them sees them.

mod spans {
    #[path = "../documents/document.rs"]
    #[allow(dead_code, reason = "other tests use the rest of it")]
    mod document;
    mod recorder;
    mod tree;
    #[path = "../rest/world.rs"]
    #[allow(dead_code, reason = "the world of other tests, of which these need a part")]
    mod world;
}
