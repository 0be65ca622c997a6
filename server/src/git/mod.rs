//! Git repositories: what is seen in them, and the one way to run git.
//!
//! Nothing here writes to a repository, and nothing a repository configures is run: no hooks, no fsmonitor, no
//! filters, no external diff, no transport helpers.

/// The one way to run git: fixed settings, no shell, bounded output, a time limit.
pub mod command;
/// Which entries of HEAD's reflog made a commit.
pub mod commits;
/// Which entries of the remote-tracking refs' reflogs are pushes.
pub mod pushes;
/// What a reflog says, and reading on from where one stopped.
pub mod reflog;
/// Whether a path is a repository that can be worked with.
pub mod repository;
/// The state of a checkout.
pub mod status;
pub mod watch;
