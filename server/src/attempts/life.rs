//! One attempt that is run here: its worktree is made, turn follows turn, its agent rests, it ends.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use boardcast_shared::AttemptId;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc};

use super::turn::Working;
use super::{Attempts, place};
use crate::agents::{AnswerError, Ask};
use crate::store::{AfterTurn, Begun, Brief, ReadError, Slot, TurnOutcome};

/// How many questions to an agent wait.
pub(super) const ASKS: usize = 64;
/// How long an agent's process is kept after a turn, in case another follows.
const REST: Duration = Duration::from_secs(600);

/// Somebody works on an attempt.
#[derive(Debug)]
pub(super) struct Held {
    /// What its agent is asked while it works.
    pub asks: mpsc::Sender<Ask>,
    /// Its next turn has come.
    pub next: mpsc::Sender<OwnedSemaphorePermit>,
    /// Something about it is different: look where it stands.
    pub look: Arc<Notify>,
    /// A turn is going on; else its agent rests.
    pub is_working: bool,
}

/// Why work is broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Off {
    /// Somebody stopped it.
    Stopped,
    /// It was deleted.
    Gone,
    /// The server ends.
    Closing,
}

/// How letting go of an attempt went.
enum Leaving {
    /// Its next turn has come.
    Next(OwnedSemaphorePermit),
    /// Something about it is different.
    Look,
    /// Nobody works on it any more.
    Left,
}

/// Whoever works on an attempt.
pub(super) struct Life {
    pub attempts: Attempts,
    pub id: AttemptId,
    pub asks: mpsc::Receiver<Ask>,
    next: mpsc::Receiver<OwnedSemaphorePermit>,
    look: Arc<Notify>,
    pub agent: Option<Working>,
}

impl Attempts {
    /// Its turn has come.
    pub(super) fn go(&self, id: &AttemptId, slot: OwnedSemaphorePermit) {
        let mut held = self.held();
        if let Some(there) = held.get_mut(id) {
            // Only one turn of it can have come: there is room.
            if there.next.try_send(slot).is_ok() {
                there.is_working = true;
            }
            return;
        }
        let (asks, asked) = mpsc::channel(ASKS);
        let (next, has_next) = mpsc::channel(1);
        let look = Arc::<Notify>::default();
        held.insert(id.clone(), Held { asks, next, look: Arc::clone(&look), is_working: true });
        let life = Life { attempts: self.clone(), id: id.clone(), asks: asked, next: has_next, look, agent: None };
        self.inner.tasks.spawn(life.live(slot));
    }
}

impl Life {
    async fn live(mut self, slot: OwnedSemaphorePermit) {
        let mut slot = Some(slot);
        while let Some(taken) = slot.take() {
            self.set_working(true);
            self.work().await;
            self.settle().await;
            self.set_working(false);
            drop(taken);
            self.attempts.inner.queue.notify_one();
            slot = self.rest().await;
            if slot.is_none() {
                slot = self.part().await;
            }
        }
        self.attempts.inner.tidy.notify_one();
    }

    fn set_working(&self, is_working: bool) {
        if let Some(held) = self.attempts.held().get_mut(&self.id) {
            held.is_working = is_working;
        }
    }

    /// Ends its agent and lets go of it, unless its next turn has come just now.
    async fn part(&mut self) -> Option<OwnedSemaphorePermit> {
        self.end_agent().await;
        loop {
            self.settle().await;
            match self.leave() {
                Leaving::Next(slot) => return Some(slot),
                Leaving::Look => {}
                Leaving::Left => return None,
            }
        }
    }

    fn leave(&mut self) -> Leaving {
        let mut held = self.attempts.held();
        if let Ok(slot) = self.next.try_recv() {
            return Leaving::Next(slot);
        }
        // Whoever changed something since looks for us under the same lock.
        if pin!(self.look.notified()).enable() {
            return Leaving::Look;
        }
        held.remove(&self.id);
        Leaving::Left
    }

    /// Its process waits for another turn; until its time is over, or somebody calls it off.
    async fn rest(&mut self) -> Option<OwnedSemaphorePermit> {
        let attempts = self.attempts.clone();
        let _place = attempts.inner.resting.try_acquire().ok().filter(|_| self.agent.is_some())?;
        let until = tokio::time::Instant::now() + REST;
        loop {
            tokio::select! {
                next = self.next.recv() => return next,
                () = tokio::time::sleep_until(until) => return None,
                ask = self.asks.recv() => refuse(ask),
                _ = called_off(&attempts, &self.id, &self.look) => return None,
            }
        }
    }

    /// From here to the end of the last turn that is asked for.
    async fn work(&mut self) {
        let _desk = self.attempts.inner.desks.take(Path::new(self.id.as_str())).await;
        let Some(brief) = self.brief().await else { return };
        let path = self.attempts.inner.places.of(&brief.board.id, &self.id);
        let prepared = {
            let prepare = place::prepare(&brief, &path, &self.attempts.inner.turns);
            let off = called_off(&self.attempts, &self.id, &self.look);
            tokio::select! {
                prepared = prepare => prepared,
                _ = off => return,
            }
        };
        if let Err(error) = prepared {
            self.end_turn(TurnOutcome::Failed(format!("its worktree can't be made: {error}"))).await;
            return;
        }
        let (id, worktree) = (self.id.clone(), path.to_string_lossy().into_owned());
        let begun = self.attempts.insist(move |tx| tx.begin_run(&id, &worktree)).await;
        let Some(Begun::Turn(mut prompt)) = begun else { return };
        self.attempts.inner.checkouts.follow_attempt(&brief.board.id, &self.id, &path).await;
        // Its start is in the log now.
        while let Some(brief) = self.brief().await {
            let Some(outcome) = self.turn(&brief, &path, prompt).await else { return };
            match self.end_turn(outcome).await {
                Some(AfterTurn::Turn(next)) => prompt = next,
                Some(AfterTurn::Stop | AfterTurn::Over) | None => return,
            }
        }
    }

    async fn brief(&self) -> Option<Brief> {
        let id = self.id.clone();
        match self.attempts.store().read(move |log| log.brief(&id)).await {
            Ok(brief) => Some(brief),
            Err(ReadError::Refused(_)) => None,
            Err(error) => {
                let error = format!("the store can't be read: {error}");
                self.end_turn(TurnOutcome::Failed(error)).await;
                None
            }
        }
    }

    async fn end_turn(&self, outcome: TurnOutcome) -> Option<AfterTurn> {
        let id = self.id.clone();
        let next = if self.attempts.is_closing() { Slot::Taken } else { Slot::Free };
        self.attempts.insist(move |tx| tx.end_turn(&id, outcome.clone(), next)).await
    }

    /// One that was stopped is told as such once nothing of its agent is left.
    async fn settle(&mut self) {
        if self.attempts.off(&self.id).await == Some(Off::Stopped) {
            self.end_agent().await;
            // Another turn that was asked for meanwhile waits for its turn like everybody.
            let id = self.id.clone();
            self.attempts.insist(move |tx| tx.stopped_run(&id)).await;
            self.attempts.inner.queue.notify_one();
        }
    }

    /// Waits until it is to be broken off.
    pub fn called_off(&self) -> impl Future<Output = Off> + use<> {
        let (attempts, id, look) = (self.attempts.clone(), self.id.clone(), Arc::clone(&self.look));
        async move { called_off(&attempts, &id, &look).await }
    }
}

async fn called_off(attempts: &Attempts, id: &AttemptId, look: &Notify) -> Off {
    loop {
        tokio::select! {
            () = attempts.inner.end.cancelled() => return Off::Closing,
            () = look.notified() => if let Some(off) = attempts.off(id).await { return off },
        }
    }
}

impl Attempts {
    /// Whether its work is to be broken off, as the store says.
    async fn off(&self, id: &AttemptId) -> Option<Off> {
        let id = id.clone();
        match self.store().read(move |log| log.run(&id)).await {
            Ok(run) => (run.status == boardcast_shared::AttemptStatus::Stopping).then_some(Off::Stopped),
            Err(ReadError::Refused(_)) => Some(Off::Gone),
            Err(_) => None,
        }
    }
}

/// Whoever answers an agent that isn't at work comes too late.
pub(super) fn refuse(ask: Option<Ask>) {
    if let Some(Ask::Answer { reply, .. }) = ask {
        let _ = reply.send(Err(AnswerError::Closed));
    }
}
