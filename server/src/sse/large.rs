//! Large frames that readers have taken from the log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use bytes::Bytes;

/// A frame that many stalled readers hold is in memory once, and is forgotten with the last of them.
#[derive(Default)]
pub struct LargeFrames(Mutex<HashMap<u64, Weak<[u8]>>>);

impl LargeFrames {
    /// The frame of the event `seq`: the one that others hold, or else `frame`, for others from now on.
    pub fn share(&self, seq: u64, frame: &Bytes) -> Bytes {
        let mut held = self.0.lock().expect("nobody panics with the frames");
        if let Some(shared) = held.get(&seq).and_then(Weak::upgrade) {
            return Bytes::from_owner(shared);
        }
        held.retain(|_, shared| shared.strong_count() > 0);
        let shared: Arc<[u8]> = Arc::from(&frame[..]);
        held.insert(seq, Arc::downgrade(&shared));
        Bytes::from_owner(shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_in_memory_once_as_long_as_somebody_holds_it() {
        let frames = LargeFrames::default();
        let first = frames.share(7, &Bytes::from_static(b"seven"));
        let second = frames.share(7, &Bytes::from(b"seven".to_vec()));
        assert_eq!((first.as_ptr(), &*second), (second.as_ptr(), &b"seven"[..]));
        drop((first, second));
        let _other = frames.share(8, &Bytes::from_static(b"eight"));
        assert_eq!(frames.0.lock().unwrap().keys().collect::<Vec<_>>(), [&8]);
    }
}
