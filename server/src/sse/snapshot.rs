//! What a fresh stream is told of a board: encoded when it is wanted, shared by all who want it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use boardcast_shared::SseMsg;
use bytes::Bytes;

use super::frame;
use crate::domain::board::BoardDoc;
use crate::domain::fold::BoardFold;

/// One version of a board; its whole `state` is encoded when somebody wants it.
pub struct Version {
    pub(super) doc: BoardDoc,
    outdated: AtomicBool,
    encoded: Mutex<Option<Bytes>>,
}

impl Version {
    pub(super) fn new(doc: BoardDoc) -> Arc<Self> {
        Arc::new(Self { doc, outdated: AtomicBool::new(false), encoded: Mutex::new(None) })
    }

    /// Whether the board has changed since.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.outdated.load(Ordering::Acquire)
    }

    pub(super) fn outdate(&self) {
        self.outdated.store(true, Ordering::Release);
        self.encoded.lock().expect("encoding doesn't panic").take();
    }

    /// The `state` frame without its id.
    pub(super) fn state(&self) -> Bytes {
        let mut encoded = self.encoded.lock().expect("encoding doesn't panic");
        if let Some(bytes) = &*encoded {
            return bytes.clone();
        }
        let data = serde_json::to_vec(&self.doc).expect("plain data serializes");
        let bytes = frame::tail("state", &data);
        // An outdated version is wanted once more at the most: keeping it would only cost memory.
        if !self.is_outdated() {
            *encoded = Some(bytes.clone());
        }
        bytes
    }
}

/// A board at one moment.
pub(super) struct Snapshot {
    fold: Option<BoardFold>,
    pub(super) version: Option<Arc<Version>>,
    statuses: OnceLock<Vec<Bytes>>,
    pub(super) overview: Option<Overview>,
}

/// The dashboard's document, encoded once for all its readers.
#[derive(Clone)]
pub struct Overview {
    /// Grows with each one.
    pub version: u64,
    /// The frame, without an id.
    pub frame: Bytes,
}

impl Snapshot {
    pub(super) fn of(fold: BoardFold, version: Arc<Version>) -> Arc<Self> {
        Arc::new(Self { fold: Some(fold), version: Some(version), statuses: OnceLock::new(), overview: None })
    }

    /// Of a channel that has nothing to open with.
    pub(super) fn empty() -> Arc<Self> {
        Arc::new(Self { fold: None, version: None, statuses: OnceLock::new(), overview: None })
    }

    /// Of the dashboard.
    pub(super) fn dashboard(overview: Overview) -> Arc<Self> {
        Arc::new(Self { fold: None, version: None, statuses: OnceLock::new(), overview: Some(overview) })
    }

    pub(super) fn outdate(&self) {
        if let Some(version) = &self.version {
            version.outdate();
        }
    }

    /// The statuses of a fresh opening: all but the last in one piece, then the last.
    pub(super) fn statuses(&self) -> &[Bytes] {
        self.statuses.get_or_init(|| {
            let statuses = self.fold.as_ref().map(BoardFold::opening_statuses).unwrap_or_default();
            let mut frames: Vec<Bytes> =
                statuses.into_iter().map(|status| frame::message(&SseMsg::AttemptStatus(status))).collect();
            let last = frames.pop();
            let first = (!frames.is_empty()).then(|| frames.concat().into());
            first.into_iter().chain(last).collect()
        })
    }
}
