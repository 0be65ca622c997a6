//! Git repositories: what is seen in them, what is done in them, and the one way to run git.
//!
//! Looking writes nothing to a repository, and nothing a repository configures is run: no hooks, no fsmonitor, no
//! filters, no external diff, no transport helpers.

/// Branches: where one can start, and which names are free.
pub mod branches;
/// The one way to run git: fixed settings, no shell, bounded output, a time limit.
pub mod command;
/// A commit of all that is uncommitted.
pub mod commit;
/// Which entries of HEAD's reflog made a commit.
pub mod commits;
/// What a branch and its work tree changed.
pub mod diff;
/// A branch, pushed.
pub mod push;
/// Which entries of the remote-tracking refs' reflogs are pushes.
pub mod pushes;
/// A branch, put on top of its base.
pub mod rebase;
/// What a reflog says, and reading on from where one stopped.
pub mod reflog;
/// Whether a path is a repository that can be worked with.
pub mod repository;
/// The state of a checkout.
pub mod status;
/// One after the other in each repository.
pub mod turns;
pub mod watch;
/// Linked work trees: made and removed.
pub mod worktree;
