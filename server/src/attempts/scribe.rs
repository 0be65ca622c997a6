//! What one agent's process says, written into the log as it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use boardcast_shared::{AttemptId, LogLevel};
use tokio::sync::{mpsc, oneshot};

use super::Attempts;
use crate::agents::Told;
use crate::store::{Tx, TxError};

/// How much waits to be written; an agent that says more waits itself.
const QUEUE: usize = 256;
/// How much is written at once.
const BATCH: usize = 128;

/// Writes what an agent tells. Dropped, it ends with what it has.
#[derive(Debug)]
pub struct Scribe {
    flush: mpsc::Sender<oneshot::Sender<()>>,
    group: Arc<AtomicI32>,
}

impl Scribe {
    /// A scribe for one process, and where the process's agent tells. `is_continued` when it was asked to take a
    /// session up again: which one it is in is then worth a line.
    pub fn begin(attempts: &Attempts, id: &AttemptId, is_continued: bool) -> (Self, mpsc::Sender<Told>) {
        let (tell, told) = mpsc::channel(QUEUE);
        let (flush, flushes) = mpsc::channel(1);
        let group = Arc::<AtomicI32>::default();
        let pen = Pen { attempts: attempts.clone(), id: id.clone(), is_continued, group: Arc::clone(&group) };
        attempts.inner.tasks.spawn(pen.write_all(told, flushes));
        (Self { flush, group }, tell)
    }

    /// Returns when all that was told so far is in the log.
    pub async fn flush(&self) {
        let (done, is_done) = oneshot::channel();
        if self.flush.send(done).await.is_ok() {
            let _ = is_done.await;
        }
    }

    /// The agent's process group; none before it told.
    pub fn group(&self) -> Option<i32> {
        Some(self.group.load(Ordering::Acquire)).filter(|group| *group > 0)
    }
}

struct Pen {
    attempts: Attempts,
    id: AttemptId,
    is_continued: bool,
    group: Arc<AtomicI32>,
}

impl Pen {
    async fn write_all(self, mut told: mpsc::Receiver<Told>, mut flushes: mpsc::Receiver<oneshot::Sender<()>>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                count = told.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return;
                    }
                    self.write(std::mem::take(&mut batch)).await;
                }
                Some(done) = flushes.recv() => {
                    // What comes meanwhile is for the next flush.
                    for _ in 0..told.len() {
                        batch.extend(told.try_recv());
                    }
                    self.write(std::mem::take(&mut batch)).await;
                    let _ = done.send(());
                }
            }
        }
    }

    async fn write(&self, batch: Vec<Told>) {
        if batch.is_empty() {
            return;
        }
        for told in &batch {
            if let Told::Group(group) = told {
                self.group.store(*group, Ordering::Release);
            }
        }
        let (batch, id, is_continued) = (Arc::new(batch), self.id.clone(), self.is_continued);
        let written = move |tx: &mut Tx<'_>| batch.iter().try_for_each(|told| note(tx, &id, told, is_continued));
        self.attempts.insist(written).await;
    }
}

fn note(tx: &mut Tx<'_>, id: &AttemptId, told: &Told, is_continued: bool) -> Result<(), TxError> {
    match told {
        Told::Group(group) => tx.run_group(id, Some(*group)),
        Told::Session { id: session, resumed } => {
            if is_continued {
                let (level, line) = which_session(*resumed);
                tx.run_note(id, level, line.into())?;
            }
            tx.run_session(id, session.clone())
        }
        Told::Item(item) => tx.run_item(id, item.clone()),
        Told::Line { level, message } => tx.run_line(id, *level, message),
        Told::Todos(todos) => tx.run_todos(id, todos.clone()),
        Told::NeedsInput(needs_input) => tx.run_needs_input(id, *needs_input),
    }
}

fn which_session(resumed: bool) -> (LogLevel, &'static str) {
    if resumed {
        (LogLevel::Info, "The agent goes on in the same session (session/load)")
    } else {
        (LogLevel::Warn, "The agent could not load the earlier session: it goes on in a new one")
    }
}
