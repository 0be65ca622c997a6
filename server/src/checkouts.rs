//! The boards' checkouts: what is seen in them becomes facts of the log.

use std::path::Path;

use boardcast_shared::{AttemptId, Board, BoardId, GitCommit, GitOwner, GitPush, GitStatus, GitStatusChanged};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::refusal::{Refusal, RefusalKind};
use crate::git::command::GitError;
use crate::git::repository::{self, Repository, RepositoryError};
use crate::git::watch::{Checkout, Fact, Observed, Watcher};
use crate::secrets::redact_status;
use crate::store::{ReadError, Store, Tx, TxError, WriteError};

/// How many observations wait for the log; a watcher with more waits.
const QUEUE: usize = 256;
/// How long an observation waits before it is offered to a store that refused it.
const RETRY: std::time::Duration = std::time::Duration::from_millis(500);

/// The boards' checkouts, watched. Cheap to clone.
#[derive(Clone)]
pub struct Checkouts {
    watcher: Watcher,
}

/// Why a checkout gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// It can't be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Checkouts {
    /// Watches until `cancel` is cancelled, and writes what it sees.
    #[must_use]
    pub fn spawn(store: Store, cancel: CancellationToken) -> Self {
        let (sink, seen) = mpsc::channel(QUEUE);
        tokio::spawn(record(store, seen, cancel.clone()));
        Self { watcher: Watcher::spawn(sink, cancel) }
    }

    /// Begins to watch the checkouts of all boards.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn watch_all(&self, store: &Store) -> Result<(), ReadError> {
        let boards = store.read(|log| log.boards()).await?;
        for board in boards {
            // Each begins on its own: one on a slow disk must not keep the others waiting.
            let checkouts = self.clone();
            tokio::spawn(async move { checkouts.follow(&board).await });
        }
        Ok(())
    }

    /// The board's checkout is watched from now on, if it has one, and no other of it.
    pub async fn follow(&self, board: &Board) {
        match &board.repository_path {
            Some(path) => {
                if let Ok(repository) = repository::locate(Path::new(path)).await {
                    repository.learn_passwords().await;
                }
                let checkout = Checkout { board_id: board.id.clone(), attempt: None, path: path.into() };
                self.watcher.watch(checkout).await;
            }
            None => self.watcher.unwatch(&board.id, None).await,
        }
    }

    /// An attempt's worktree is watched from now on.
    pub async fn follow_attempt(&self, board: &BoardId, attempt: &AttemptId, worktree: &Path) {
        let (board_id, attempt) = (board.clone(), Some(attempt.clone()));
        self.watcher.watch(Checkout { board_id, attempt, path: worktree.to_owned() }).await;
    }

    /// Nothing more is told of the attempt's worktree.
    pub async fn forget_attempt(&self, board: &BoardId, attempt: &AttemptId) {
        self.watcher.unwatch(board, Some(attempt)).await;
    }

    /// Nothing more is told of the board.
    pub async fn forget(&self, board: &BoardId) {
        self.watcher.unwatch_board(board).await;
    }

    /// The path of a repository that a board can have, its links resolved.
    ///
    /// # Errors
    /// It isn't one, or isn't safe.
    pub async fn check_repository(&self, path: &str) -> Result<Repository, CheckoutError> {
        repository::inspect(path).await.map_err(refused)
    }

    /// A branch that a board can start from.
    ///
    /// # Errors
    /// Its name is wrong, or the repository has no such branch.
    pub async fn check_base(&self, name: &str, repository: Option<&Path>) -> Result<(), CheckoutError> {
        if !repository::branch_name_is_valid(name).await? {
            return Err(Refusal::invalid("invalid_branch", "baseBranch", "is not the name of a branch").into());
        }
        if let Some(path) = repository {
            let repository = repository::locate(path).await.map_err(refused)?;
            if !repository.base_exists(name).await? {
                let detail = format!("the repository has no {name}");
                return Err(Refusal::invalid("unknown_base", "baseBranch", detail).into());
            }
        }
        Ok(())
    }

    /// The state of a board's checkout, as git sees it now.
    ///
    /// # Errors
    /// It has none, or git gives no answer.
    pub async fn status(&self, board: &Board) -> Result<GitStatus, CheckoutError> {
        let no_repository = |detail: String| Refusal::conflict("no_repository", detail);
        let Some(path) = &board.repository_path else {
            return Err(no_repository("this board has no repository".into()).into());
        };
        let repository = match repository::inspect(path).await {
            Ok(repository) => repository,
            Err(RepositoryError::Invalid(reason)) => return Err(no_repository(reason).into()),
            Err(error) => return Err(refused(error)),
        };
        let mut status = crate::git::status::status(&repository).await?;
        redact_status(&mut status);
        Ok(status)
    }
}

fn refused(error: RepositoryError) -> CheckoutError {
    match error {
        RepositoryError::Invalid(reason) => Refusal::invalid("invalid_repository", "repositoryPath", reason).into(),
        RepositoryError::Unsafe(reason) => Refusal::invalid("unsafe_repository", "repositoryPath", reason).into(),
        RepositoryError::Git(error) => error.into(),
    }
}

/// Writes what is seen, in order, until nothing more is or the store takes no more.
async fn record(store: Store, mut seen: mpsc::Receiver<Observed>, cancel: CancellationToken) {
    while let Some(observed) = seen.recv().await {
        loop {
            let observed = observed.clone();
            match store.write(move |tx| append(tx, observed)).await {
                // A board or an attempt that was deleted meanwhile has nothing to be told any more.
                Ok(()) => break,
                Err(WriteError::Refused(refusal)) => {
                    if !matches!(refusal.kind, RefusalKind::NotFound(_)) {
                        tracing::warn!(%refusal, "what was seen in a checkout can't be told");
                    }
                    break;
                }
                Err(WriteError::Overloaded | WriteError::Unavailable) => {
                    if cancel.run_until_cancelled(tokio::time::sleep(RETRY)).await.is_none() {
                        return;
                    }
                }
            }
        }
    }
}

fn append(tx: &mut Tx<'_>, observed: Observed) -> Result<(), TxError> {
    let Observed { board_id, attempt, fact } = observed;
    match fact {
        Fact::Status(status) => tx.git_status(GitStatusChanged { board_id, attempt_id: GitOwner(attempt), status }),
        Fact::Commit(commit) => tx.git_commit(GitCommit {
            board_id,
            attempt_id: GitOwner(attempt),
            short_sha: commit.short_sha,
            sha: commit.sha,
            subject: commit.subject,
            ts: commit.ts,
        }),
        Fact::Push { remote, branch, sha, ts } => {
            let attempt_id = tx.attempt_of_branch(&board_id, &branch)?;
            tx.git_push(GitPush { board_id, attempt_id, remote, branch, sha, ts })
        }
    }
}
