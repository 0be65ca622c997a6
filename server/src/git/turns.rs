use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Lets only one at a time change a repository: several `git worktree add` at once fail inside git. Cheap to clone;
/// all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<PathBuf, Weak<Turn<()>>>>>);

impl Turns {
    /// The turn at the repository whose worktrees share `common_dir`, once it has come.
    pub async fn take(&self, common_dir: &Path) -> OwnedMutexGuard<()> {
        self.of(common_dir).lock_owned().await
    }

    /// The same if nobody has it.
    #[must_use]
    pub fn try_take(&self, common_dir: &Path) -> Option<OwnedMutexGuard<()>> {
        self.of(common_dir).try_lock_owned().ok()
    }

    fn of(&self, common_dir: &Path) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(common_dir).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::default();
        turns.insert(common_dir.to_owned(), Arc::downgrade(&turn));
        turn
    }
}
