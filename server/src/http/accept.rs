//! The loop that takes connections, and the drain that ends them.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Method, Request, Response, Version};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::flow::{Flow, Flows, Watched};
use super::refusal;
use super::takeover::{self, Streaming};
use crate::access::Peer;

/// How many connections the kernel keeps for us until we take them: after a restart all readers come back at once, and
/// one that finds no room knocks again only a second later. The kernel may allow fewer.
const BACKLOG: u32 = 4096;
/// A request's head may be this long and what waits to be written this much, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;
/// More headers than that are refused.
const MAX_HEADERS: usize = 1024;
/// What the kernel keeps for a reader that stalls, in bytes; it doubles the number for its own bookkeeping.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// After so long without an acknowledgement the kernel gives a connection up.
const USER_TIMEOUT: Duration = Duration::from_secs(60);
/// Of a body that nobody wants so much is read, in bytes ...
const UNREAD_BYTES: usize = 32 * 1024 * 1024;
/// ... in this time.
const UNREAD_PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait when the machine refuses another connection (no file descriptors).
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// Listens at `addr`, with room for all who come at once.
///
/// # Errors
/// The address isn't on this machine or is taken.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As the standard library does: connections that linger don't keep a restart from listening.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// Serves until `drain` is cancelled and all connections have ended, or `abandon` is.
///
/// New connections are taken to the end, so that those who ask are told that the server drains.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    flows: Flows,
    drain: CancellationToken,
    abandon: CancellationToken,
) {
    let connections = TaskTracker::new();
    let all_ended = async {
        drain.cancelled().await;
        connections.close();
        connections.wait().await;
    };
    tokio::select! {
        () = accept(&listener, &app, &flows, &connections, &drain) => {}
        () = flows.keep_sweeping() => {}
        () = all_ended => {}
        () = abandon.cancelled() => {}
    }
}

async fn accept(
    listener: &TcpListener,
    app: &Router,
    flows: &Flows,
    connections: &TaskTracker,
    drain: &CancellationToken,
) {
    let mut refused = false;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                refused = false;
                set_up(&socket);
                connections.spawn(connection(
                    socket,
                    Peer(peer.ip().to_canonical()),
                    app.clone(),
                    flows.clone(),
                    drain.clone(),
                ));
            }
            Err(error) => {
                if !refused {
                    tracing::warn!(%error, "can't take connections for now");
                    refused = true;
                }
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
        }
    }
}

fn set_up(socket: &TcpStream) {
    // A socket that refuses an option still works: slower, or noticed later.
    let options = socket2::SockRef::from(socket);
    let _ = socket.set_nodelay(true);
    let _ = options.set_send_buffer_size(SEND_BUFFER_BYTES);
    #[cfg(target_os = "linux")]
    let _ = options.set_tcp_user_timeout(Some(USER_TIMEOUT));
}

async fn connection(socket: TcpStream, peer: Peer, app: Router, flows: Flows, drain: CancellationToken) {
    let place = flows.enter();
    let socket = Watched::new(socket, place.flow.clone());
    // Boxed, so that what hyper needs is gone from memory while a stream lasts.
    let served = Box::pin(requests(socket, peer, app, place.flow.clone(), drain)).await;
    let sent = match served {
        Ok(Some((socket, response))) => Box::pin(takeover::send(socket, response)).await.map_err(Into::into),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = sent {
        tracing::debug!(%error, "a connection ended early");
    }
}

type Broken = Box<dyn std::error::Error + Send + Sync>;
type Taken = (Watched<TcpStream>, Response<Tracked>);

/// Answers requests until the connection ends, or until one is answered with a stream: the rest is then up to the
/// caller.
async fn requests(
    socket: Watched<TcpStream>,
    peer: Peer,
    app: Router,
    flow: Arc<Flow>,
    drain: CancellationToken,
) -> Result<Option<Taken>, Broken> {
    let stream = Arc::new(Mutex::new(None));
    let service = Service { app, peer, flow: flow.clone(), stream: stream.clone() };
    let mut http = http1::Builder::new();
    http.max_buf_size(BUFFER_BYTES).max_headers(MAX_HEADERS);
    let mut serving = http.serve_connection(TokioIo::new(socket), service);
    let mut draining = std::pin::pin!(drain.cancelled());
    let mut is_draining = false;
    let response = poll_fn(|cx| {
        if !is_draining && draining.as_mut().poll(cx).is_ready() {
            is_draining = true;
            Pin::new(&mut serving).graceful_shutdown();
        }
        let served = Pin::new(&mut serving).poll(cx);
        match stream.lock().expect("nobody panics with the stream").take() {
            Some(response) => Poll::Ready(Ok(Some(response))),
            None => served.map_ok(|()| None),
        }
    });
    match response.await {
        Ok(Some(response)) => Ok(Some((serving.into_parts().io.into_inner(), response))),
        Ok(None) => Ok(None),
        Err(error) => {
            refusal::answer(serving.into_parts().io.into_inner(), &flow).await?;
            Err(error.into())
        }
    }
}

/// The router, with each request's connection at hand.
struct Service {
    app: Router,
    peer: Peer,
    flow: Arc<Flow>,
    // Where a stream is left for whoever takes the socket over.
    stream: Arc<Mutex<Option<Response<Tracked>>>>,
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Tracked>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.flow.request_begins();
        request.extensions_mut().insert(self.flow.clone());
        request.extensions_mut().insert(self.peer);
        // In HTTP/1.0 there are no chunks, and a HEAD has no body: both are hyper's.
        let chunks = request.version() == Version::HTTP_11 && request.method() == Method::GET;
        let answer = self.app.clone().oneshot(request.map(|body| Body::new(Received(Some(body)))));
        let (flow, stream) = (self.flow.clone(), self.stream.clone());
        Box::pin(async move {
            let response = answer.await?;
            let is_stream = chunks && response.extensions().get::<Streaming>().is_some();
            let response = response.map(|body| Tracked { body, flow });
            if !is_stream {
                return Ok(response);
            }
            *stream.lock().expect("nobody panics with the stream") = Some(response);
            std::future::pending().await
        })
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
    flow: Arc<Flow>,
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

impl Drop for Tracked {
    fn drop(&mut self) {
        self.flow.response_ends();
    }
}
