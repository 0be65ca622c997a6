//! One request to a server elsewhere and its answer, on a connection of its own: there are few.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;

/// Who is asked.
#[derive(Debug, Clone, Copy)]
pub struct Peer<'a> {
    /// Encrypted or not.
    pub is_https: bool,
    /// The host, without the brackets of an IPv6 address.
    pub host: &'a str,
    /// The port.
    pub port: u16,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Nobody is there.
    #[error("it can't be reached: {0}")]
    Unreachable(#[from] io::Error),
    /// Its name can't stand in a certificate, or ours can't be read.
    #[error("no encrypted connection to it is possible: {0}")]
    Tls(String),
    /// It was there.
    #[error("the connection broke: {0}")]
    Broken(#[from] hyper::Error),
    /// Too long, or cut off.
    #[error("its answer can't be read: {0}")]
    Unreadable(String),
}

/// Sends the request and reads an answer of at most `max_answer` bytes. Whoever calls says how long that may take.
///
/// # Errors
/// See [`NoAnswer`].
pub async fn exchange(
    peer: Peer<'_>,
    request: Request<Full<Bytes>>,
    max_answer: usize,
) -> Result<Response<Bytes>, NoAnswer> {
    let socket = TcpStream::connect((peer.host, peer.port)).await?;
    socket.set_nodelay(true)?;
    if !peer.is_https {
        return speak(socket, request, max_answer).await;
    }
    let name = ServerName::try_from(peer.host.to_owned()).map_err(|error| NoAnswer::Tls(error.to_string()))?;
    let tls = tokio::task::spawn_blocking(connector).await;
    let tls = tls.map_err(|error| NoAnswer::Tls(error.to_string()))??;
    speak(tls.connect(name, socket).await?, request, max_answer).await
}

async fn speak<S>(socket: S, request: Request<Full<Bytes>>, max_answer: usize) -> Result<Response<Bytes>, NoAnswer>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut requests, connection) = http1::handshake(TokioIo::new(socket)).await?;
    // What goes wrong with it is told to the request that waits.
    let _driver = AbortOnDropHandle::new(tokio::spawn(async move { drop(connection.await) }));
    let (head, body) = requests.send_request(request).await?.into_parts();
    let body = Limited::new(body, max_answer).collect().await;
    let body = body.map_err(|error| NoAnswer::Unreadable(error.to_string()))?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// The certificates of this machine: read anew each time, they are few reads a minute.
fn connector() -> Result<TlsConnector, NoAnswer> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NoAnswer::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
