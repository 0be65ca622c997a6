//! Attempts, their lines, conversation and todos.
//!
//! ```text
//! rows.rs     how an attempt is read from its row
//! announce.rs an attempt is first heard of; the last is heard of it
//! facts.rs    what happens to one, wherever it is run
//! reads.rs    pages of attempts, lines and conversation
//! here.rs     the life of one that is run here
//! stands.rs   where that one stands
//! told.rs     what an agent that is run here says, within its bounds
//! messages.rs what an agent that is run here is asked to do
//! recorded.rs the profile under which one that is run here was queued
//! held.rs     what is known of those run here: for a restart, for tidying
//! ```

mod announce;
mod facts;
mod held;
mod here;
mod messages;
mod pulls;
mod reads;
pub(super) mod recorded;
mod rows;
mod stands;
mod told;

use boardcast_shared::{AttemptId, AttemptStatus, BoardId, CardId, ProfileId};

pub use held::{Brief, Run};
pub use here::{AfterTurn, Begun, INTERRUPTED, NewRun, TurnOutcome, branch_exists};
pub use messages::{Asked, Slot};
pub(super) use rows::load_latest;
pub use stands::not_run_here;

/// What an attempt is announced with.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields of Attempt")]
pub(super) struct NewAttempt {
    pub board_id: BoardId,
    pub attempt_id: AttemptId,
    pub card_id: CardId,
    pub agent: String,
    pub profile_id: Option<ProfileId>,
    pub branch_name: String,
    pub base_branch: String,
    pub status: AttemptStatus,
}
