//! Whose turn it is: as many at once as there are slots, the others in order.

use super::Attempts;

impl Attempts {
    /// Hands slots to those that wait, until the server ends.
    pub(super) async fn serve_queue(self) {
        loop {
            let end = &self.inner.end;
            if end.run_until_cancelled(self.inner.queue.notified()).await.is_none() {
                return;
            }
            self.hand_out().await;
        }
    }

    async fn hand_out(&self) {
        while !self.is_closing()
            && let Ok(slot) = self.inner.slots.clone().try_acquire_owned()
        {
            // Those whose turn has come already still look queued until it begins.
            let at_work: Vec<_> =
                self.held().iter().filter(|(_, held)| held.is_working).map(|(id, _)| id.clone()).collect();
            let limit = at_work.len() + 1;
            let queued = match self.store().read(move |log| log.queued_runs(limit)).await {
                Ok(queued) => queued,
                Err(error) => {
                    tracing::warn!(%error, "the queue of attempts can't be read");
                    return;
                }
            };
            match queued.into_iter().find(|id| !at_work.contains(id)) {
                Some(next) => self.go(&next, slot),
                None => return,
            }
        }
    }
}
