use std::collections::VecDeque;
use std::future::pending;

use boardcast_shared::LogLevel;
use tokio::sync::mpsc;

use super::Told;
use crate::secrets::KeyLines;

/// So many wait at most before nothing more is read from the agent; one line of it adds a few.
const ROOM: usize = 32;

/// What is told waits here while the listener is busy, so that nothing else has to wait with it.
#[derive(Debug)]
pub struct Outbox {
    told: mpsc::Sender<Told>,
    waiting: VecDeque<Told>,
    /// One for each level: no two pipes tell at the same.
    keys: [KeyLines; 3],
}

/// Nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deaf;

impl Outbox {
    pub fn new(told: mpsc::Sender<Told>) -> Self {
        Self { told, waiting: VecDeque::new(), keys: Default::default() }
    }

    /// Tells this after all that waits.
    pub fn put(&mut self, told: Told) {
        self.waiting.push_back(told);
    }

    /// Tells these, in their order.
    pub fn put_all(&mut self, told: Vec<Told>) {
        self.waiting.extend(told);
    }

    /// Tells a line of the log.
    pub fn line(&mut self, level: LogLevel, message: String) {
        let keys = match level {
            LogLevel::Info => &mut self.keys[0],
            LogLevel::Warn => &mut self.keys[1],
            LogLevel::Error => &mut self.keys[2],
        };
        let message = keys.line(message);
        self.put(Told::Line { level, message });
    }

    /// Whether more may be read from the agent.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < ROOM
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Hands on the oldest when the listener takes it; never returns while nothing waits. Cancel safe.
    pub async fn send(&mut self) -> Result<(), Deaf> {
        if self.waiting.is_empty() {
            return pending().await;
        }
        let permit = self.told.reserve().await;
        let oldest = self.waiting.pop_front();
        match (permit, oldest) {
            (Ok(permit), Some(oldest)) => permit.send(oldest),
            (Ok(_), None) => {}
            (Err(_), _) => {
                self.waiting.clear();
                return Err(Deaf);
            }
        }
        Ok(())
    }
}
