//! TLS, with HTTP/2 where the client offers it. The files are read again when they change.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// From one look at the files to the next.
const LOOK: Duration = Duration::from_secs(1);
/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// HTTP/2 by its name in a handshake [RFC 9113 3.1].
const HTTP_2: &[u8] = b"h2";

/// Where certificate and key are, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those that vouch for it.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Why there is no TLS with these files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read, or isn't PEM.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// They don't belong together, or are of a kind that isn't supported.
    #[error("the certificate can't be used with the key: {0}")]
    Pair(#[from] rustls::Error),
}

/// The server's side of TLS. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    files: TlsFiles,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    /// With the files as they are now.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let config = load(&files)?;
        Ok(Self { files, current: Arc::new(RwLock::new(config)) })
    }

    /// The handshake of a new connection.
    ///
    /// # Errors
    /// It failed, or took too long.
    pub async fn accept(&self, socket: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config = self.current.read().expect("nobody panics with it").clone();
        tokio::time::timeout(PATIENCE, TlsAcceptor::from(config).accept(socket)).await?
    }

    /// Reads the files again whenever they change, for ever. Files that can't be used are told, and change nothing.
    pub async fn follow(&self) {
        let mut known = stamps(&self.files);
        loop {
            tokio::time::sleep(LOOK).await;
            let now = stamps(&self.files);
            if now == known {
                continue;
            }
            known = now;
            match load(&self.files) {
                Ok(config) => {
                    *self.current.write().expect("nobody panics with it") = config;
                    tracing::info!("the certificate was read again");
                }
                Err(error) => tracing::warn!(%error, "the certificate stays as it was"),
            }
        }
    }
}

/// Whether the client chose HTTP/2.
#[must_use]
pub fn is_http2(socket: &TlsStream<TcpStream>) -> bool {
    socket.get_ref().1.alpn_protocol() == Some(HTTP_2)
}

fn stamps(files: &TlsFiles) -> [Option<(SystemTime, u64)>; 2] {
    let stamp = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    [stamp(&files.cert), stamp(&files.key)]
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let at = |path: &PathBuf| {
        let path = path.clone();
        move |source| TlsError::File { path, source }
    };
    let certs = CertificateDer::pem_file_iter(&files.cert).and_then(Iterator::collect).map_err(at(&files.cert))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(at(&files.key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certs, key)?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
