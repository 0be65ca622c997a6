//! Counts requests by the route that they are for, and spans them.
//!
//! Spans are at the level debug: at the usual one they cost a comparison. A request's span is told as [OpenTelemetry's
//! conventions for HTTP] name it.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::metrics::Metrics;

/// Counts the request once it is answered, refusals included.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let span = span(method.as_str(), route);
    #[cfg(feature = "otlp")]
    crate::traces::adopt(&span, request.headers());
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    metrics.requests().answered(method.as_str(), route, response.status().as_u16());
    response
}

fn span(method: &str, route: Option<&str>) -> Span {
    tracing::debug_span!(
        "request",
        otel.name = format_args!("{method} {}", route.unwrap_or("none")),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    )
}
