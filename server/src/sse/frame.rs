//! The bytes of a frame [WHATWG HTML 9.2.5].
//!
//! `data` is JSON on one line, so that no text in any field can forge a line.

use boardcast_shared::SseMsg;
use bytes::{BufMut, Bytes, BytesMut};

/// How long a client waits before it comes back, in milliseconds: sent once, before `hello`.
pub const RETRY_MS: u32 = 1500;

/// `retry: 1500` and a blank line.
#[must_use]
pub fn retry() -> Bytes {
    Bytes::from(format!("retry: {RETRY_MS}\n\n"))
}

/// The line that names the place in the log.
#[must_use]
pub fn id_line(epoch: &str, seq: u64) -> Bytes {
    Bytes::from(format!("id: {epoch}-{seq}\n"))
}

/// `event`, `data` and the blank line: what follows an id, or stands without one.
#[must_use]
pub fn tail(event: &str, data: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(event.len() + data.len() + 16);
    put_tail(&mut frame, event, data);
    frame.freeze()
}

/// A frame without id.
#[must_use]
pub fn message(msg: &SseMsg) -> Bytes {
    tail(msg.event(), &msg.data())
}

/// A whole frame.
#[must_use]
pub fn event(epoch: &str, seq: u64, event: &str, data: &[u8]) -> Bytes {
    let id = id_line(epoch, seq);
    let mut frame = BytesMut::with_capacity(id.len() + event.len() + data.len() + 16);
    frame.put(id);
    put_tail(&mut frame, event, data);
    frame.freeze()
}

fn put_tail(frame: &mut BytesMut, event: &str, data: &[u8]) {
    debug_assert!(!data.contains(&b'\n') && !data.contains(&b'\r'), "data is one line");
    frame.put_slice(b"event: ");
    frame.put_slice(event.as_bytes());
    frame.put_slice(b"\ndata: ");
    frame.put_slice(data);
    frame.put_slice(b"\n\n");
}
