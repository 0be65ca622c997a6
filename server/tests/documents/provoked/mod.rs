//! Every refusal, brought about.

use std::path::Path;
use std::process::Command;

pub mod broken;
pub mod requests;
pub mod unread;

/// A repository without commits.
pub fn init(path: &Path) {
    let made = Command::new("git").args(["init", "-q", "-b", "main"]).arg(path).status().unwrap();
    assert!(made.success());
}

/// A setting of the repository's own.
pub fn configure(path: &Path, name: &str, value: &str) {
    let set = Command::new("git").arg("-C").arg(path).args(["config", name, value]).status().unwrap();
    assert!(set.success());
}
