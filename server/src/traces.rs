//! Spans as OTLP over HTTP, to whichever collector is named: the feature `otlp`.
//!
//! What is exported are the spans of this program (from a request over its command and the commit to the publication)
//! and what is logged within them. Batches, limits and sampling are the SDK's, by its `OTEL_` variables.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::github::ApiUrl;
use crate::outgoing::{NoAnswer, Peer, exchange};

/// What a collector answers is a few bytes.
const MAX_ANSWER: usize = 1 << 20;
/// How long a batch may take to be sent.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How long the last batch may take, when the program ends.
const LAST_BATCH: Duration = Duration::from_millis(300);
/// Any of these names a collector as well.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// The export, as long as it goes on.
#[derive(Debug)]
pub struct Export {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Export {
    /// To the collector at `endpoint` (such as `http://127.0.0.1:4318`), else to the one that the environment names;
    /// none where neither does. Its connections are driven by `runtime`.
    ///
    /// # Errors
    /// That isn't the address of a collector.
    pub fn begin(endpoint: Option<&str>, runtime: Handle) -> anyhow::Result<Option<Self>> {
        if endpoint.is_none() && ENDPOINTS.iter().all(|name| std::env::var_os(name).is_none_or(|set| set.is_empty())) {
            return Ok(None);
        }
        let client = Collector { runtime, is_failing: AtomicBool::new(false) };
        let mut exporter = SpanExporter::builder().with_http().with_http_client(client);
        exporter = exporter.with_protocol(Protocol::HttpBinary);
        if let Some(endpoint) = endpoint {
            endpoint
                .parse::<ApiUrl>()
                .map_err(anyhow::Error::msg)
                .with_context(|| format!("--otlp-endpoint {endpoint}"))?;
            exporter = exporter.with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')));
        }
        let exporter = exporter.build().context("OTLP")?;
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
        let tracer = provider.tracer("boardcast");
        Ok(Some(Self { provider, tracer }))
    }

    /// What makes spans of the log's spans.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let ours = Targets::new().with_target("boardcast", Level::DEBUG);
        tracing_opentelemetry::layer().with_tracer(self.tracer.clone()).with_filter(ours)
    }

    /// Sends what waits. Not to be called from the runtime's own threads.
    pub fn end(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST_BATCH) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Who we are; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say more, or otherwise.
fn resource() -> Resource {
    let resource = Resource::builder();
    let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
        Some(_) => resource,
        None => resource.with_service_name("boardcast"),
    };
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    resource.with_attribute(version).build()
}

/// Makes the span a part of the trace that the caller's headers name [W3C Trace Context].
pub fn adopt(span: &Span, headers: &HeaderMap) {
    if span.is_disabled() {
        return;
    }
    // An error says that nothing is exported.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&HeaderExtractor(headers)));
}

/// The way to the collector. The SDK sends from a thread of its own, which only waits.
#[derive(Debug)]
struct Collector {
    runtime: Handle,
    is_failing: AtomicBool,
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Collector {
    fn send_bytes<'life0, 'async_trait>(&'life0 self, request: Request<Bytes>) -> Sent<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let sending = self.runtime.spawn(async { tokio::time::timeout(TIME_LIMIT, send(request)).await });
        Box::pin(async move {
            let answer: Result<_, HttpError> = match sending.await {
                Ok(Ok(Ok(answer))) if answer.status().is_success() => Ok(answer),
                Ok(Ok(Ok(answer))) => Err(format!("it answers {}", answer.status()).into()),
                Ok(Ok(Err(error))) => Err(error.into()),
                Ok(Err(late)) => Err(late.into()),
                Err(gone) => Err(gone.into()),
            };
            self.note(answer.as_ref().err());
            answer
        })
    }
}

impl Collector {
    /// The SDK is silent about what fails; it is said once.
    fn note(&self, error: Option<&HttpError>) {
        if self.is_failing.swap(error.is_some(), Ordering::Relaxed) {
            return;
        }
        if let Some(error) = error {
            tracing::warn!(error = %error, "spans can't be sent for now");
        }
    }
}

async fn send(request: Request<Bytes>) -> Result<Response<Bytes>, NoAnswer> {
    let (mut head, body) = request.into_parts();
    let url: ApiUrl = head.uri.to_string().parse().map_err(NoAnswer::Unreadable)?;
    head.headers.insert(hyper::header::HOST, url.authority.parse().expect("it was read from a URL"));
    head.uri = url.target("").parse().expect("it was read from a URL");
    let peer = Peer { is_https: url.is_https, host: &url.host, port: url.port };
    exchange(peer, Request::from_parts(head, Full::new(body)), MAX_ANSWER).await
}
