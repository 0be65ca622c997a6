//! What a start finds, and what an end leaves.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use boardcast_shared::AttemptId;

use super::{Attempts, RETRY};
use crate::agents::end_leftover;
use crate::domain::actor::ActorKind;
use crate::store::{ReadError, Run, WriteError};

impl Attempts {
    /// Takes up what an earlier server left: ends its processes, tells what became of their attempts, watches the
    /// worktrees, and runs what waits.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn take_up(&self) -> Result<(), ReadError> {
        let runs = self.store().read(|log| log.runs(None)).await?;
        let attempts = self.clone();
        self.inner.tasks.spawn(async move {
            attempts.recover(&runs).await;
            attempts.queued();
            attempts.inner.tidy.notify_one();
            tokio::join!(attempts.clone().serve_queue(), attempts.clone().keep_tidy());
        });
        Ok(())
    }

    async fn recover(&self, runs: &[Run]) {
        for run in runs {
            if let Some(worktree) = run.worktree_path.clone().map(PathBuf::from) {
                // Each on its own: one on a slow disk must not keep the others waiting.
                let (checkouts, board, id) = (self.inner.checkouts.clone(), run.board_id.clone(), run.id.clone());
                let attempts = self.clone();
                let desk = self.inner.desks.try_take(Path::new(run.id.as_str()));
                self.inner.tasks.spawn(async move {
                    attempts.undo_rebase(&worktree).await;
                    drop(desk);
                    checkouts.follow_attempt(&board, &id, &worktree).await;
                });
            }
        }
        let known: HashSet<AttemptId> = runs.iter().map(|run| run.id.clone()).collect();
        let scratch = self.scratch();
        let found = tokio::task::spawn_blocking(move || leftovers(&known, &scratch)).await;
        let mut groups = found.unwrap_or_default();
        groups.extend(runs.iter().filter_map(|run| Some((run.process_group?, run.id.clone()))));
        let mut ends = tokio::task::JoinSet::new();
        for (group, id) in groups {
            ends.spawn(async move { end_leftover(group, &id).await });
        }
        ends.join_all().await;
        for run in runs {
            let id = run.id.clone();
            self.insist(move |tx| tx.recover_run(&id)).await;
        }
    }

    /// Ends all agents; within 5 s and a little. What was at work is told as interrupted at once, what was being
    /// stopped as stopped when it is gone.
    pub async fn drain(&self) {
        self.inner.closing.store(true, Ordering::Release);
        let had_work = self.has_work();
        if had_work {
            self.interrupt().await;
        }
        self.inner.end.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        // One whose turn was just beginning.
        if had_work {
            self.interrupt().await;
        }
    }

    async fn interrupt(&self) {
        // A store that is busy is asked again: nobody will tell it later but the next start.
        while let Err(WriteError::Overloaded) = self.store().by(ActorKind::Server).write(|tx| tx.interrupt_runs()).await
        {
            tokio::time::sleep(RETRY).await;
        }
    }

    fn has_work(&self) -> bool {
        !self.held().is_empty()
    }
}

/// Processes that carry the id of a known attempt in their environment, or that of a trial under `scratch`, with their
/// groups: also those that left the group of their agent, and those whose start was not written down.
#[cfg(target_os = "linux")]
fn leftovers(known: &HashSet<AttemptId>, scratch: &Path) -> HashSet<(i32, AttemptId)> {
    const NAME: &[u8] = b"BOARDCAST_ATTEMPT_ID=";
    let mut found = HashSet::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        // Another user's can't be read, and isn't ours.
        let Ok(environment) = std::fs::read(entry.path().join("environ")) else { continue };
        let id = environment.split(|&byte| byte == 0).find_map(|variable| variable.strip_prefix(NAME));
        let id = id.and_then(|id| std::str::from_utf8(id).ok()).and_then(|id| AttemptId::parse(id).ok());
        let Some(id) = id else { continue };
        let is_tried = || std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(scratch));
        if !known.contains(&id) && !is_tried() {
            continue;
        }
        let group = rustix::process::Pid::from_raw(pid).and_then(|pid| rustix::process::getpgid(Some(pid)).ok());
        found.extend(group.map(|group| (group.as_raw_nonzero().get(), id)));
    }
    found
}

#[cfg(not(target_os = "linux"))]
fn leftovers(_: &HashSet<AttemptId>, _: &Path) -> HashSet<(i32, AttemptId)> {
    HashSet::new()
}
