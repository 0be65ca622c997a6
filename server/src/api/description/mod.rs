//! The routes in machine-readable form: OpenAPI 3.1 for what is asked and answered, AsyncAPI 3 for what is told.
//!
//! A route is added to the router together with its description, so the document can't lack one; schemas come from the
//! types that are read and written.

mod asyncapi;
mod cloudevents;
mod codes;
mod openapi;
mod operation;
mod routes;
mod schemas;
pub(crate) mod table;
mod tags;

pub use asyncapi::asyncapi;
pub use codes::{CODES, Code};
pub use openapi::openapi;
pub use operation::Operation;
pub use routes::Routes;
