//! What handlers ask: a new attempt, a stop, a message, an answer, a deletion.

use boardcast_shared::{AgentId, Attempt, AttemptId, BoardId, CardId, ProfileId};
use tokio::sync::oneshot;

use super::Attempts;
use crate::agents::{AnswerError, Ask};
use crate::checkouts::CheckoutError;
use crate::domain::refusal::Refusal;
use crate::git::command::GitError;
use crate::git::repository::RepositoryError;
use crate::store::{Answer, Cause, NewRun, ReadError, Slot, Subject, Tx, WriteError};

/// An attempt that somebody wants, as it was asked for.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of the request")]
pub struct NewAttempt {
    pub board_id: BoardId,
    pub card_id: CardId,
    pub agent: Option<AgentId>,
    pub profile_id: Option<ProfileId>,
    pub base_branch: Option<String>,
    pub branch_name: Option<String>,
    pub prompt: Option<String>,
}

/// Whether uncommitted work may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// It may not.
    Refused,
    /// It may.
    Wanted,
}

/// Why something can't be done with an attempt.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store gave no answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store took nothing.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Git gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A remote gave no answer.
    #[error("{0}")]
    Remote(String),
    /// Both sides of a rebase changed these files.
    #[error("both sides changed {}", .0.join(", "))]
    Conflicts(Vec<String>),
}

impl From<RepositoryError> for AttemptError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Invalid(detail) => Refusal::conflict("no_worktree", detail).into(),
            RepositoryError::Unsafe(detail) => {
                Refusal { field: None, ..Refusal::invalid("unsafe_repository", "", detail) }.into()
            }
            RepositoryError::Git(error) => error.into(),
        }
    }
}

impl From<CheckoutError> for AttemptError {
    fn from(error: CheckoutError) -> Self {
        match error {
            CheckoutError::Refused(refusal) => refusal.into(),
            CheckoutError::Git(error) => error.into(),
        }
    }
}

impl Attempts {
    /// Queues what was proposed, or gives the refusal: a repeated request gets its first answer in any case.
    ///
    /// # Errors
    /// The refusal; its card, its agent or its branch's name is gone meanwhile.
    pub async fn queue(&self, proposed: Result<NewRun, Refusal>, cause: Cause) -> Result<Answer, WriteError> {
        let attempts = self.clone();
        self.aside(async move {
            let queued = move |tx: &mut Tx<'_>| Ok(answered(201, &tx.queue_run(proposed?)?));
            let answer = attempts.store().answer(cause, queued).await?;
            attempts.queued();
            Ok(answer)
        })
        .await
    }

    /// Somebody waits for a turn.
    pub(super) fn queued(&self) {
        self.inner.queue.notify_one();
    }

    /// Deletes an attempt that is over, with its worktree; its branch stays.
    ///
    /// # Errors
    /// It is at work, isn't there, or has uncommitted work that nobody wants to discard.
    pub async fn remove(&self, id: AttemptId, discard: Discard, cause: Cause) -> Result<Answer, WriteError> {
        let attempts = self.clone();
        self.aside(async move {
            let asked = id.clone();
            let run = attempts.store().read(move |log| log.run(&asked)).await.ok();
            let path = run.as_ref().map(|run| attempts.inner.places.of(&run.board_id, &run.id));
            // Before it begins nobody works in it: what is missing there was only not made yet.
            let has_begun = run.as_ref().is_some_and(|run| run.worktree_path.is_some());
            let uncommitted = match &path {
                Some(path) if has_begun && discard == Discard::Refused => attempts.uncommitted(path).await,
                _ => Some(0),
            };
            let removed = id.clone();
            let answer = attempts
                .store()
                .answer(cause, move |tx| {
                    tx.require_over(&removed)?;
                    if uncommitted != Some(0) {
                        let detail = "its worktree has uncommitted work; discard=1 gives it up";
                        return Err(Refusal::conflict("uncommitted_work", detail).into());
                    }
                    tx.remove_attempt(&removed)?;
                    Ok(Answer::nothing())
                })
                .await?;
            if let (Some(run), Some(path)) = (run, path) {
                attempts.look(&id).await;
                attempts.until_left(&id).await;
                let shared = attempts.shared_dir(&run.board_id).await;
                attempts.discard(&run.board_id, &id, &path, shared).await;
            }
            Ok(answer)
        })
        .await
    }

    /// Stops an attempt; its agent's end is not waited for.
    ///
    /// # Errors
    /// It is over, isn't run here, or isn't there.
    pub async fn stop(&self, id: AttemptId, cause: Cause) -> Result<Answer, WriteError> {
        let attempts = self.clone();
        self.aside(async move {
            let is_held = attempts.held().contains_key(&id);
            let stopped = id.clone();
            let answer = attempts
                .store()
                .answer(cause, move |tx| {
                    let attempt = tx.stop_run(&stopped, is_held)?;
                    Ok(answered(202, &attempt))
                })
                .await?;
            attempts.look(&id).await;
            Ok(answer)
        })
        .await
    }

    /// Whoever works on it looks where it stands; when nobody does, it is as good as stopped.
    async fn look(&self, id: &AttemptId) {
        let is_held = {
            let held = self.held();
            held.get(id).inspect(|held| held.look.notify_one()).is_some()
        };
        if !is_held {
            let id = id.clone();
            self.insist(move |tx| tx.stopped_run(&id)).await;
        }
    }

    /// Asks for another turn.
    ///
    /// # Errors
    /// It isn't run here, isn't there, or too many messages wait.
    pub async fn message(&self, id: AttemptId, text: String, cause: Cause) -> Result<Answer, WriteError> {
        let attempts = self.clone();
        self.aside(async move {
            let slot = attempts.inner.slots.clone().try_acquire_owned().ok().filter(|_| !attempts.is_closing());
            let asked = id.clone();
            let free = if slot.is_some() { Slot::Free } else { Slot::Taken };
            let (answer, begins) = attempts
                .store()
                .write(move |tx| {
                    let mut begins = false;
                    let answer = tx.answer_once(cause, |tx| {
                        let outcome = tx.message_run(&asked, &text, free)?;
                        begins = outcome.begins;
                        Ok(answered(202, &outcome.attempt))
                    })?;
                    Ok((answer, begins))
                })
                .await?;
            if let Some(slot) = slot.filter(|_| begins) {
                attempts.go(&id, slot);
            }
            attempts.queued();
            Ok(answer)
        })
        .await
    }

    /// Answers a permission request of an agent at work.
    ///
    /// # Errors
    /// It isn't run here or isn't there, the request isn't, doesn't offer the option, or is closed.
    pub async fn answer(&self, id: &AttemptId, request_id: String, option_id: String) -> Result<(), AttemptError> {
        let looked = id.clone();
        let (item, asked) = (request_id.clone(), self.asks_of(id));
        let known =
            self.store().read(move |log| log.run(&looked).and_then(|_| log.has_request(&looked, &item))).await?;
        let closed = || Refusal::conflict("permission_closed", "the agent waits for this answer no longer");
        let unknown = || Refusal::not_found("permission request", &request_id);
        let (reply, replied) = oneshot::channel();
        let ask = Ask::Answer { request_id: request_id.clone(), option_id, reply };
        let is_asked = match asked {
            Some(asks) => asks.send(ask).await.is_ok(),
            None => false,
        };
        let answer =
            if is_asked { replied.await.unwrap_or(Err(AnswerError::Closed)) } else { Err(AnswerError::Closed) };
        match answer {
            Ok(()) => Ok(()),
            Err(AnswerError::WrongOption) => {
                Err(Refusal::invalid("invalid_field", "optionId", "the request doesn't offer this option").into())
            }
            Err(AnswerError::Closed | AnswerError::Unknown) if known => Err(closed().into()),
            Err(AnswerError::Closed) if is_asked => Err(closed().into()),
            Err(AnswerError::Closed | AnswerError::Unknown) => Err(unknown().into()),
        }
    }

    fn asks_of(&self, id: &AttemptId) -> Option<tokio::sync::mpsc::Sender<Ask>> {
        self.held().get(id).filter(|held| held.is_working).map(|held| held.asks.clone())
    }

    /// Does what must be done to its end, also when the caller goes away meanwhile.
    pub(super) async fn aside<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, WriteError>> + Send + 'static,
    ) -> Result<T, WriteError> {
        self.inner.tasks.spawn(work).await.unwrap_or(Err(WriteError::Unavailable))
    }
}

fn answered(status: u16, attempt: &Attempt) -> Answer {
    let subject = Subject { board: Some(attempt.board_id.clone()), card: Some(attempt.card_id.clone()) };
    Answer::json(status, attempt, subject)
}
