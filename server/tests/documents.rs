//! The served documents against what the server does.

mod documents {
    mod answers;
    mod asyncapi;
    mod codes;
    mod document;
    mod facts;
    mod fuzz;
    mod openapi;
    mod provoked;
    mod routes;
    #[path = "../github/standin.rs"]
    #[allow(dead_code, reason = "what other tests ask it for")]
    mod standin;
    mod until;
    #[path = "../rest/world.rs"]
    #[allow(dead_code, reason = "the world of other tests, of which these need a part")]
    mod world;
}
