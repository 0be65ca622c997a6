//! What deletion leaves behind: agents without an attempt, worktrees without one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use boardcast_shared::{AttemptId, BoardId};

use super::{Attempts, inside};
use crate::domain::actor::{Actor, ActorKind};
use crate::git::status::status;
use crate::store::{Cause, Run};

impl Attempts {
    /// Looks for what is left whenever something was deleted, until the server ends.
    pub(super) async fn keep_tidy(self) {
        while self.inner.end.run_until_cancelled(self.inner.tidy.notified()).await.is_some() {
            self.tidy_once().await;
        }
    }

    async fn tidy_once(&self) {
        let places = self.inner.places.clone();
        let Ok(present) = tokio::task::spawn_blocking(move || places.all()).await else { return };
        // Read after the folders were listed: an attempt is there before its worktree is.
        let Ok(runs) = self.store().read(|log| log.runs(None)).await else { return };
        let known: HashSet<AttemptId> = runs.into_iter().map(|run| run.id).collect();
        let at_work: HashSet<AttemptId> = {
            let held = self.held();
            held.iter().filter(|(id, _)| !known.contains(*id)).for_each(|(_, held)| held.look.notify_one());
            held.keys().cloned().collect()
        };
        for (board, id, path) in present {
            // Whoever still works there says when it is over.
            if !known.contains(&id) && !at_work.contains(&id) {
                self.discard(&board, &id, &path, None).await;
            }
        }
    }

    /// Removes the worktree of an attempt that is gone, and says so when it held work that is nowhere else.
    pub(super) async fn discard(&self, board: &BoardId, id: &AttemptId, path: &Path, shared: Option<PathBuf>) {
        self.inner.checkouts.forget_attempt(board, id).await;
        match self.uncommitted(path).await {
            Some(0) => {}
            Some(files) => {
                tracing::warn!(path = %path.display(), files, "uncommitted work of a deleted attempt is discarded");
            }
            None => tracing::warn!(path = %path.display(), "the worktree of a deleted attempt is discarded unseen"),
        }
        if let Err(error) = self.inner.places.remove(path, shared, &self.inner.turns).await {
            tracing::warn!(path = %path.display(), %error, "the worktree of a deleted attempt can't be removed");
        }
    }

    /// How many files of a worktree are uncommitted; none when that can't be told.
    pub(super) async fn uncommitted(&self, path: &Path) -> Option<u32> {
        if !path.exists() {
            return Some(0);
        }
        let repository = inside::usable(path).await.ok()?;
        let status = status(&repository).await.ok()?;
        let summary = status.summary;
        Some(summary.added + summary.modified + summary.deleted + summary.untracked)
    }

    /// Stops the attempts of a board, or of one card of it, and waits until their agents are gone: before that card or
    /// board is deleted.
    pub async fn stop_all(&self, board: &BoardId, card: Option<&boardcast_shared::CardId>) {
        let of_board = board.clone();
        let Ok(runs) = self.store().read(move |log| log.runs(Some(&of_board))).await else { return };
        let concerned = |run: &Run| !run.status.is_final() && card.is_none_or(|card| *card == run.card_id);
        let ids: Vec<AttemptId> = runs.into_iter().filter(concerned).map(|run| run.id).collect();
        for id in &ids {
            // One that has ended meanwhile needs no stop.
            let _ = self.stop(id.clone(), Cause { by: Actor::of(ActorKind::Server), once: None }).await;
        }
        for id in &ids {
            self.until_left(id).await;
        }
    }

    /// Waits until nobody works on the attempt.
    pub(super) async fn until_left(&self, id: &AttemptId) {
        let at_work = self.held().get(id).map(|held| held.next.clone());
        if let Some(at_work) = at_work {
            // Closed when whoever works on it has let go.
            self.inner.end.run_until_cancelled(at_work.closed()).await;
        }
    }
}
