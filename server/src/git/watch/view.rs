use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::eyes::{Blind, Eyes, Place, Seen, Signal};

/// A checkout of more folders than this is polled: the watches are shared with all else that the user runs.
const MAX_FOLDERS: usize = 50_000;

/// The folders watched for one checkout; dropped, they no longer are.
#[derive(Debug)]
pub struct View {
    eyes: Arc<Eyes>,
    signal: Arc<Signal>,
    tree: HashSet<PathBuf>,
    git: HashSet<PathBuf>,
}

impl View {
    /// Watches nothing yet.
    pub fn new(eyes: Arc<Eyes>, signal: Arc<Signal>) -> Self {
        Self { eyes, signal, tree: HashSet::new(), git: HashSet::new() }
    }

    /// Watches exactly `top` and all below it but what `ignored` names, git folders and repositories in the
    /// repository. Blocks.
    pub fn walk(&mut self, top: &Path, ignored: &HashSet<PathBuf>) -> Result<(), Blind> {
        let before = std::mem::take(&mut self.tree);
        let walked = self.extend(top, ignored);
        for folder in before.difference(&self.tree) {
            self.eyes.unwatch(folder, &self.signal);
        }
        walked
    }

    /// Watches `folder` and all below it, too, under the same rules. Blocks.
    pub fn extend(&mut self, folder: &Path, ignored: &HashSet<PathBuf>) -> Result<(), Blind> {
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            if self.tree.len() >= MAX_FOLDERS {
                return Err(Blind(format!("it has more than {MAX_FOLDERS} folders")));
            }
            // Before listing it: what is made in between is then either listed or heard of.
            if self.eyes.watch(&folder, &self.signal, Place::Tree)? == Seen::Missing {
                continue;
            }
            let children = subfolders(&folder);
            waiting.extend(children.filter(|child| {
                child.file_name() != Some(OsStr::new(".git")) && !ignored.contains(child) && !is_repository(child)
            }));
            self.tree.insert(folder);
        }
        Ok(())
    }

    /// Watches where git keeps what the checkout depends on. Blocks.
    pub fn walk_git(&mut self, git_dir: &Path, common_dir: &Path) -> Result<(), Blind> {
        self.watch_git(git_dir, Place::Git)?;
        self.watch_git(&git_dir.join("logs"), Place::Git)?;
        if git_dir != common_dir {
            self.watch_git(common_dir, Place::Shared)?;
        }
        self.watch_git(&common_dir.join("info"), Place::Git)?;
        // Until they exist, the folders above them say when they do.
        self.watch_git(&common_dir.join("logs"), Place::Shared)?;
        self.watch_git(&common_dir.join("logs/refs"), Place::Shared)?;
        for (top, place) in [("refs", Place::Git), ("logs/refs/remotes", Place::Remotes)] {
            let mut waiting = vec![common_dir.join(top)];
            while let Some(folder) = waiting.pop() {
                if self.watch_git(&folder, place)? == Seen::Watched {
                    waiting.extend(subfolders(&folder));
                }
            }
        }
        Ok(())
    }

    /// No longer watches a folder of the work tree and what was below it. Blocks.
    pub fn forget(&mut self, folder: &Path) {
        if self.tree.contains(folder) {
            let below: Vec<_> = self.tree.extract_if(|watched| watched.starts_with(folder)).collect();
            for folder in below {
                self.eyes.unwatch(&folder, &self.signal);
            }
        }
    }

    /// Whether a folder of the work tree is watched: one that isn't is ignored.
    pub fn covers(&self, folder: &Path) -> bool {
        self.tree.contains(folder)
    }

    fn watch_git(&mut self, folder: &Path, place: Place) -> Result<Seen, Blind> {
        let seen = self.eyes.watch(folder, &self.signal, place)?;
        if seen == Seen::Watched {
            self.git.insert(folder.to_owned());
        }
        Ok(seen)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let (eyes, signal) = (Arc::clone(&self.eyes), Arc::clone(&self.signal));
        let (tree, git) = (std::mem::take(&mut self.tree), std::mem::take(&mut self.git));
        let unwatch = move || tree.iter().chain(&git).for_each(|folder| eyes.unwatch(folder, &signal));
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(unwatch)),
            Err(_) => unwatch(),
        }
    }
}

/// The folders in a folder; links aren't followed, and what can't be read has none.
fn subfolders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}

/// Another repository in this one: git shows it as one entry.
pub fn is_repository(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".git")).is_ok()
}
