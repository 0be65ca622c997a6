//! What answers a connection's requests: the router, and bodies whose end is noted.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Method, Request, Response, Version};
use ipnet::IpNet;
use tower::ServiceExt;

use super::caller::Caller;
use super::flow::Flow;
use super::takeover::Streaming;

/// Of a body that nobody wants so much is read, in bytes ...
const UNREAD_BYTES: usize = 32 * 1024 * 1024;
/// ... in this time.
const UNREAD_PATIENCE: Duration = Duration::from_secs(2);

/// A stream that was answered, until somebody takes it.
pub type Left = Arc<Mutex<Option<Response<Tracked>>>>;

/// The router, with each request's connection at hand.
pub struct Service {
    app: Router,
    caller: Caller,
    proxies: Arc<[IpNet]>,
    flow: Arc<Flow>,
    // How many requests are being answered.
    open: Arc<AtomicUsize>,
    stream: Left,
}

impl Service {
    /// For one connection; `proxies` are believed about who calls.
    pub fn new(app: Router, proxies: Arc<[IpNet]>, caller: Caller, flow: &Arc<Flow>) -> Self {
        Self { app, caller, proxies, flow: flow.clone(), open: Arc::default(), stream: Arc::default() }
    }

    /// Where a stream is left for whoever takes the socket over.
    #[must_use]
    pub fn stream(&self) -> Left {
        self.stream.clone()
    }
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Tracked>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let end = Answering::begin(&self.flow, &self.open);
        let caller = self.caller.behind(&self.proxies, request.headers());
        request.extensions_mut().insert(caller);
        if request.version() != Version::HTTP_2 {
            // What is written to a shared connection says nothing about one of its streams.
            request.extensions_mut().insert(self.flow.clone());
        }
        // In HTTP/1.0 there are no chunks, and a HEAD has no body: both are hyper's.
        let chunks = request.version() == Version::HTTP_11 && request.method() == Method::GET;
        let answer = self.app.clone().oneshot(request.map(|body| Body::new(Received(Some(body)))));
        let stream = self.stream.clone();
        Box::pin(async move {
            let response = answer.await?;
            let is_stream = chunks && response.extensions().get::<Streaming>().is_some();
            let response = response.map(|body| Tracked { body, _end: end });
            if !is_stream {
                return Ok(response);
            }
            *stream.lock().expect("nobody panics with the stream") = Some(response);
            std::future::pending().await
        })
    }
}

/// A request that is being answered; dropping it is its end.
struct Answering {
    flow: Arc<Flow>,
    open: Arc<AtomicUsize>,
}

impl Answering {
    fn begin(flow: &Arc<Flow>, open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        flow.request_begins();
        Self { flow: flow.clone(), open: open.clone() }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if self.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.flow.response_ends();
        }
    }
}

/// A request's body. Who answers without reading it to its end leaves the rest to be read here: closing on a client
/// that still sends would take the answer from it [RFC 9112 9.6].
struct Received(Option<Incoming>);

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.as_ref().map_or_else(http_body::SizeHint::default, Incoming::size_hint)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let Some(mut body) = self.0.take().filter(|body| !body.is_end_stream()) else { return };
        tokio::spawn(tokio::time::timeout(UNREAD_PATIENCE, async move {
            let mut left = UNREAD_BYTES;
            while let Some(Ok(frame)) = body.frame().await {
                left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
                if left == 0 {
                    return;
                }
            }
        }));
    }
}

/// A response's body; its end is noted.
pub struct Tracked {
    body: Body,
    _end: Answering,
}

impl http_body::Body for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
