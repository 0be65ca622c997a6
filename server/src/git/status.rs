use boardcast_shared::{GitFile, GitFileStatus, GitStatus, GitSummary};

use super::command::GitError;
use super::repository::Repository;

/// How many files a status names.
pub const MAX_FILES: usize = 500;

/// A record longer than this is cut: no path on disk is.
const MAX_RECORD: usize = 64 << 10;

/// The state of a checkout as git sees it now. Nothing in the repository is changed, its index neither.
///
/// Of a submodule only its commit is looked at, never its work tree: for that git would run inside it, under a
/// configuration of its own.
///
/// # Errors
/// When git gives no answer. The caller has refused filters before ([`Repository::refuse_filters`]).
pub async fn status(repository: &Repository) -> Result<GitStatus, GitError> {
    let mut parser = Parser::default();
    repository
        .git()
        .args(["status", "--porcelain=v2", "-z", "--branch", "--ahead-behind", "--untracked-files=all"])
        .args(["--find-renames", "--ignore-submodules=dirty", "--no-column"])
        .each(|chunk| parser.feed(chunk))
        .await?;
    Ok(parser.finish())
}

/// Reads `git status --porcelain=v2 -z --branch` piece by piece; its memory doesn't grow with the number of files.
///
/// `summary` counts entries as `files` would list them without a bound, so a file changed in both index and tree
/// counts twice: `added`, `deleted` and `untracked` are what they say, `modified` all the rest (modified, renamed,
/// copied, unmerged), and `staged` those of all of them that are in the index.
#[derive(Debug, Default)]
pub struct Parser {
    record: Vec<u8>,
    /// A rename whose old path is the next record.
    renamed: Option<Renamed>,
    branch: String,
    head: String,
    ahead: u32,
    behind: u32,
    files: Vec<GitFile>,
    summary: GitSummary,
    entries: usize,
}

#[derive(Debug)]
struct Renamed {
    codes: [u8; 2],
    path: String,
}

impl Parser {
    /// Takes the next bytes, wherever they are cut.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|&byte| byte == 0) {
            self.keep(&bytes[..end]);
            bytes = &bytes[end + 1..];
            let record = std::mem::take(&mut self.record);
            self.take(&record);
            self.record = record;
            self.record.clear();
        }
        self.keep(bytes);
    }

    /// The status that the records make.
    #[must_use]
    pub fn finish(self) -> GitStatus {
        GitStatus {
            branch: self.branch,
            head: self.head,
            ahead: self.ahead,
            behind: self.behind,
            has_uncommitted: self.entries > 0,
            truncated: self.entries > self.files.len(),
            files: self.files,
            summary: self.summary,
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_RECORD.saturating_sub(self.record.len());
        self.record.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn take(&mut self, record: &[u8]) {
        if let Some(Renamed { codes, path }) = self.renamed.take() {
            let old = text(record);
            return self.changed(codes, &path, Some(&old));
        }
        match record {
            [b'#', b' ', rest @ ..] => self.header(&text(rest)),
            [b'1', b' ', codes @ ..] => {
                // XY sub mH mI mW hH hI path
                if let Some(path) = field(codes, 7) {
                    self.changed([record[2], record[3]], &text(path), None);
                }
            }
            [b'2', b' ', codes @ ..] => {
                // XY sub mH mI mW hH hI Xscore path, then the old path
                if let Some(path) = field(codes, 8) {
                    self.renamed = Some(Renamed { codes: [record[2], record[3]], path: text(path) });
                }
            }
            [b'u', b' ', codes @ ..] => {
                // XY sub m1 m2 m3 mW h1 h2 h3 path
                if let Some(path) = field(codes, 9) {
                    self.entry(GitFileStatus::Unmerged, false, &text(path), None);
                }
            }
            [b'?', b' ', path @ ..] => self.entry(GitFileStatus::Untracked, false, &text(path), None),
            _ => {}
        }
    }

    fn header(&mut self, line: &str) {
        if let Some(oid) = line.strip_prefix("branch.oid ") {
            self.head = if oid == "(initial)" { String::new() } else { oid.to_owned() };
        } else if let Some(name) = line.strip_prefix("branch.head ") {
            self.branch = if name == "(detached)" { String::new() } else { name.to_owned() };
        } else if let Some((ahead, behind)) = line.strip_prefix("branch.ab +").and_then(|ab| ab.split_once(" -")) {
            self.ahead = ahead.parse().unwrap_or(0);
            self.behind = behind.parse().unwrap_or(0);
        }
    }

    /// A tracked file: one entry for what changed in the index, one for what changed in the tree.
    fn changed(&mut self, codes: [u8; 2], path: &str, old: Option<&str>) {
        for (code, staged) in codes.into_iter().zip([true, false]) {
            let status = match code {
                b'.' => continue,
                b'A' => GitFileStatus::Added,
                b'D' => GitFileStatus::Deleted,
                b'R' => GitFileStatus::Renamed,
                b'C' => GitFileStatus::Copied,
                // M, and T: a file became a link or the other way round.
                _ => GitFileStatus::Modified,
            };
            let moved = matches!(status, GitFileStatus::Renamed | GitFileStatus::Copied);
            self.entry(status, staged, path, old.filter(|_| moved));
        }
    }

    fn entry(&mut self, status: GitFileStatus, staged: bool, path: &str, old: Option<&str>) {
        self.entries += 1;
        self.summary.staged += u32::from(staged);
        *match status {
            GitFileStatus::Added => &mut self.summary.added,
            GitFileStatus::Deleted => &mut self.summary.deleted,
            GitFileStatus::Untracked => &mut self.summary.untracked,
            GitFileStatus::Modified | GitFileStatus::Renamed | GitFileStatus::Copied | GitFileStatus::Unmerged => {
                &mut self.summary.modified
            }
        } += 1;
        if self.files.len() < MAX_FILES {
            self.files.push(GitFile { path: path.to_owned(), old_path: old.map(str::to_owned), status, staged });
        }
    }
}

/// What follows the first `skip` space-separated fields.
fn field(record: &[u8], skip: usize) -> Option<&[u8]> {
    record.splitn(skip + 1, |&byte| byte == b' ').nth(skip)
}

/// A path needn't be UTF-8; the wire is.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OID: &str = "1111111111111111111111111111111111111111";

    fn parse(records: &[&str]) -> GitStatus {
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.bytes().chain([0])).collect();
        let mut whole = Parser::default();
        whole.feed(&bytes);
        let mut single = Parser::default();
        bytes.chunks(1).for_each(|byte| single.feed(byte));
        let status = whole.finish();
        assert_eq!(status, single.finish(), "the same wherever the bytes are cut");
        status
    }

    #[track_caller]
    fn check_files(record: &[&str], expected: &[(&str, Option<&str>, GitFileStatus, bool)]) {
        let files = parse(record).files;
        let files: Vec<_> =
            files.iter().map(|file| (file.path.as_str(), file.old_path.as_deref(), file.status, file.staged)).collect();
        assert_eq!(files, expected, "{record:?}");
    }

    #[test]
    fn headers_say_where_head_is() {
        for (records, branch, head, ahead, behind) in [
            (vec!["# branch.oid (initial)", "# branch.head main"], "main", "", 0, 0),
            (vec![&*format!("# branch.oid {OID}"), "# branch.head (detached)"], "", OID, 0, 0),
            (
                vec![
                    &*format!("# branch.oid {OID}"),
                    "# branch.head a/b",
                    "# branch.upstream o/x",
                    "# branch.ab +2 -13",
                ],
                "a/b",
                OID,
                2,
                13,
            ),
            (vec![&*format!("# branch.oid {OID}"), "# branch.head a", "# branch.upstream o/gone"], "a", OID, 0, 0),
            (
                vec![&*format!("# branch.oid {OID}"), "# branch.head a", "# branch.ab +? -?", "# stash 3"],
                "a",
                OID,
                0,
                0,
            ),
        ] {
            let status = parse(&records);
            assert_eq!((&*status.branch, &*status.head, status.ahead, status.behind), (branch, head, ahead, behind));
            assert!(!status.has_uncommitted && !status.truncated);
        }
    }

    #[test]
    fn every_kind_of_change_is_an_entry() {
        use GitFileStatus::{Added, Copied, Deleted, Modified, Renamed, Unmerged, Untracked};
        let one = |codes: &str, path: &str| format!("1 {codes} N... 100644 100644 100644 {OID} {OID} {path}");
        let two = |codes: &str, path: &str| format!("2 {codes} N... 100644 100644 100644 {OID} {OID} R100 {path}");
        let unmerged = format!("u UU N... 100644 100644 100644 100644 {OID} {OID} {OID} a b");
        check_files(&[&one("M.", "a b")], &[("a b", None, Modified, true)]);
        check_files(&[&one(".M", "a")], &[("a", None, Modified, false)]);
        check_files(&[&one("MM", "a")], &[("a", None, Modified, true), ("a", None, Modified, false)]);
        check_files(&[&one("AD", "a")], &[("a", None, Added, true), ("a", None, Deleted, false)]);
        check_files(&[&one(".T", "a")], &[("a", None, Modified, false)]);
        check_files(&[&two("R.", "new"), "old"], &[("new", Some("old"), Renamed, true)]);
        check_files(&[&two("RM", "n"), "o"], &[("n", Some("o"), Renamed, true), ("n", None, Modified, false)]);
        check_files(&[&two(".C", "n"), "# x"], &[("n", Some("# x"), Copied, false)]);
        check_files(&[&unmerged], &[("a b", None, Unmerged, false)]);
        check_files(&["? a\nb", "? ? c"], &[("a\nb", None, Untracked, false), ("? c", None, Untracked, false)]);
        check_files(&["! ignored", "", "x", "1 MM", "1 M", "u ", "2 R."], &[]);
    }

    #[test]
    fn a_path_that_is_not_utf_8_is_read_lossily() {
        let mut parser = Parser::default();
        parser.feed(b"? a\xffb\0");
        assert_eq!(parser.finish().files[0].path, "a\u{fffd}b");
    }

    #[test]
    fn the_summary_counts_what_the_list_leaves_out() {
        let mut parser = Parser::default();
        for n in 0..200_000 {
            parser.feed(format!("? file{n}\0").as_bytes());
        }
        parser.feed(format!("1 AM N... 0 0 0 {OID} {OID} late\0u UU N... 0 0 0 0 {OID} {OID} {OID} u\0").as_bytes());
        let status = parser.finish();
        assert_eq!((status.files.len(), status.truncated, status.has_uncommitted), (MAX_FILES, true, true));
        let expected = GitSummary { added: 1, modified: 2, deleted: 0, untracked: 200_000, staged: 1 };
        assert_eq!(status.summary, expected);
    }
}
