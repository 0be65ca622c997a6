//! What was asked over HTTP.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The methods that a route can have; a client may send any word as one.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Answered requests. A stream counts when it begins.
#[derive(Debug, Clone)]
pub struct Requests(Family<Asked, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
    status: u16,
}

impl Requests {
    pub(super) fn register(to: &mut Registry) -> Self {
        let answered = Family::default();
        to.register("http_requests", "Answered requests by the route's template", answered.clone());
        Self(answered)
    }

    /// A request was answered; `route` is its template, none where there is no such route.
    pub fn answered(&self, method: &str, route: Option<&str>, status: u16) {
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let route = route.unwrap_or("none").to_owned();
        self.0.get_or_create(&Asked { method, route, status }).inc();
    }
}
