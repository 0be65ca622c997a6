use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use boardcast::client::ServerUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::task::JoinSet;

/// Stands once in each published event and nowhere else in a stream: events are counted by counting bytes.
pub const MARK: u8 = b'~';
/// After the mark: when it was published, in microseconds of the benchmark's clock.
pub const STAMP_DIGITS: usize = 12;
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(60);
const READ_BYTES: usize = 16 << 10;

/// What a reader does with what it reads.
#[derive(Clone, Copy)]
pub enum Reading {
    /// Counts events.
    Count,
    /// Counts, and notes how long each was under way by the clock that began then.
    Time(Instant),
    /// Reads the head of the answer and nothing more.
    Stall,
}

/// Open streams; they end with this value.
pub struct Streams {
    readers: JoinSet<()>,
    /// Sockets that nobody reads.
    _stalled: Vec<TcpStream>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    events: AtomicU64,
    bytes: AtomicU64,
    ended: AtomicU64,
    micros: Mutex<Vec<u32>>,
}

impl Streams {
    /// Opens `count` streams; each has its answer's head when this returns.
    pub async fn open(url: &ServerUrl, path: &str, count: usize, reading: Reading) -> anyhow::Result<Self> {
        let seen = Arc::new(Seen::default());
        let (mut readers, mut stalled) = (JoinSet::new(), Vec::new());
        for _ in 0..count {
            let (socket, rest) = open(url, path, reading).await?;
            match reading {
                Reading::Stall => stalled.push(socket),
                Reading::Count => {
                    seen.count(&rest);
                    readers.spawn(count_all(socket, Arc::clone(&seen)));
                }
                Reading::Time(clock) => {
                    readers.spawn(time_all(socket, rest, clock, Arc::clone(&seen)));
                }
            }
        }
        Ok(Self { readers, _stalled: stalled, seen })
    }

    /// Opens `count` streams, all at once, each of which counts; what goes wrong is told by [`Streams::have_seen`].
    pub fn open_at_once(url: &ServerUrl, path: &str, count: usize) -> Self {
        let seen = Arc::new(Seen::default());
        let mut readers = JoinSet::new();
        for _ in 0..count {
            let (url, path, seen) = (url.clone(), path.to_owned(), Arc::clone(&seen));
            readers.spawn(async move {
                match open(&url, &path, Reading::Count).await {
                    Ok((socket, rest)) => {
                        seen.count(&rest);
                        count_all(socket, seen).await;
                    }
                    Err(error) => {
                        eprintln!("{error:#}");
                        seen.ended.fetch_add(1, Ordering::Release);
                    }
                }
            });
        }
        Self { readers, _stalled: Vec::new(), seen }
    }

    /// Waits until all streams together have seen so many events.
    pub async fn have_seen(&self, events: u64) -> anyhow::Result<()> {
        let give_up = Instant::now() + DELIVERY_TIMEOUT;
        loop {
            let seen = self.seen.events.load(Ordering::Acquire);
            match seen.cmp(&events) {
                std::cmp::Ordering::Equal => return Ok(()),
                std::cmp::Ordering::Greater => bail!("{seen} deliveries instead of {events}: something came twice"),
                std::cmp::Ordering::Less => {}
            }
            let ended = self.seen.ended.load(Ordering::Acquire);
            if ended > 0 || Instant::now() > give_up {
                bail!("{seen} of {events} deliveries; {ended} of {} streams ended", self.readers.len());
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }

    /// Events and bytes of all streams so far.
    pub fn seen(&self) -> (u64, u64) {
        (self.seen.events.load(Ordering::Acquire), self.seen.bytes.load(Ordering::Acquire))
    }

    /// Takes the delays noted so far, in microseconds, sorted.
    pub fn take_micros(&self) -> Vec<u32> {
        let mut micros = std::mem::take(&mut *self.seen.micros.lock().unwrap_or_else(PoisonError::into_inner));
        micros.sort_unstable();
        micros
    }
}

impl Seen {
    fn count(&self, bytes: &[u8]) {
        #[expect(clippy::naive_bytecount, reason = "the compiler makes vector code of it")]
        let marks = bytes.iter().filter(|byte| **byte == MARK).count();
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.events.fetch_add(marks as u64, Ordering::Release);
    }
}

async fn open(url: &ServerUrl, path: &str, reading: Reading) -> anyhow::Result<(TcpStream, Vec<u8>)> {
    let addr = lookup_host(url.address()).await?.next().context("no address")?;
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if matches!(reading, Reading::Stall) {
        // Little fits into the kernel, so that it is the server that has to wait.
        socket.set_recv_buffer_size(4096)?;
    }
    let mut socket = socket.connect(addr).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\n\r\n", url.authority());
    socket.write_all(request.as_bytes()).await?;
    let mut head = Vec::with_capacity(1024);
    loop {
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            if !head.starts_with(b"HTTP/1.1 200") {
                bail!("no stream: {}", String::from_utf8_lossy(&head));
            }
            return Ok((socket, head.split_off(end + 4)));
        }
        let read = tokio::time::timeout(Duration::from_secs(10), socket.read_buf(&mut head)).await??;
        if read == 0 {
            bail!("the server closed a stream before its head: {}", String::from_utf8_lossy(&head));
        }
    }
}

async fn count_all(mut socket: TcpStream, seen: Arc<Seen>) {
    let mut buffer = vec![0; READ_BYTES];
    while let Ok(read @ 1..) = socket.read(&mut buffer).await {
        seen.count(&buffer[..read]);
    }
    seen.ended.fetch_add(1, Ordering::Release);
}

async fn time_all(mut socket: TcpStream, rest: Vec<u8>, clock: Instant, seen: Arc<Seen>) {
    let mut stamps = Stamps::default();
    let mut buffer = rest;
    let mut read = buffer.len();
    loop {
        let now = u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut found = Vec::new();
        stamps.read(&buffer[..read], |stamp| found.push(u32::try_from(now.saturating_sub(stamp)).unwrap_or(u32::MAX)));
        seen.bytes.fetch_add(read as u64, Ordering::Relaxed);
        if !found.is_empty() {
            seen.micros.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&found);
            seen.events.fetch_add(found.len() as u64, Ordering::Release);
        }
        buffer.resize(READ_BYTES, 0);
        match socket.read(&mut buffer).await {
            Ok(count @ 1..) => read = count,
            _ => break,
        }
    }
    seen.ended.fetch_add(1, Ordering::Release);
}

/// Finds stamps, wherever the reads cut them.
#[derive(Default)]
struct Stamps {
    missing: usize,
    value: u64,
}

impl Stamps {
    fn read(&mut self, bytes: &[u8], mut found: impl FnMut(u64)) {
        for byte in bytes {
            if *byte == MARK {
                (self.missing, self.value) = (STAMP_DIGITS, 0);
            } else if self.missing > 0 {
                self.value = self.value * 10 + u64::from(byte.wrapping_sub(b'0').min(9));
                self.missing -= 1;
                if self.missing == 0 {
                    found(self.value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_found_wherever_the_reads_cut() {
        let wire = b"data: ~000000000042 x\n\ndata: ~000000001000 y\n\n";
        for cut in 0..wire.len() {
            let (mut stamps, mut found) = (Stamps::default(), Vec::new());
            stamps.read(&wire[..cut], |stamp| found.push(stamp));
            stamps.read(&wire[cut..], |stamp| found.push(stamp));
            assert_eq!(found, [42, 1000], "cut at {cut}");
        }
    }
}
