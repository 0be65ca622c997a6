//! The pull requests of attempts: what GitHub said of them.

use boardcast_shared::{Attempt, AttemptId, AttemptPr, PullRequest};

use super::rows::{ATTEMPT, attempt_row};
use crate::domain::event::DomainEvent;
use crate::domain::refusal::Refusal;
use crate::secrets::redacted;
use crate::store::reads::{Read, ReadError};
use crate::store::tx::{Tx, TxError};

impl Read<'_> {
    /// Whether an attempt is run here.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn is_run_here(&self, id: &AttemptId) -> Result<bool, ReadError> {
        match self.run(id) {
            Ok(_) => Ok(true),
            Err(ReadError::Refused(refusal)) if refusal.code == "not_run_here" => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The attempts whose pull request was open when it was last seen, the newest first.
    ///
    /// # Errors
    /// The disk refused.
    pub fn open_pulls(&self) -> Result<Vec<Attempt>, ReadError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {ATTEMPT} FROM attempts WHERE pr ->> '$.state' = 'open' ORDER BY created_seq DESC"
        ))?;
        let rows = query.query_map([], attempt_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Tx<'_> {
    /// A pull request of an attempt was made at GitHub, or found there. One that is known is no news.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn pull_opened(&mut self, id: &AttemptId, mut pr: PullRequest) -> Result<(), TxError> {
        redact_title(&mut pr);
        let attempt = self.attempt_anywhere(id)?.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?;
        if attempt.pr.as_ref().is_some_and(|known| is_same(known, &pr)) {
            return self.pull_seen(id, pr);
        }
        let fact = AttemptPr { board_id: attempt.board_id, attempt_id: attempt.id, pr };
        self.append_pr(DomainEvent::GithubPrCreated(fact.clone()), &fact)
    }

    /// A pull request that is known was looked at. Appends something when it has another state.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn pull_seen(&mut self, id: &AttemptId, mut pr: PullRequest) -> Result<(), TxError> {
        redact_title(&mut pr);
        let attempt = self.attempt_anywhere(id)?.ok_or_else(|| Refusal::not_found("attempt", id.as_str()))?;
        let Some(known) = attempt.pr.filter(|known| is_same(known, &pr)) else { return Ok(()) };
        let state = |pr: &PullRequest| (pr.state, pr.draft, pr.merged);
        // An answer that was overtaken says nothing.
        if state(&known) == state(&pr) || pr.updated_at < known.updated_at {
            return Ok(());
        }
        let fact = AttemptPr { board_id: attempt.board_id, attempt_id: attempt.id, pr };
        self.append_pr(DomainEvent::GithubPrUpdated(fact.clone()), &fact)
    }
}

/// Others may have written it.
fn redact_title(pr: &mut PullRequest) {
    pr.title = redacted(std::mem::take(&mut pr.title));
}

fn is_same(known: &PullRequest, pr: &PullRequest) -> bool {
    known.number == pr.number && known.url == pr.url
}
