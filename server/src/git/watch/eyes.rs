use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RemoveKind, RenameMode};
use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::lock;

/// More new or vanished folders than this at once, and the whole tree is walked instead.
const MAX_LISTED: usize = 200;

/// The one file system watcher of all checkouts. Each folder is watched singly, so that ignored ones can be left out.
#[derive(Debug)]
pub struct Eyes {
    /// None when the system gave none.
    watcher: Mutex<Option<RecommendedWatcher>>,
    routes: Arc<Mutex<Routes>>,
}

/// Who hears of a change in which folder. The watcher's own thread takes this lock, so it is never held while
/// speaking to the watcher.
#[derive(Debug, Default)]
struct Routes(HashMap<PathBuf, Vec<(Arc<Signal>, Place)>>);

/// What a watched folder is to a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Part of its work tree.
    Tree,
    /// Its own git folder, or one with refs or its reflog.
    Git,
    /// The git folder of the main worktree, seen from a linked one.
    Shared,
    /// With reflogs of remote-tracking refs.
    Remotes,
}

/// Wakes a checkout, and says what became of its folders.
#[derive(Debug, Default)]
pub struct Signal {
    /// Something changed.
    pub wake: Notify,
    changes: Mutex<Changes>,
}

/// What happened since it was last asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Folders that appeared in the work tree.
    pub new: Vec<PathBuf>,
    /// Folders that went away.
    pub gone: Vec<PathBuf>,
    /// Whether the list of folders says enough.
    pub walk: Walk,
    /// Folders appeared in the git folder.
    pub git_folders: bool,
    /// A reflog of a remote-tracking ref changed.
    pub pushes: bool,
}

/// The folders can't all be watched; the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Blind(pub String);

/// Whether all folders must be walked to know which are to be watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Walk {
    /// The new ones and the gone ones are known.
    #[default]
    Spared,
    /// What is ignored may be something else now, or too many came and went.
    Due,
    /// Events were lost.
    Lost,
}

impl Signal {
    /// What happened since the last call.
    pub fn take(&self) -> Changes {
        std::mem::take(&mut lock(&self.changes))
    }

    fn note(&self, note: impl FnOnce(&mut Changes)) {
        let mut changes = lock(&self.changes);
        note(&mut changes);
        if changes.new.len() + changes.gone.len() > MAX_LISTED {
            changes.walk = changes.walk.max(Walk::Due);
        }
        if changes.walk != Walk::Spared {
            changes.new.clear();
            changes.gone.clear();
        }
        drop(changes);
        self.wake.notify_one();
    }
}

impl Changes {
    /// What is ignored may have changed with a file of rules.
    fn follow_rules(&mut self, is_rule: bool) {
        if is_rule {
            self.walk = self.walk.max(Walk::Due);
        }
    }
}

impl Eyes {
    /// Opens them; where the system gives no watcher they stay closed, and every view is blind.
    pub fn open() -> Self {
        let routes = Arc::<Mutex<Routes>>::default();
        let heard = Arc::clone(&routes);
        let opened = notify::recommended_watcher(move |event| lock(&heard).hear(event));
        let watcher = opened.inspect_err(|error| tracing::warn!(%error, "no file system watcher")).ok();
        Self { watcher: Mutex::new(watcher), routes }
    }

    /// Closed for good.
    pub fn closed() -> Self {
        Self { watcher: Mutex::default(), routes: Arc::default() }
    }

    /// Tells `signal` what happens in `folder`, not below it. Blocks.
    pub fn watch(&self, folder: &Path, signal: &Arc<Signal>, place: Place) -> Result<Seen, Blind> {
        let mut watcher = lock(&self.watcher);
        let Some(watcher) = watcher.as_mut() else { return Err(Blind("the system gives no watcher".into())) };
        lock(&self.routes).add(folder, signal, place);
        let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) else { return Ok(Seen::Watched) };
        lock(&self.routes).remove(folder, signal);
        match error.kind {
            ErrorKind::PathNotFound => Ok(Seen::Missing),
            // Not ours to read, nor git's.
            ErrorKind::Io(ref io) if io.kind() == std::io::ErrorKind::PermissionDenied => Ok(Seen::Missing),
            ErrorKind::Io(ref io) if io.kind() == std::io::ErrorKind::NotFound => Ok(Seen::Missing),
            ErrorKind::MaxFilesWatch => Err(Blind("the system's limit of watches is reached".into())),
            _ => Err(Blind(error.to_string())),
        }
    }

    /// No longer tells it. Blocks.
    pub fn unwatch(&self, folder: &Path, signal: &Arc<Signal>) {
        let mut watcher = lock(&self.watcher);
        let is_last = lock(&self.routes).remove(folder, signal);
        if let Some(watcher) = watcher.as_mut().filter(|_| is_last) {
            // The system forgets a removed folder by itself.
            let _ = watcher.unwatch(folder);
        }
    }
}

/// Whether a folder is watched now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is.
    Watched,
    /// There is none, or none that may be read.
    Missing,
}

impl Routes {
    fn add(&mut self, folder: &Path, signal: &Arc<Signal>, place: Place) {
        let listeners = self.0.entry(folder.to_owned()).or_default();
        if !listeners.iter().any(|(other, at)| Arc::ptr_eq(other, signal) && *at == place) {
            listeners.push((Arc::clone(signal), place));
        }
    }

    /// Whether nobody listens there any more.
    fn remove(&mut self, folder: &Path, signal: &Arc<Signal>) -> bool {
        let Some(listeners) = self.0.get_mut(folder) else { return true };
        listeners.retain(|(other, _)| !Arc::ptr_eq(other, signal));
        let is_empty = listeners.is_empty();
        if is_empty {
            self.0.remove(folder);
        }
        is_empty
    }

    fn hear(&self, event: notify::Result<Event>) {
        match event {
            Ok(event) if event.need_rescan() => self.lost(),
            Ok(event) => {
                let Some(change) = Change::of(event.kind) else { return };
                for path in &event.paths {
                    self.tell(path, change);
                }
            }
            Err(_) => self.lost(),
        }
    }

    fn tell(&self, path: &Path, change: Change) {
        // An event of the watched folder itself, and one of something in it.
        let inside = path.parent().and_then(|parent| self.0.get(parent));
        for (signal, place) in self.0.get(path).into_iter().chain(inside).flatten() {
            match place {
                Place::Tree => tell_tree(signal, path, change),
                Place::Git => tell_git(signal, path, change),
                Place::Shared => tell_shared(signal, path, change),
                Place::Remotes => {
                    tell_git(signal, path, change);
                    signal.note(|changes| changes.pushes = true);
                }
            }
        }
    }

    fn lost(&self) {
        for (signal, _) in self.0.values().flatten() {
            signal.note(|changes| changes.walk = Walk::Lost);
        }
    }
}

/// What an event says, in so far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    NewFolder,
    /// A file or a folder.
    MovedHere,
    GoneFolder,
    Other,
}

impl Change {
    fn of(kind: EventKind) -> Option<Self> {
        match kind {
            // Our own reading, too, opens and closes.
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Self::Other),
            // A move of both names is told as its two halves already.
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => None,
            EventKind::Create(CreateKind::Folder) => Some(Self::NewFolder),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Some(Self::MovedHere),
            EventKind::Remove(RemoveKind::Folder) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => {
                Some(Self::GoneFolder)
            }
            _ => Some(Self::Other),
        }
    }
}

fn tell_tree(signal: &Signal, path: &Path, change: Change) {
    let is_rule = path.file_name() == Some(OsStr::new(".gitignore"));
    signal.note(|changes| {
        changes.follow_rules(is_rule);
        match change {
            Change::NewFolder | Change::MovedHere => changes.new.push(path.to_owned()),
            Change::GoneFolder => changes.gone.push(path.to_owned()),
            Change::Other => {}
        }
    });
}

fn tell_git(signal: &Signal, path: &Path, change: Change) {
    // A file being written; its move to the real name is heard.
    if path.extension().is_some_and(|extension| extension == "lock") {
        return;
    }
    let name = path.file_name().unwrap_or_default();
    let is_rule = ["config", "config.worktree", "exclude"].iter().any(|rule| name == *rule);
    signal.note(|changes| {
        changes.follow_rules(is_rule);
        changes.git_folders |= change == Change::NewFolder;
    });
}

/// HEAD, index and the rest of another worktree say nothing about this one.
fn tell_shared(signal: &Signal, path: &Path, change: Change) {
    let name = path.file_name().unwrap_or_default();
    if ["config", "packed-refs", "refs", "logs", "info", "remotes"].iter().any(|shared| name == *shared) {
        tell_git(signal, path, change);
        signal.note(|changes| changes.pushes = true);
    }
}

#[cfg(test)]
mod tests;
