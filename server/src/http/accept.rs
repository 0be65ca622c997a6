//! The loop that takes connections, and the drain that ends them.

use std::future::{Future as _, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use hyper::Response;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::caller::Caller;
use super::flow::{Flow, Flows, Watched};
use super::limits::{Admissions, ConnectionPlace};
use super::refusal;
use super::service::{Service, Tracked};
use super::takeover;
use super::tls::{self, Tls};
use crate::api::problem::Problem;

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
/// So many requests and streams of one connection at once, in HTTP/2.
const MULTIPLEXED: u32 = 256;
/// A head in HTTP/2 may be this long, unpacked, in bytes.
const HEADER_LIST_BYTES: u32 = 64 * 1024;
/// How often a quiet connection of HTTP/2 is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);
/// How long to wait when the machine refuses another connection (no file descriptors).
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// So many connections at once are told that they are too many; one more is just closed.
pub const TURNED_AWAY: usize = 64;

/// What a new connection is given. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    /// What answers.
    pub app: Router,
    /// All connections.
    pub flows: Flows,
    /// How many there may be.
    pub admissions: Admissions,
    /// How they are encrypted; none where they aren't.
    pub tls: Option<Tls>,
    /// Who is believed about who calls.
    pub proxies: Arc<[IpNet]>,
    /// Cancelled when the server begins to end.
    pub drain: CancellationToken,
    /// Turns for telling that there are too many.
    pub turned_away: Arc<Semaphore>,
}

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

/// Serves until the drain has begun and all connections have ended, or `abandon` is cancelled.
///
/// New connections are taken to the end, so that those who ask are told that the server drains.
pub async fn serve(listener: TcpListener, door: Door, abandon: CancellationToken) {
    let connections = TaskTracker::new();
    let all_ended = async {
        door.drain.cancelled().await;
        connections.close();
        connections.wait().await;
    };
    tokio::select! {
        () = accept(&listener, &door, &connections) => {}
        () = door.flows.keep_sweeping() => {}
        () = door.follow_certificate() => {}
        () = all_ended => {}
        () = abandon.cancelled() => {}
    }
}

async fn accept(listener: &TcpListener, door: &Door, connections: &TaskTracker) {
    let mut refused = false;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                refused = false;
                set_up(&socket);
                let caller = Caller { address: peer.ip().to_canonical(), is_encrypted: door.tls.is_some() };
                match door.admissions.connection(caller.address) {
                    Ok(place) => drop(connections.spawn(connection(socket, caller, place, door.clone()))),
                    Err(problem) => door.turn_away(socket, problem),
                }
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

impl Door {
    async fn follow_certificate(&self) {
        match &self.tls {
            Some(tls) => tls.follow().await,
            None => std::future::pending().await,
        }
    }

    /// Over TLS nothing can be said before a handshake, which would cost more than it tells.
    fn turn_away(&self, socket: TcpStream, problem: Problem) {
        if self.tls.is_some() {
            return;
        }
        let Ok(turn) = self.turned_away.clone().try_acquire_owned() else { return };
        tokio::spawn(async move {
            // Whoever is too many may be gone already.
            let _ = refusal::send(socket, problem).await;
            drop(turn);
        });
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

async fn connection(socket: TcpStream, caller: Caller, _place: ConnectionPlace, door: Door) {
    let served = match &door.tls {
        None => speak(socket, caller, &door).await,
        // Boxed, so that a connection without TLS has no room for it.
        Some(tls) => Box::pin(encrypted(tls, socket, caller, &door)).await,
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn encrypted(tls: &Tls, socket: TcpStream, caller: Caller, door: &Door) -> Result<(), Broken> {
    let socket = Box::pin(tls.accept(socket)).await?;
    if tls::is_http2(&socket) {
        Box::pin(multiplex(socket, caller, door)).await
    } else {
        speak(socket, caller, door).await
    }
}

/// HTTP/1.
async fn speak<S: Socket>(socket: S, caller: Caller, door: &Door) -> Result<(), Broken> {
    let place = door.flows.enter();
    let socket = Watched::new(socket, place.flow.clone());
    // Boxed, so that what hyper needs is gone from memory while a stream lasts.
    match Box::pin(requests(socket, caller, place.flow.clone(), door)).await? {
        Some((socket, response)) => Ok(Box::pin(takeover::send(socket, response)).await?),
        None => Ok(()),
    }
}

/// HTTP/2: streams and requests share the connection, so it stays with hyper.
async fn multiplex<S: Socket>(socket: S, caller: Caller, door: &Door) -> Result<(), Broken> {
    let place = door.flows.enter();
    place.flow.is_shared();
    let service = Service::new(door.app.clone(), door.proxies.clone(), caller, &place.flow);
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .max_concurrent_streams(MULTIPLEXED)
        .max_send_buf_size(BUFFER_BYTES)
        .max_header_list_size(HEADER_LIST_BYTES)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    let socket = TokioIo::new(Watched::new(socket, place.flow.clone()));
    let mut serving = std::pin::pin!(http.serve_connection(socket, service));
    tokio::select! {
        served = serving.as_mut() => return Ok(served?),
        () = door.drain.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    Ok(serving.await?)
}

/// What connections are made of.
trait Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Socket for S {}

type Broken = Box<dyn std::error::Error + Send + Sync>;
type Taken<S> = (Watched<S>, Response<Tracked>);

/// Answers requests until the connection ends, or until one is answered with a stream: the rest is then up to the
/// caller.
async fn requests<S: Socket>(
    socket: Watched<S>,
    caller: Caller,
    flow: Arc<Flow>,
    door: &Door,
) -> Result<Option<Taken<S>>, Broken> {
    let service = Service::new(door.app.clone(), door.proxies.clone(), caller, &flow);
    let stream = service.stream();
    let mut http = http1::Builder::new();
    http.max_buf_size(BUFFER_BYTES).max_headers(MAX_HEADERS);
    let mut serving = http.serve_connection(TokioIo::new(socket), service);
    let mut draining = std::pin::pin!(door.drain.cancelled());
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
