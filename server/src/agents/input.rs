use std::collections::VecDeque;
use std::future::pending;

use tokio::io::AsyncWriteExt as _;
use tokio::process::ChildStdin;

/// So many messages wait at most before nothing more is read from an agent that doesn't read its answers.
const ROOM: usize = 64;

/// An agent's standard input. What it doesn't take yet waits here, and nothing waits with it.
#[derive(Debug)]
pub struct Input {
    /// None once it is closed, by whichever side.
    pipe: Option<ChildStdin>,
    waiting: VecDeque<Vec<u8>>,
    /// How much of the oldest is written.
    written: usize,
    closes: bool,
}

impl Input {
    pub fn new(pipe: Option<ChildStdin>) -> Self {
        Self { pipe, waiting: VecDeque::new(), written: 0, closes: false }
    }

    /// Writes this after all that waits.
    pub fn put(&mut self, bytes: Vec<u8>) {
        if self.pipe.is_some() {
            self.waiting.push_back(bytes);
        }
    }

    /// Closes it after all that waits.
    pub fn close(&mut self) {
        self.closes = true;
        if self.waiting.is_empty() {
            self.pipe = None;
        }
    }

    pub fn has_room(&self) -> bool {
        self.waiting.len() < ROOM
    }

    /// Writes as much as the agent takes; never returns while nothing waits. Cancel safe.
    pub async fn write(&mut self) {
        let (Some(pipe), Some(oldest)) = (&mut self.pipe, self.waiting.front()) else { return pending().await };
        match pipe.write(&oldest[self.written..]).await {
            Ok(count) if count > 0 || oldest.is_empty() => self.written += count,
            // It reads no more. That it ended is heard elsewhere.
            _ => {
                self.pipe = None;
                self.waiting.clear();
                return;
            }
        }
        if self.written == oldest.len() {
            self.written = 0;
            self.waiting.pop_front();
        }
        if self.closes && self.waiting.is_empty() {
            self.pipe = None;
        }
    }
}
