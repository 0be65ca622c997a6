//! One request to GitHub and its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;

use super::address::ApiUrl;
use super::error::GitHubError;
use crate::clock::Clock;

/// From the request to the last byte of its answer.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// A page of pull requests has some hundred kilobytes.
const MAX_ANSWER: usize = 8 << 20;

/// An answer of GitHub's.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Sends a request on a connection of its own: there are few.
pub(super) async fn send(api: &ApiUrl, clock: &Clock, request: Request<Full<Bytes>>) -> Result<Answer, GitHubError> {
    let exchange = async {
        let unavailable = |error: std::io::Error| GitHubError::Unavailable(format!("it can't be reached: {error}"));
        let socket = TcpStream::connect((api.host.as_str(), api.port)).await.map_err(unavailable)?;
        socket.set_nodelay(true).map_err(unavailable)?;
        if !api.is_https {
            return speak(socket, request).await;
        }
        let name = ServerName::try_from(api.host.clone());
        let name = name.map_err(|_| GitHubError::Unavailable("its name can have no certificate".into()))?;
        let tls = tokio::task::spawn_blocking(connector).await;
        let tls = tls.map_err(|error| GitHubError::Unavailable(error.to_string()))??;
        speak(tls.connect(name, socket).await.map_err(unavailable)?, request).await
    };
    tokio::select! {
        answer = exchange => answer,
        () = clock.until(clock.elapsed() + TIME_LIMIT) => Err(GitHubError::TimedOut),
    }
}

async fn speak<S>(socket: S, request: Request<Full<Bytes>>) -> Result<Answer, GitHubError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |error: hyper::Error| GitHubError::Unavailable(format!("the connection broke: {error}"));
    let (mut requests, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(broken)?;
    // What goes wrong with it is told to the request that waits.
    let _driver = AbortOnDropHandle::new(tokio::spawn(async move { drop(connection.await) }));
    let (head, body) = requests.send_request(request).await.map_err(broken)?.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect().await;
    let body = body.map_err(|error| GitHubError::Unavailable(format!("its answer can't be read: {error}")))?;
    Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
}

/// The certificates of this machine: read anew each time, they are few reads a minute.
fn connector() -> Result<TlsConnector, GitHubError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| GitHubError::Unavailable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
