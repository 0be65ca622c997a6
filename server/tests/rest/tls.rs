//! HTTPS: HTTP/2 with many streams on one connection, HTTP/1.1 beside it, and a certificate that is changed.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boardcast::http::tls::TlsFiles;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::world::World;

const STREAMS: usize = 100;

/// A new certificate for this machine, in the place of the one that was there.
fn certify(dir: &Path) -> (TlsFiles, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
    fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    fs::write(&files.cert, cert.pem()).unwrap();
    (files, cert.der().clone())
}

async fn connect(
    world: &World,
    trusted: &CertificateDer<'static>,
    alpn: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.to_vec()];
    let socket = TcpStream::connect(world.server.addr).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), socket).await
}

type Http2 = SendRequest<Full<Bytes>>;

async fn http2(world: &World, trusted: &CertificateDer<'static>) -> Http2 {
    let socket = connect(world, trusted, b"h2").await.unwrap();
    assert_eq!(socket.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (requests, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    requests
}

async fn ask(client: &mut Http2, method: &str, path: &str, body: Value) -> Response<Incoming> {
    let request = Request::builder().method(method).uri(format!("https://localhost{path}"));
    let request = request.header("content-type", "application/json").header("origin", "https://localhost");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    client.send_request(request.body(Full::from(body)).unwrap()).await.unwrap()
}

async fn made(client: &mut Http2, path: &str, body: Value) -> String {
    let answer = ask(client, "POST", path, body).await;
    assert_eq!(answer.status(), 201);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice::<Value>(&body).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Reads on until the text is there, or to the end where there is none.
async fn until(stream: &mut Incoming, text: Option<&str>) -> String {
    let mut read = String::new();
    let reading = async {
        while text.is_none_or(|text| !read.contains(text)) {
            let Some(frame) = stream.frame().await else { break };
            read += std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reading).await.expect("it goes on");
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_streams_share_a_connection_and_each_gets_everything_and_a_clean_end() {
    let dir = tempfile::tempdir().unwrap();
    let (files, cert) = certify(dir.path());
    let world = World::encrypted(files).await;
    let mut client = http2(&world, &cert).await;
    let board = made(&mut client, "/api/v1/boards", json!({"name": "Web"})).await;
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        let answer = ask(&mut client, "GET", &format!("/api/v1/sse?boardId={board}"), Value::Null).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert!(!answer.headers().contains_key("transfer-encoding"));
        let mut stream = answer.into_body();
        until(&mut stream, Some("event: state\n")).await;
        streams.push(stream);
    }
    // Requests go on beside them, on the same connection.
    made(&mut client, &format!("/api/v1/boards/{board}/cards"), json!({"title": "For everybody"})).await;
    for stream in &mut streams {
        until(stream, Some("For everybody")).await;
    }
    let ends = async {
        for stream in &mut streams {
            assert!(until(stream, None).await.contains("event: bye\n"));
        }
    };
    tokio::join!(world.end(), ends);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_over_tls_in_http_1_1_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (files, cert) = certify(dir.path());
    let world = World::encrypted(files).await;
    let mut socket = connect(&world, &cert, b"http/1.1").await.unwrap();
    socket.write_all(b"GET /api/v1/sse HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains("event: dashboard_overview\n") {
        assert!(socket.read_buf(&mut read).await.unwrap() > 0);
    }
    let rest = async {
        socket.read_to_end(&mut read).await.unwrap();
    };
    tokio::join!(world.end(), rest);
    let read = String::from_utf8(read).unwrap();
    assert!(read.starts_with("HTTP/1.1 200 OK\r\n"), "{read}");
    assert!(read.ends_with("\r\n0\r\n\r\n") && read.contains("event: bye\n"), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_certificate_is_used_and_open_streams_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let (files, before) = certify(dir.path());
    let world = World::encrypted(files.clone()).await;
    let mut client = http2(&world, &before).await;
    let board = made(&mut client, "/api/v1/boards", json!({"name": "Web"})).await;
    let mut stream = ask(&mut client, "GET", &format!("/api/v1/sse?boardId={board}"), Value::Null).await.into_body();
    let (_, after) = certify(dir.path());
    let changed = async { while connect(&world, &after, b"h2").await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(30), changed).await.expect("it is read again");
    assert!(connect(&world, &before, b"h2").await.is_err());
    made(&mut client, &format!("/api/v1/boards/{board}/cards"), json!({"title": "Still here"})).await;
    until(&mut stream, Some("Still here")).await;
    drop((stream, client));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_origin_is_https() {
    let dir = tempfile::tempdir().unwrap();
    let (files, cert) = certify(dir.path());
    let world = World::encrypted(files).await;
    let mut client = http2(&world, &cert).await;
    for (origin, host, status) in [
        ("https://localhost", "localhost", 200),
        ("http://localhost", "localhost", 403),
        ("https://elsewhere", "localhost", 403),
        ("https://elsewhere", "elsewhere", 421),
    ] {
        let request = Request::get(format!("https://{host}/api/v1/boards")).header("origin", origin);
        let answer = client.send_request(request.body(Full::default()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{origin} at {host}");
    }
    drop(client);
    world.end().await;
}
