use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How much of a log is read at once, from its end; what lies further back is history.
const MAX_READ: u64 = 16 << 20;

/// One line of a reflog: a ref moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it was; zeros when it was nowhere.
    pub old: String,
    /// Where it is; zeros when it is nowhere.
    pub new: String,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Why, in git's words: `commit: subject`, `update by push`.
    pub message: String,
}

impl Entry {
    /// Reads `old new name <mail> seconds zone[TAB message]`.
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        let (head, message) = line.split_once('\t').unwrap_or((&line, ""));
        let mut ids = head.splitn(3, ' ');
        let (old, new, rest) = (ids.next()?, ids.next()?, ids.next()?);
        let time = rest.rsplit(' ').nth(1)?.parse().ok()?;
        let is_id = |id: &str| id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id(old) && is_id(new)).then(|| Self { old: old.into(), new: new.into(), time, message: message.into() })
    }

    /// Whether `id` stands for no commit.
    #[must_use]
    pub fn is_nowhere(id: &str) -> bool {
        id.bytes().all(|byte| byte == b'0')
    }

    /// The same move, also after `reflog expire --rewrite` gave it another `old`.
    fn is_same_move(&self, other: &Self) -> bool {
        (&self.new, self.time, &self.message) == (&other.new, other.time, &other.message)
    }
}

/// Reads on in a reflog from where it stopped, through appends, expiry, rewriting and removal.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    stamp: Option<Stamp>,
    /// Up to where it has been read: the end of a whole line.
    offset: u64,
    /// The last line read, with its line feed.
    last: Vec<u8>,
}

/// What tells a file from another, and from itself after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    len: u64,
    changed: (i64, i64),
}

impl Tail {
    /// Starts at the beginning: all that the log holds is new.
    #[must_use]
    pub fn at_start(path: PathBuf) -> Self {
        Self { path, stamp: None, offset: 0, last: Vec::new() }
    }

    /// Starts at the end, and gives what the log holds so far (at most its last 16 MiB).
    ///
    /// # Errors
    /// When the file can't be read; that there is none is not an error.
    pub fn at_end(path: PathBuf) -> io::Result<(Self, Vec<Entry>)> {
        let mut tail = Self::at_start(path);
        let past = tail.news()?;
        Ok((tail, past))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last entry read.
    #[must_use]
    pub fn last(&self) -> Option<Entry> {
        Entry::parse(self.last.trim_ascii_end())
    }

    /// The entries added since the last call, oldest first. A last line without its end waits for it.
    ///
    /// # Errors
    /// When the file can't be read; that there is none is not an error.
    pub fn news(&mut self) -> io::Result<Vec<Entry>> {
        let Some(mut file) = open(&self.path)? else {
            // Kept is what was read last: a log that returns is compared with it.
            self.stamp = None;
            return Ok(Vec::new());
        };
        let stamp = stamp(&file)?;
        if self.stamp == Some(stamp) {
            return Ok(Vec::new());
        }
        let follows = self.stamp.is_some_and(|before| before.inode == stamp.inode) && self.stands_in(&mut file)?;
        let from = if follows { self.offset } else { stamp.len.saturating_sub(MAX_READ) };
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        file.take(MAX_READ).read_to_end(&mut bytes)?;
        bytes.truncate(bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1));
        let known = self.last();
        self.stamp = Some(stamp);
        self.offset = from + bytes.len() as u64;
        let lines = || bytes.split_inclusive(|&byte| byte == b'\n');
        if let Some(last) = lines().next_back() {
            self.last = last.to_vec();
        }
        let mut entries: Vec<Entry> = lines().filter_map(|line| Entry::parse(line.trim_ascii_end())).collect();
        if let Some(known) = known.filter(|_| !follows) {
            match entries.iter().rposition(|entry| entry.is_same_move(&known)) {
                Some(at) => drop(entries.drain(..=at)),
                // The line itself has expired: what is younger is new.
                None => entries.retain(|entry| entry.time >= known.time),
            }
        }
        Ok(entries)
    }

    /// Whether the last line read still stands where it stood.
    fn stands_in(&self, file: &mut File) -> io::Result<bool> {
        let start = self.offset.saturating_sub(self.last.len() as u64);
        let mut found = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        file.take(self.last.len() as u64).read_to_end(&mut found)?;
        Ok(found == self.last)
    }
}

fn open(path: &Path) -> io::Result<Option<File>> {
    // A FIFO of that name would be waited for.
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if is_missing(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn stamp(file: &File) -> io::Result<Stamp> {
    let found = file.metadata()?;
    Ok(Stamp { inode: found.ino(), len: found.len(), changed: (found.ctime(), found.ctime_nsec()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn line(id: char, time: i64, message: &str) -> String {
        let old = "0".repeat(40);
        let new: String = std::iter::repeat_n(id, 40).collect();
        format!("{old} {new} A B <a@b> {time} +0100\t{message}\n")
    }

    fn append(path: &Path, text: &str) {
        let mut file = File::options().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn news(tail: &mut Tail) -> Vec<String> {
        tail.news().unwrap().into_iter().map(|entry| entry.message).collect()
    }

    #[test]
    fn a_line_is_read_with_and_without_a_message() {
        let entry = Entry::parse(line('a', 7, "commit: x\ty").trim_end().as_bytes()).unwrap();
        assert_eq!((entry.time, &*entry.message, &*entry.new), (7, "commit: x\ty", &*"a".repeat(40)));
        assert_eq!(Entry::parse(line('a', 7, "").trim_end().as_bytes()).unwrap().message, "");
        for bad in ["", "x", "0 1 a <b> 1 +0", &line('g', 7, "x"), &line('a', 7, "x").replace('7', "y")] {
            assert_eq!(Entry::parse(bad.trim_end().as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn only_what_is_added_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("HEAD");
        append(&path, &line('a', 1, "one"));
        let (mut tail, past) = Tail::at_end(path.clone()).unwrap();
        assert_eq!(past.len(), 1);
        assert!(news(&mut tail).is_empty());
        append(&path, &(line('b', 2, "two") + &line('c', 2, "three")));
        assert_eq!(news(&mut tail), ["two", "three"]);
        let four = line('d', 3, "four");
        append(&path, &four[..60]);
        assert!(news(&mut tail).is_empty());
        append(&path, &four[60..]);
        assert_eq!(news(&mut tail), ["four"]);
    }

    #[test]
    fn an_expired_log_gives_only_what_is_younger() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("HEAD");
        append(&path, &(line('a', 1, "one") + &line('b', 2, "two")));
        let (mut tail, _) = Tail::at_end(path.clone()).unwrap();
        // The front has expired.
        fs::write(folder.path().join("new"), line('b', 2, "two") + &line('c', 3, "three")).unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert_eq!(news(&mut tail), ["three"]);
        // All has expired, and there is more.
        fs::write(&path, "").unwrap();
        assert!(news(&mut tail).is_empty());
        append(&path, &line('d', 4, "four"));
        assert_eq!(news(&mut tail), ["four"]);
        // Removed, and begun again.
        fs::remove_file(&path).unwrap();
        assert!(news(&mut tail).is_empty());
        append(&path, &(line('e', 1, "old") + &line('f', 5, "five")));
        assert_eq!(news(&mut tail), ["five"]);
    }

    #[test]
    fn a_log_that_does_not_exist_yet_is_new_from_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/HEAD");
        let (mut tail, past) = Tail::at_end(path.clone()).unwrap();
        assert!(past.is_empty());
        fs::create_dir(folder.path().join("logs")).unwrap();
        append(&path, &line('a', 1, "one"));
        assert_eq!(news(&mut tail), ["one"]);
    }
}
