//! Writes that act outside the database, once for each idempotency key: a commit, an answer to an agent.
//!
//! Key and answer can't be part of one transaction with what is done. So the key is noted first; one that is found
//! without an answer belongs to a server that was cut off in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Mutex as Turn;

use super::problem::Problem;
use crate::state::AppState;
use crate::store::{Answer, Cause, Idempotency};

/// The keys that are being worked on: a racing repeat waits for the first. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Outside(Arc<Mutex<HashMap<Key, Weak<Turn<()>>>>>);

type Key = (String, String);

impl Outside {
    fn of(&self, once: &Idempotency) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let key = (once.scope.clone(), once.key.clone());
        if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::default();
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }
}

/// Does `act` once; a repeat gets the first answer. It is done to its end, also when the caller goes away.
///
/// # Errors
/// Those of `act`, which are not kept; 409 when nobody knows what became of an earlier try.
pub async fn act<F>(state: &AppState, cause: Cause, act: F) -> Result<Answer, Problem>
where
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let Some(once) = cause.once else { return tokio::spawn(act).await? };
    let state = state.clone();
    let acting = async move {
        let turn = state.outside.of(&once);
        let _turn = turn.lock().await;
        let key = once.clone();
        if let Some(first) = state.store.write(move |tx| tx.begin_once(&key)).await? {
            return Ok(first);
        }
        let outcome = act.await;
        let answer = outcome.as_ref().ok().cloned();
        state.store.write(move |tx| tx.finish_once(&once, answer.as_ref())).await?;
        outcome
    };
    tokio::spawn(acting).await?
}
