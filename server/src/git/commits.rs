use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::path::Path;

use boardcast_shared::Time;

use super::command::GitError;
use super::reflog::{Entry, Tail};
use super::repository::Repository;

/// A subject is cut at so many characters.
pub const MAX_SUBJECT: usize = 500;

/// How many commits of one checkout are remembered as reported.
const MAX_SEEN: usize = 50_000;
/// How many commits one git process is asked about.
const BATCH: usize = 500;
/// How far a commit's time may lie from its entry's when the message doesn't say that it was made there, in seconds.
const SAME_MOMENT: i64 = 2;

/// A commit that was made in a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its whole name.
    pub sha: String,
    /// As git abbreviates it here.
    pub short_sha: String,
    /// The first paragraph of its message, in one line without control characters, at most [`MAX_SUBJECT`] characters.
    pub subject: String,
    /// When HEAD came to it.
    pub ts: Time,
}

/// What an entry of HEAD's reflog says about its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was made here.
    Made,
    /// It was there before.
    Moved,
    /// The message says neither: another tool wrote it.
    Unsaid,
}

/// What a message of HEAD's reflog says. The words are git's own and never translated.
#[must_use]
pub fn origin(message: &str) -> Origin {
    const MADE: [&str; 3] = ["revert", "am", "cherry-pick"];
    const STEPS: [&str; 7] = ["(pick)", "(reword)", "(edit)", "(squash)", "(fixup)", "(continue)", "(merge)"];
    const MOVED: [&str; 6] = ["checkout", "reset", "clone", "Branch", "branch", "initial pull"];
    const MOVING_STEPS: [&str; 5] = ["(start)", "(finish)", "(abort)", "(reset)", "(label)"];

    let (action, rest) = message.split_once(": ").unwrap_or((message.trim_end_matches(':'), ""));
    let step = action.rsplit(' ').next().unwrap_or_default();
    // `commit`, `commit (amend)`: first, because its subject may be any words.
    if action == "commit" || action.starts_with("commit (") {
        return Origin::Made;
    }
    // `rebase (pick)`, `pull --rebase origin main (pick)`
    let is_rebase = action.starts_with("rebase") || action.starts_with("pull");
    if is_rebase && STEPS.contains(&step) {
        return Origin::Made;
    }
    if is_rebase && MOVING_STEPS.contains(&step) || MOVED.contains(&action) {
        return Origin::Moved;
    }
    if matches!(action, "rebase" | "cherry-pick" | "am") && rest == "fast-forward"
        || action.starts_with("rebase finished")
        || rest == "updating HEAD"
    {
        return Origin::Moved;
    }
    if MADE.contains(&action) {
        return Origin::Made;
    }
    // What was merged stands before it and may hold a colon; a merge's own word ends the message.
    if message.contains(": Merge made by ") || message.ends_with(": In-index merge") {
        return Origin::Made;
    }
    if message.ends_with(": Fast-forward") || message.contains(": Fast-forward (no commit created") {
        return Origin::Moved;
    }
    Origin::Unsaid
}

/// HEAD's reflog of one checkout, read on from where watching began.
#[derive(Debug)]
pub struct HeadLog {
    tail: Tail,
    seen: Seen,
}

impl HeadLog {
    /// Begins at the end: what was made before isn't new.
    ///
    /// # Errors
    /// When the reflog can't be read.
    pub fn at_end(git_dir: &Path) -> io::Result<Self> {
        let (tail, past) = Tail::at_end(git_dir.join("logs/HEAD"))?;
        let mut seen = Seen::default();
        for entry in past {
            seen.insert(&entry.new);
        }
        Ok(Self { tail, seen })
    }

    /// The entries that made a commit, or may have, since the last call; none of a commit that HEAD has been at before.
    ///
    /// # Errors
    /// When the reflog can't be read.
    pub fn news(&mut self) -> io::Result<Vec<Entry>> {
        let mut entries = self.tail.news()?;
        entries.retain(|entry| {
            !Entry::is_nowhere(&entry.new) && self.seen.insert(&entry.new) && origin(&entry.message) != Origin::Moved
        });
        Ok(entries)
    }

    /// Where the reflog last saw HEAD; none without one.
    #[must_use]
    pub fn head(&self) -> Option<String> {
        self.tail.last().map(|entry| entry.new)
    }
}

/// The commits that `entries` made, in their order. An entry whose message says nothing made its commit when that is
/// a child of where HEAD was and as old as the entry.
///
/// # Errors
/// When git gives no answer.
pub async fn made(repository: &Repository, entries: &[Entry]) -> Result<Vec<Commit>, GitError> {
    let mut commits = Vec::new();
    for batch in entries.chunks(BATCH) {
        let described = describe(repository, batch).await?;
        for entry in batch {
            // A commit that has been pruned meanwhile can't be described.
            let Some(found) = described.get(&entry.new) else { continue };
            if origin(&entry.message) == Origin::Made || found.follows(entry) {
                commits.push(Commit {
                    sha: entry.new.clone(),
                    short_sha: found.short_sha.clone(),
                    subject: found.subject.clone(),
                    ts: Time::from_millis(entry.time.saturating_mul(1000)),
                });
            }
        }
    }
    Ok(commits)
}

#[derive(Debug)]
struct Described {
    short_sha: String,
    parents: Vec<String>,
    time: i64,
    subject: String,
}

impl Described {
    fn follows(&self, entry: &Entry) -> bool {
        let follows =
            if Entry::is_nowhere(&entry.old) { self.parents.is_empty() } else { self.parents.contains(&entry.old) };
        follows && self.time.abs_diff(entry.time) <= SAME_MOMENT.unsigned_abs()
    }
}

async fn describe(repository: &Repository, entries: &[Entry]) -> Result<HashMap<String, Described>, GitError> {
    let mut input = Vec::new();
    for entry in entries {
        input.extend_from_slice(entry.new.as_bytes());
        input.push(b'\n');
    }
    let output = repository
        .git()
        .args(["log", "--no-walk=unsorted", "--ignore-missing", "--no-show-signature", "--no-notes", "--no-patch"])
        .args(["--no-mailmap", "--no-color", "--encoding=UTF-8", "-z", "--format=%H%n%h%n%P%n%ct%n%s", "--stdin"])
        .input(input)
        .run()
        .await?;
    Ok(String::from_utf8_lossy(&output.stdout).split('\0').filter_map(described).collect())
}

fn described(record: &str) -> Option<(String, Described)> {
    let mut lines = record.splitn(5, '\n');
    let (sha, short_sha, parents, time) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
    let subject = lines.next()?.chars().map(plain).take(MAX_SUBJECT).collect();
    let parents = parents.split(' ').filter(|parent| !parent.is_empty()).map(str::to_owned).collect();
    Some((sha.to_owned(), Described { short_sha: short_sha.into(), parents, time: time.parse().ok()?, subject }))
}

/// Control characters would be refused where subjects are shown.
fn plain(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// A bounded memory: the oldest is forgotten.
#[derive(Debug, Default)]
struct Seen {
    order: VecDeque<Box<str>>,
    known: HashSet<Box<str>>,
}

impl Seen {
    /// Whether it is new.
    fn insert(&mut self, sha: &str) -> bool {
        if !self.known.insert(sha.into()) {
            return false;
        }
        self.order.push_back(sha.into());
        if self.order.len() > MAX_SEEN
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Origin, messages: &[&str]) {
        for message in messages {
            assert_eq!(origin(message), expected, "{message}");
        }
    }

    #[test]
    fn what_made_a_commit_says_so() {
        check(
            Origin::Made,
            &[
                "commit: a",
                "commit: Fast-forward",
                "commit: fix: Fast-forward",
                "commit (initial): a",
                "commit (amend): a",
                "commit (merge): Merge branch 'x'",
                "commit (cherry-pick): a",
                "merge x: Merge made by the 'ort' strategy.",
                "merge HEAD^{/fix: y}: Merge made by the 'recursive' strategy.",
                "merge a b: Merge made by the 'octopus' strategy.",
                "merge x: In-index merge",
                "pull: Merge made by the 'ort' strategy.",
                "pull -q --no-rebase origin main: Merge made by the 'ort' strategy.",
                "pull --rebase (pick): a",
                "pull -q --rebase origin main (continue): a",
                "rebase (pick): a",
                "rebase (pick): fast-forward",
                "rebase (reword): a",
                "rebase (edit): a",
                "rebase (squash): # This is a combination of 2 commits.",
                "rebase (fixup): a",
                "rebase (merge): Merge branch 'x'",
                "rebase -i (pick): a",
                "cherry-pick: a",
                "revert: Revert \"a\"",
                "am: a",
            ],
        );
    }

    #[test]
    fn what_only_moves_head_says_so() {
        check(
            Origin::Moved,
            &[
                "checkout: moving from main to x",
                "reset: moving to HEAD~1",
                "clone: from /x",
                "merge x: Fast-forward",
                "merge x: Fast-forward (no commit created; -m option ignored)",
                "pull: Fast-forward",
                "pull --rebase: Fast-forward",
                "pull --rebase (start): checkout 0123",
                "pull --rebase (finish): returning to refs/heads/main",
                "rebase: fast-forward",
                "rebase (start): checkout main",
                "rebase (finish): returning to refs/heads/x",
                "rebase (abort): returning to refs/heads/x",
                "rebase (reset): 'onto'",
                "rebase finished: returning to refs/heads/x",
                "rebase: updating HEAD",
                "cherry-pick: fast-forward",
                "initial pull",
                "Branch: renamed refs/heads/a to refs/heads/b",
            ],
        );
    }

    #[test]
    fn what_others_write_says_nothing() {
        check(Origin::Unsaid, &["", "filter-branch: rewrite", "import", "commitment: x", "rebase: a subject"]);
    }

    #[test]
    fn a_subject_is_one_plain_bounded_line() {
        let record = format!("aa\na\nbb cc\n7\n\u{1b}[31mred\u{7f}\t{}", "ä".repeat(600));
        let (sha, found) = described(&record).unwrap();
        assert_eq!((&*sha, &*found.short_sha, found.time), ("aa", "a", 7));
        assert_eq!(found.parents, ["bb", "cc"]);
        assert!(found.subject.starts_with(" [31mred  ä"));
        assert_eq!(found.subject.chars().count(), MAX_SUBJECT);
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut seen = Seen::default();
        for n in 0..=MAX_SEEN {
            assert!(seen.insert(&n.to_string()));
        }
        assert!(!seen.insert(&MAX_SEEN.to_string()));
        assert!(seen.insert("0"), "the oldest is forgotten");
        assert_eq!(seen.order.len(), seen.known.len());
    }
}
