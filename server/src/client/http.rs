use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

use super::{Answer, ClientError, ServerUrl};

/// From the request to the last byte of its answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A board's state may be as large as the body that makes one.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// Connections kept open between calls; more are simply closed.
const MAX_IDLE: usize = 8;

/// A server to call. Cheap to clone; clones share the open connections.
#[derive(Clone)]
pub struct Client {
    url: ServerUrl,
    authorization: Option<HeaderValue>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

struct Connection {
    requests: SendRequest<Full<Bytes>>,
    /// Moves the bytes; ends with this value.
    driver: AbortOnDropHandle<()>,
}

/// An answer whose body is still coming, on a connection of its own.
pub struct OpenStream {
    response: Response<Incoming>,
    _driver: AbortOnDropHandle<()>,
}

impl Client {
    /// Calls the server at `url` without a token.
    #[must_use]
    pub fn new(url: ServerUrl) -> Self {
        Self { url, authorization: None, idle: Arc::default() }
    }

    /// The same with the token of `BOARDCAST_TOKEN`, when there is one. A token has no place in an argument list.
    #[must_use]
    pub fn from_environment(url: ServerUrl) -> Self {
        match std::env::var("BOARDCAST_TOKEN") {
            Ok(token) if !token.is_empty() => Self::new(url).with_token(&token),
            _ => Self::new(url),
        }
    }

    /// Shows `token` with each call.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.authorization = HeaderValue::try_from(format!("Bearer {token}")).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        self
    }

    /// The server.
    #[must_use]
    pub fn url(&self) -> &ServerUrl {
        &self.url
    }

    /// GET, read as JSON.
    ///
    /// # Errors
    /// [`ClientError`]; what isn't 2xx is [`ClientError::Refused`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.call(Method::GET, path, &[], Bytes::new()).await?.ok()?.json()
    }

    /// POST of JSON under an idempotency key, so that it may be repeated after a broken connection.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn post(&self, path: &str, body: &impl Serialize, key: &str) -> Result<Answer, ClientError> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.call(Method::POST, path, &headers, serde_json::to_vec(body)?.into()).await?.ok()
    }

    /// One call. The answer may have any status.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer, when it takes over 15 s, or when it is larger than 64 MiB.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let request = self.request(method, path, headers, body)?;
        tokio::time::timeout(CALL_TIMEOUT, self.exchange(request))
            .await
            .map_err(|_| ClientError::TimedOut(CALL_TIMEOUT))?
    }

    /// Opens an answer without an end. The head has 15 s, the body is the caller's to time.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer; one that isn't 200 is an [`OpenStream`] all the same.
    pub async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Result<OpenStream, ClientError> {
        let request = self.request(Method::GET, path, headers, Bytes::new())?;
        let opening = async {
            let mut connection = self.connect().await?;
            let response = connection.requests.send_request(request).await?;
            Ok(OpenStream { response, _driver: connection.driver })
        };
        tokio::time::timeout(CALL_TIMEOUT, opening).await.map_err(|_| ClientError::TimedOut(CALL_TIMEOUT))?
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder()
            .method(method)
            .uri(self.url.target(path))
            .header(HOST, self.url.authority())
            .header(ACCEPT, "application/json, application/problem+json, text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        Ok(request.body(Full::new(body))?)
    }

    async fn exchange(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, ClientError> {
        // A kept connection may have been closed meanwhile; the request then comes back unsent and goes to the next one.
        while let Some(mut connection) = self.take_idle() {
            if connection.requests.ready().await.is_err() {
                continue;
            }
            match connection.requests.try_send_request(request).await {
                Ok(response) => return self.finish(connection, response).await,
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(failed.into_error().into()),
                },
            }
        }
        let mut connection = self.connect().await?;
        let response = connection.requests.send_request(request).await?;
        self.finish(connection, response).await
    }

    async fn finish(&self, connection: Connection, response: Response<Incoming>) -> Result<Answer, ClientError> {
        let (head, body) = response.into_parts();
        let answer = Answer { status: head.status.as_u16(), headers: head.headers, body: bounded(body).await? };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
        Ok(answer)
    }

    fn take_idle(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    async fn connect(&self) -> Result<Connection, ClientError> {
        let failed = |error: std::io::Error| {
            let authority = self.url.authority().to_owned();
            ClientError::Connect { authority, why: error.to_string() }
        };
        let socket = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(self.url.address()))
            .await
            .map_err(|_| failed(std::io::ErrorKind::TimedOut.into()))?
            .map_err(failed)?;
        socket.set_nodelay(true).map_err(failed)?;
        let (requests, connection) = http1::handshake(TokioIo::new(socket)).await?;
        let driver = tokio::spawn(async move {
            // What goes wrong here is told to the request that waits.
            let _ = connection.await;
        });
        Ok(Connection { requests, driver: AbortOnDropHandle::new(driver) })
    }
}

async fn bounded(mut body: Incoming) -> Result<Bytes, ClientError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if whole.len() + data.len() > MAX_ANSWER_BYTES {
            return Err(ClientError::TooLarge(MAX_ANSWER_BYTES));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

impl OpenStream {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Whether it is an event stream, whatever its parameters.
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        let essence = self.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        essence
            .and_then(|text| text.split(';').next())
            .is_some_and(|t| t.trim().eq_ignore_ascii_case("text/event-stream"))
    }

    /// The next bytes; `None` at the clean end. Cancel safe.
    ///
    /// # Errors
    /// [`ClientError::Http`] when the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ClientError> {
        while let Some(frame) = self.response.body_mut().frame().await {
            if let Ok(data) = frame?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// Reads an answer that turned out not to be a stream.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn into_answer(self) -> Result<Answer, ClientError> {
        let (head, body) = self.response.into_parts();
        let body = tokio::time::timeout(CALL_TIMEOUT, bounded(body))
            .await
            .map_err(|_| ClientError::TimedOut(CALL_TIMEOUT))??;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;
    use crate::client::script::{Script, head};

    const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

    #[tokio::test]
    async fn a_connection_is_used_again_and_one_that_was_closed_meanwhile_is_replaced() {
        let (script, client) = Script::start().await;
        let server = async {
            let (_, mut socket) = script.request().await;
            socket.write_all(EMPTY.as_bytes()).await.unwrap();
            let second = head(&mut socket).await;
            socket.write_all(EMPTY.as_bytes()).await.unwrap();
            drop(socket);
            (second, script.answer(EMPTY).await)
        };
        let calls = async {
            for path in ["/one", "/two", "/three"] {
                let _: serde_json::Value = client.get(path).await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let ((second, third), ()) = tokio::join!(server, calls);
        assert!(second.starts_with("GET /two "), "{second}");
        assert!(third.starts_with("GET /three "), "{third}");
    }

    #[tokio::test]
    async fn a_problem_is_told_in_the_servers_words() {
        let (script, client) = Script::start().await;
        let client = client.with_token("secret");
        let body =
            r#"{"type":"about:blank","title":"No","status":422,"detail":"no such field: x","code":"unknown_field"}"#;
        let wire = format!("HTTP/1.1 422 No\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        let body = serde_json::json!({"x": 1});
        let (request, answer) = tokio::join!(script.answer(wire), client.post("/api/v1/boards", &body, "key-1"));
        let ClientError::Refused { status, code, detail, .. } = answer.unwrap_err() else { panic!("no refusal") };
        assert_eq!((status, code.as_str(), detail.as_str()), (422, "unknown_field", "no such field: x"));
        assert!(request.contains("authorization: Bearer secret\r\n"), "{request}");
        assert!(request.contains("idempotency-key: key-1\r\n"), "{request}");
    }
}
