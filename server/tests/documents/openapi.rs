//! The OpenAPI document by itself.

use boardcast::api;

#[test]
fn the_openapi_document_in_the_tree_is_the_generated_one() {
    let kept = include_str!("../../../web/src/api/generated/openapi.json");
    assert!(api::openapi_text() == kept, "openapi.json is out of date: run `cargo xtask codegen`");
}
