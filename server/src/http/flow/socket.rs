use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Flow;

/// A socket whose flow is noted. What hyper answers by itself is kept back, so that we can answer in our own words.
pub struct Watched<S> {
    socket: S,
    flow: Arc<Flow>,
    kept_back: Vec<u8>,
}

/// Hyper's own answers are a head of four short lines.
const KEPT_BACK_BYTES: usize = 1024;

impl<S> Watched<S> {
    /// Notes the socket's reads and writes in `flow`.
    pub fn new(socket: S, flow: Arc<Flow>) -> Self {
        Self { socket, flow, kept_back: Vec::new() }
    }

    /// What hyper would have answered to bytes that are no request.
    #[must_use]
    pub fn take_kept_back(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.kept_back)
    }

    fn keep_back(&mut self, parts: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let bytes = parts.iter().map(|part| part.len()).sum();
        if self.kept_back.len() + bytes > KEPT_BACK_BYTES {
            return Err(io::Error::other("an answer without a request"));
        }
        for part in parts {
            self.kept_back.extend_from_slice(part);
        }
        Ok(bytes)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.flow.refuse_if_ended()?;
        let before = buf.filled().len();
        let result = Pin::new(&mut self.socket).poll_read(cx, buf);
        match &result {
            Poll::Pending => {
                self.flow.details().reader = Some(cx.waker().clone());
                self.flow.refuse_if_ended()?;
            }
            Poll::Ready(Ok(())) => self.flow.has_read(buf.filled().len() - before),
            Poll::Ready(Err(_)) => {}
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn note(&self, result: Poll<io::Result<usize>>, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        self.flow.has_written(&result, cx);
        if result.is_pending() {
            self.flow.refuse_if_ended()?;
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.flow.refuse_if_ended()?;
        if self.flow.is_nobodys_turn() {
            return Poll::Ready(self.keep_back(&[io::IoSlice::new(buf)]));
        }
        let result = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.note(result, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.flow.refuse_if_ended()?;
        if self.flow.is_nobodys_turn() {
            return Poll::Ready(self.keep_back(bufs));
        }
        let result = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.note(result, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        match &flushed {
            Poll::Ready(Ok(())) => self.flow.has_flushed(),
            Poll::Ready(Err(_)) => {}
            // Under TLS bytes wait there, too.
            Poll::Pending => {
                self.flow.has_written(&Poll::Pending, cx);
                self.flow.refuse_if_ended()?;
            }
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.kept_back.is_empty() {
            // The answer is still to come.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
