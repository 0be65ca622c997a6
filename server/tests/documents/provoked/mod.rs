//! Every refusal, brought about.

use std::path::Path;
use std::process::Command;

pub mod access;
pub mod broken;
pub mod github;
pub mod requests;
pub mod runs;
pub mod unread;

/// A repository without a work tree.
pub fn bare(path: &Path) {
    assert!(Command::new("git").args(["init", "-q", "--bare"]).arg(path).status().unwrap().success());
}

/// A repository without commits.
pub fn init(path: &Path) {
    let made = Command::new("git").args(["init", "-q", "-b", "main"]).arg(path).status().unwrap();
    assert!(made.success());
    configure(path, "user.name", "Somebody");
    configure(path, "user.email", "somebody@localhost");
}

/// A setting of the repository's own.
pub fn configure(path: &Path, name: &str, value: &str) {
    let set = Command::new("git").arg("-C").arg(path).args(["config", name, value]).status().unwrap();
    assert!(set.success());
}

/// Git as a user runs it.
pub fn git(dir: &Path, args: &[&str]) {
    assert!(Command::new("git").arg("-C").arg(dir).args(args).status().unwrap().success(), "{args:?}");
}

/// A rebase that stands at a conflict.
pub fn leave_rebase_unfinished(dir: &Path, onto: &str) {
    let rebase = Command::new("git").arg("-C").arg(dir).args(["rebase", "-q", onto]).output().unwrap();
    assert!(!rebase.status.success());
}

/// A repository with one commit.
pub fn commit(path: &Path) {
    let git = |args: &[&str]| {
        let git = Command::new("git").arg("-C").arg(path).args(args).status().unwrap();
        assert!(git.success());
    };
    std::fs::write(path.join("README"), "one\n").unwrap();
    git(&["add", "."]);
    git(&["-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "begin"]);
}
