use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use boardcast_shared::Time;

use super::reflog::{Entry, Tail};

/// What git writes when a push moved a remote-tracking ref; a fetch writes its own command.
const BY_PUSH: &str = "update by push";
/// What `git remote rename` writes at the end of a log that it carries over.
const RENAMED: &str = "remote: renamed ";

/// A remote-tracking ref that a push moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Below `refs/remotes`: the remote's name and the branch's, which both may hold slashes.
    pub tracking: String,
    /// Where the branch is now.
    pub sha: String,
    /// When.
    pub ts: Time,
}

impl Push {
    /// The remote and the branch, by the longest of `remotes` that fits, else by the first slash.
    #[must_use]
    pub fn remote_and_branch(&self, remotes: &[String]) -> (String, String) {
        let fits = |remote: &&String| {
            self.tracking.strip_prefix(remote.as_str()).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
        };
        let length = remotes.iter().filter(fits).map(String::len).max().or_else(|| self.tracking.find('/'));
        let (remote, branch) = self.tracking.split_at(length.unwrap_or(self.tracking.len()));
        (remote.to_owned(), branch.trim_start_matches('/').to_owned())
    }
}

/// The reflogs of a repository's remote-tracking refs, read on from where watching began.
#[derive(Debug)]
pub struct PushLogs {
    folder: PathBuf,
    tails: HashMap<PathBuf, Tail>,
}

impl PushLogs {
    /// Begins at the end of each: what was pushed before isn't new.
    ///
    /// # Errors
    /// When a reflog can't be read.
    pub fn at_end(common_dir: &Path) -> io::Result<Self> {
        let folder = common_dir.join("logs/refs/remotes");
        let mut tails = HashMap::new();
        for path in logs(&folder)? {
            tails.insert(path.clone(), Tail::at_end(path)?.0);
        }
        Ok(Self { folder, tails })
    }

    /// The pushes since the last call, oldest first.
    ///
    /// # Errors
    /// When a reflog can't be read.
    pub fn news(&mut self) -> io::Result<Vec<Push>> {
        let paths = logs(&self.folder)?;
        // Git removes the log with the ref: if it returns, all in it is new.
        self.tails.retain(|path, _| paths.binary_search(path).is_ok());
        let mut pushes = Vec::new();
        for path in paths {
            let tracking = path.strip_prefix(&self.folder).unwrap_or(&path).to_string_lossy().into_owned();
            let tail = self.tails.entry(path).or_insert_with_key(|path| Tail::at_start(path.clone()));
            let entries = tail.news()?;
            // What a renamed remote brings along was told under its old name.
            let told = entries.iter().rposition(|entry| entry.message.starts_with(RENAMED)).map_or(0, |at| at + 1);
            pushes.extend(entries[told..].iter().filter_map(|entry| push(entry, &tracking)));
        }
        pushes.sort_by_key(|push| push.ts);
        Ok(pushes)
    }
}

fn push(entry: &Entry, tracking: &str) -> Option<Push> {
    let pushed = entry.message == BY_PUSH && !Entry::is_nowhere(&entry.new) && entry.old != entry.new;
    pushed.then(|| Push {
        tracking: tracking.to_owned(),
        sha: entry.new.clone(),
        ts: Time::from_millis(entry.time.saturating_mul(1000)),
    })
}

/// All log files below `folder`, in the order of their names; links aren't followed.
fn logs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            // Removed meanwhile, or nothing was ever fetched or pushed.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(error),
        };
        for entry in listed {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "lock") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_remote_that_fits_is_the_remote() {
        let remotes = ["origin", "team", "team/fork"].map(str::to_owned);
        for (tracking, remote, branch) in [
            ("origin/main", "origin", "main"),
            ("origin/feat/x", "origin", "feat/x"),
            ("team/main", "team", "main"),
            ("team/fork/main", "team/fork", "main"),
            ("team/forked/x", "team", "forked/x"),
            ("gone/a/b", "gone", "a/b"),
            ("alone", "alone", ""),
        ] {
            let push = Push { tracking: tracking.into(), sha: String::new(), ts: Time::from_millis(0) };
            assert_eq!(push.remote_and_branch(&remotes), (remote.to_owned(), branch.to_owned()), "{tracking}");
        }
    }
}
