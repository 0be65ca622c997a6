//! What a fresh client needs to know of a board, as a value that follows the facts.

use boardcast_shared::{AttemptId, AttemptStatusChanged, CardId};
use imbl::OrdMap;

use super::board::{BoardDoc, Shared};

/// How many attempts a fresh client is told of, per board.
pub const OPENING_ATTEMPTS: usize = 200;

/// A board and the latest attempt of each of its cards. Copies are cheap.
#[derive(Debug, Clone)]
pub struct BoardFold {
    /// What is on the board.
    pub doc: BoardDoc,
    /// For each card that has one: its latest attempt.
    pub latest: OrdMap<CardId, Shared<LatestAttempt>>,
}

/// The latest attempt of a card.
#[derive(Debug, Clone, PartialEq)]
pub struct LatestAttempt {
    /// Where it stands, as an opening tells it.
    pub status: AttemptStatusChanged,
    /// The event that brought it into the world: the latest of a card is the youngest.
    pub created_seq: u64,
    /// The last event that was heard of it.
    pub updated_seq: u64,
}

impl LatestAttempt {
    /// The attempt.
    #[must_use]
    pub fn id(&self) -> &AttemptId {
        &self.status.attempt_id
    }
}

impl BoardFold {
    /// The statuses of an opening: the most recently updated, oldest first.
    #[must_use]
    pub fn opening_statuses(&self) -> Vec<AttemptStatusChanged> {
        let mut latest: Vec<&Shared<LatestAttempt>> = self.latest.values().collect();
        latest.sort_unstable_by_key(|attempt| attempt.updated_seq);
        let newest = latest.len().saturating_sub(OPENING_ATTEMPTS);
        latest[newest..]
            .iter()
            .map(|attempt| AttemptStatusChanged {
                previous_status: None,
                replayed: Some(true),
                ..attempt.status.clone()
            })
            .collect()
    }

    /// An attempt stands where `attempt` says, if it is its card's latest.
    pub fn note(&mut self, attempt: LatestAttempt) {
        let card = attempt.status.card_id.clone();
        if self.latest.get(&card).is_none_or(|known| known.created_seq <= attempt.created_seq) {
            self.latest.insert(card, attempt.into());
        }
    }

    /// Something was heard of an attempt.
    pub fn heard(&mut self, card: &CardId, attempt: &AttemptId, seq: u64) {
        if let Some(known) = self.latest.get(card).filter(|known| known.id() == attempt) {
            let heard = LatestAttempt { updated_seq: seq, ..LatestAttempt::clone(known) };
            self.latest.insert(card.clone(), heard.into());
        }
    }
}
