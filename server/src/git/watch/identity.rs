use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::git::repository::Repository;

/// A folder apart from its name: another one made in its place is another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    device: u64,
    inode: u64,
    /// Inodes are given out again.
    born: Option<SystemTime>,
}

impl Identity {
    /// Of what stands at `path`, links followed.
    pub fn of(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        Ok(Self { device: found.dev(), inode: found.ino(), born: found.created().ok() })
    }

    /// Of the folders that make a checkout; none when one is missing.
    pub fn of_repository(repository: &Repository) -> Option<[Self; 3]> {
        // The link of a linked worktree, or the folder itself.
        fs::metadata(repository.top.join(".git")).ok()?;
        let of = |path: &PathBuf| Self::of(path).ok();
        Some([of(&repository.top)?, of(&repository.git_dir)?, of(&repository.common_dir)?])
    }
}

/// When the files changed that say what git would answer, the work tree apart. Equal twice means: nothing to ask.
#[derive(Debug, PartialEq, Eq)]
pub struct Stamp(Vec<Option<(u64, u64, i64, i64)>>);

impl Stamp {
    /// Of these files now.
    pub fn of(files: &[PathBuf]) -> Self {
        let stamp = |found: Metadata| (found.ino(), found.len(), found.ctime(), found.ctime_nsec());
        Self(files.iter().map(|file| fs::metadata(file).ok().map(stamp)).collect())
    }
}
