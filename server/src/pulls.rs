//! The pull requests of attempts: opened at GitHub, and looked at again until they are closed.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boardcast_shared::{Attempt, AttemptId, Board, PullRequest};
use tokio_util::sync::CancellationToken;

use crate::attempts::{AttemptError, Attempts};
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::git::repository;
use crate::github::{GitHub, GitHubError, Look, NewPull, Opened, Repo, Tag};
use crate::store::{Answer, Cause, ReadError, Store, Subject, WriteError};

/// How often it is looked whether one is to be looked at.
const TICK: Duration = Duration::from_secs(5);
/// How long one that was looked at is left alone.
const LOOK_EACH: Duration = Duration::from_secs(60);

/// A pull request that somebody wants, as it was asked for.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of the request")]
pub struct Wanted {
    pub title: String,
    pub body: Option<String>,
    pub base: Option<String>,
    pub draft: bool,
}

/// Why there is no pull request.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// GitHub did nothing.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
    /// It wasn't asked.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
}

/// The last look at one.
#[derive(Debug, Clone)]
struct Looked {
    number: u64,
    at: Duration,
    tag: Option<Tag>,
}

/// The attempts' pull requests. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Pulls {
    store: Store,
    attempts: Attempts,
    github: GitHub,
    clock: Clock,
    looked: Arc<Mutex<HashMap<AttemptId, Looked>>>,
}

impl Pulls {
    /// Pull requests at `github`; nothing is looked at before [`Pulls::follow`].
    #[must_use]
    pub fn new(store: Store, attempts: Attempts, github: GitHub, clock: Clock) -> Self {
        Self { store, attempts, github, clock, looked: Arc::default() }
    }

    /// Opens a pull request for an attempt's branch, which is pushed before unless the remote has it as it is. That of
    /// an attempt which was reported from outside is there already. Writes nothing: see [`Pulls::told`].
    ///
    /// # Errors
    /// See [`PullError`].
    pub async fn open(&self, id: &AttemptId, wanted: Wanted) -> Result<Opened, PullError> {
        let (attempt, board, is_run_here) = self.known(id).await?;
        let repo = self.repo(&board).await?;
        if is_run_here {
            self.attempts.push_unless_equal(id.clone()).await?;
        }
        let base = wanted.base.unwrap_or_else(|| branch_at(&board.remote, &attempt.base_branch));
        let head = attempt.branch_name;
        if head.is_empty() || base.is_empty() {
            let detail = "the attempt was reported without its branch or without the one it began at";
            return Err(GitHubError::Rejected(detail.into()).into());
        }
        let new = NewPull { title: wanted.title, body: wanted.body, head, base, draft: wanted.draft };
        Ok(self.github.open(&repo, &new).await?)
    }

    /// Writes down what came of it, with the card's link, and answers.
    ///
    /// # Errors
    /// The attempt is gone, or the store takes nothing.
    pub async fn told(&self, id: AttemptId, opened: Opened, by: Actor) -> Result<Answer, WriteError> {
        let (status, pr) = match opened {
            Opened::New(pr) => (201, pr),
            Opened::Existing(pr) => (200, pr),
        };
        // That was a look.
        let looked = Looked { number: pr.number, at: self.clock.elapsed(), tag: None };
        self.looked().insert(id.clone(), looked);
        self.store
            .answer(Cause { by, once: None }, move |tx| {
                tx.pull_opened(&id, pr.clone())?;
                Ok(Answer::json(status, &pr, Subject::default()))
            })
            .await
    }

    async fn known(&self, id: &AttemptId) -> Result<(Attempt, Board, bool), PullError> {
        let id = id.clone();
        let read = self.store.read(move |log| {
            let attempt = log.attempt(&id)?;
            let board = log.board(&attempt.board_id)?;
            Ok::<_, ReadError>((attempt, board, log.is_run_here(&id)?))
        });
        Ok(read.await.map_err(AttemptError::from)?)
    }

    /// The repository at GitHub that a board means.
    async fn repo(&self, board: &Board) -> Result<Repo, GitHubError> {
        let urls = match &board.repository_path {
            Some(path) if board.github_repo.is_none() && self.github.has_token() => urls(path, &board.remote).await,
            _ => Vec::new(),
        };
        self.github.repo(board, &urls)
    }

    fn looked(&self) -> MutexGuard<'_, HashMap<AttemptId, Looked>> {
        // What is locked here stays whole between any two statements, so a panic elsewhere breaks nothing.
        self.looked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at open ones again, each at most once a minute, until `cancel` is cancelled.
    pub async fn follow(self, cancel: CancellationToken) {
        if !self.github.has_token() {
            return;
        }
        loop {
            let round = async {
                self.look_around().await;
                self.clock.until(self.clock.elapsed() + TICK).await;
            };
            if cancel.run_until_cancelled(round).await.is_none() {
                return;
            }
        }
    }

    async fn look_around(&self) {
        let Ok(open) = self.store.read(|log| log.open_pulls()).await else { return };
        self.looked().retain(|id, _| open.iter().any(|attempt| attempt.id == *id));
        for attempt in open {
            let Some(pr) = &attempt.pr else { continue };
            let last = self.looked().get(&attempt.id).filter(|looked| looked.number == pr.number).cloned();
            let now = self.clock.elapsed();
            if last.as_ref().is_some_and(|last| now < last.at + LOOK_EACH) {
                continue;
            }
            let tag = last.and_then(|last| last.tag);
            self.looked().insert(attempt.id.clone(), Looked { number: pr.number, at: now, tag: tag.clone() });
            match self.look(&attempt, pr, tag).await {
                // Not to be configured or found concerns one only.
                Ok(()) | Err(PullError::GitHub(GitHubError::NotConfigured(_) | GitHubError::NotFound)) => {}
                Err(error) => {
                    tracing::warn!(%error, "open pull requests can't be looked at");
                    return;
                }
            }
        }
    }

    async fn look(&self, attempt: &Attempt, pr: &PullRequest, tag: Option<Tag>) -> Result<(), PullError> {
        let (_, board, is_run_here) = self.known(&attempt.id).await?;
        let repo = self.repo(&board).await?;
        // A reporter may speak of another repository, where the same number is something else.
        let page = format!("/{repo}/pull/{}", pr.number).to_ascii_lowercase();
        if !is_run_here && !pr.url.to_ascii_lowercase().ends_with(&page) {
            return Ok(());
        }
        let Look::Seen(seen, tag) = self.github.look(&repo, pr.number, tag.as_ref()).await? else { return Ok(()) };
        let id = attempt.id.clone();
        self.store.write(move |tx| tx.pull_seen(&id, seen)).await.map_err(AttemptError::from)?;
        // Only now: what wasn't written must be told again.
        if let Some(looked) = self.looked().get_mut(&attempt.id) {
            looked.tag = tag;
        }
        Ok(())
    }
}

/// The branch at the remote that a local name stands for.
fn branch_at(remote: &str, name: &str) -> String {
    let tracking = name.strip_prefix(remote).and_then(|rest| rest.strip_prefix('/'));
    tracking.unwrap_or(name).to_owned()
}

/// Where a remote is: what git uses, and what is written. Either may be another's name for the other.
async fn urls(path: &str, remote: &str) -> Vec<String> {
    let Ok(found) = repository::locate(Path::new(path)).await else { return Vec::new() };
    let used = found.remote_url(remote).await.ok().flatten();
    let written = found.written_url(remote).await.ok().flatten();
    used.into_iter().chain(written).collect()
}
