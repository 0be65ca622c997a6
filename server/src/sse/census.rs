//! Each open stream by itself, for whoever operates the server.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use boardcast_shared::{BoardId, Time};

use super::bus::StateMode;
use super::hub::Bell;

/// The open streams, oldest first. Cheap to clone.
#[derive(Clone, Default)]
pub struct OpenStreams(Arc<Mutex<Numbered>>);

#[derive(Default)]
struct Numbered {
    last: u64,
    all: BTreeMap<u64, Arc<OpenStream>>,
}

/// An open stream.
pub struct OpenStream {
    /// The how many-th since the server started.
    pub number: u64,
    /// What it was asked for.
    pub asked: Asked,
    pub(super) bell: Arc<Bell>,
    bytes: AtomicU64,
}

/// What a stream was asked for, and when.
pub struct Asked {
    /// Its boards.
    pub boards: Vec<BoardId>,
    /// Whether it carries the dashboard.
    pub dashboard: bool,
    /// How board changes arrive.
    pub mode: StateMode,
    /// When it was opened.
    pub opened_at: Time,
}

impl OpenStream {
    /// How much of it was handed to the socket.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl OpenStreams {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<OpenStream>> {
        self.numbered().all.values().cloned().collect()
    }

    pub(super) fn enter(&self, asked: Asked, bell: Arc<Bell>) -> Place {
        let mut numbered = self.numbered();
        numbered.last += 1;
        let stream = Arc::new(OpenStream { number: numbered.last, asked, bell, bytes: AtomicU64::new(0) });
        numbered.all.insert(stream.number, stream.clone());
        Place { among: self.clone(), stream }
    }

    fn numbered(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().expect("nobody panics with the streams")
    }
}

/// A stream's place among the open ones; dropping it is the only way out.
pub struct Place {
    among: OpenStreams,
    stream: Arc<OpenStream>,
}

impl Place {
    /// So many bytes more were handed to the socket.
    pub fn hand_over(&self, bytes: usize) {
        self.stream.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.among.numbered().all.remove(&self.stream.number);
    }
}
