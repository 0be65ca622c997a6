//! The last step of a stream to the socket, without hyper: when the router has answered with a stream, the socket is
//! taken over, and nothing of hyper's connection (its buffers above all) stays in memory while the stream lasts.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body as _;
use hyper::Response;
use hyper::header::{CONNECTION, DATE, HeaderValue, TRANSFER_ENCODING};
use hyper::http::response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::service::Tracked;

/// So many body frames leave in one write at the most.
const FRAMES_PER_WRITE: usize = 8;
/// A write that has this much waits for no further frame.
const BYTES_PER_WRITE: usize = 64 * 1024;

/// Marks a response whose body is a stream without an end in sight.
#[derive(Debug, Clone, Copy)]
pub struct Streaming;

/// Sends the response over the socket, chunk by chunk [RFC 9112 7.1], to its end or that of the connection.
///
/// # Errors
/// The connection broke.
pub async fn send<S: AsyncRead + AsyncWrite + Unpin>(socket: S, response: Response<Tracked>) -> io::Result<()> {
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    let waiting = VecDeque::from([last_head(parts)]);
    let mut sending = Sending { socket, body, waiting, ended: false };
    std::future::poll_fn(|cx| sending.poll(cx)).await
}

/// The head of the last response on a connection.
pub fn last_head(mut parts: response::Parts) -> Bytes {
    parts.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let now = httpdate::fmt_http_date(SystemTime::now());
    if let Ok(now) = HeaderValue::try_from(now) {
        parts.headers.insert(DATE, now);
    }
    let mut head = BytesMut::from(format!("HTTP/1.1 {}\r\n", parts.status).as_bytes());
    for (name, value) in &parts.headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    head.freeze()
}

struct Sending<S> {
    socket: S,
    body: Tracked,
    waiting: VecDeque<Bytes>,
    ended: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Sending<S> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.poll_gone(cx)?.is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            // Nothing is asked of the body while the socket is full: the stream then stays where it is in the log.
            while !self.waiting.is_empty() {
                std::task::ready!(self.poll_write(cx))?;
            }
            // TLS keeps what it took until the socket takes it.
            std::task::ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
            if self.ended {
                return Pin::new(&mut self.socket).poll_shutdown(cx);
            }
            self.fill(cx);
            if self.waiting.is_empty() {
                return Poll::Pending;
            }
        }
    }

    /// Ready when the client has closed its side; whatever else it sends is not looked at.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> io::Result<Poll<()>> {
        let mut bytes = [0; 256];
        loop {
            let mut buf = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.socket).poll_read(cx, &mut buf)? {
                Poll::Ready(()) if buf.filled().is_empty() => return Ok(Poll::Ready(())),
                Poll::Ready(()) => {}
                Poll::Pending => return Ok(Poll::Pending),
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        const PARTS: usize = FRAMES_PER_WRITE * 3 + 1;
        let mut slices = [IoSlice::new(&[]); PARTS];
        let mut count = 0;
        for (slice, part) in slices.iter_mut().zip(&self.waiting) {
            *slice = IoSlice::new(part);
            count += 1;
        }
        let mut written = std::task::ready!(Pin::new(&mut self.socket).poll_write_vectored(cx, &slices[..count]))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        while let Some(first) = self.waiting.front_mut() {
            if written < first.len() {
                first.advance(written);
                break;
            }
            written -= first.len();
            self.waiting.pop_front();
        }
        Poll::Ready(Ok(()))
    }

    /// Takes what the body has, each frame as one chunk.
    fn fill(&mut self, cx: &mut Context<'_>) {
        let mut bytes = 0;
        for _ in 0..FRAMES_PER_WRITE {
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    bytes += data.len();
                    let size = format!("{:X}\r\n", data.len());
                    self.waiting.extend([size.into(), data, Bytes::from_static(b"\r\n")]);
                    if bytes >= BYTES_PER_WRITE {
                        return;
                    }
                }
                Poll::Ready(None) => {
                    self.waiting.push_back(Bytes::from_static(b"0\r\n\r\n"));
                    self.ended = true;
                    return;
                }
                // A body that breaks ends without its last chunk, so that the client can tell.
                Poll::Ready(Some(Err(_))) => {
                    self.ended = true;
                    return;
                }
                Poll::Pending => return,
            }
        }
    }
}
