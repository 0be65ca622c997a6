//! A router whose every route says what it needs and is described.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use hyper::Method;

use super::operation::Operation;
use crate::access::decide::{Need, Needs};
use crate::state::AppState;

/// Says what an operation takes and answers.
type Describe = fn(Operation) -> Operation;

/// Routes with their descriptions.
#[derive(Default)]
pub struct Routes {
    router: Router<AppState>,
    operations: Vec<Operation>,
}

macro_rules! method {
    ($(#[$doc:meta])* $name:ident, $method:expr) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name<H: Handler<T, AppState>, T: 'static>(
            self,
            path: &'static str,
            need: Need,
            handler: H,
            describe: Describe,
        ) -> Self {
            self.with($method, path, need, routing::$name(handler), describe)
        }
    };
}

impl Routes {
    method!(
        /// GET, and HEAD.
        get,
        Method::GET
    );
    method!(
        /// POST.
        post,
        Method::POST
    );
    method!(
        /// PUT.
        put,
        Method::PUT
    );
    method!(
        /// PATCH.
        patch,
        Method::PATCH
    );
    method!(
        /// DELETE.
        delete,
        Method::DELETE
    );

    fn with(
        mut self,
        method: Method,
        path: &'static str,
        need: Need,
        handler: MethodRouter<AppState>,
        describe: Describe,
    ) -> Self {
        self.operations.push(describe(Operation::new(method, path, need)));
        Self { router: self.router.route(path, handler), operations: self.operations }
    }

    /// Notes what each route needs, under `base`.
    pub fn note(&self, base: &str, needs: &mut Needs) {
        for operation in &self.operations {
            needs.note(operation.method.clone(), format!("{base}{}", operation.path), operation.need);
        }
    }

    /// Only the router.
    pub fn into_router(self) -> Router<AppState> {
        self.router
    }

    /// Only the descriptions.
    #[must_use]
    pub fn into_operations(self) -> Vec<Operation> {
        self.operations
    }
}
