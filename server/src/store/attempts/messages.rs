//! What an agent that is run here is asked to do, one turn after the other.

use boardcast_shared::{
    Attempt, AttemptId, AttemptStatus, ConversationAppended, ConversationItem, MessageFormat, MessageRole, random_token,
};
use rusqlite::{OptionalExtension, params};

use crate::domain::refusal::Refusal;
use crate::store::tx::{Tx, TxError};

/// How many messages of one attempt wait for its turn's end.
const MAX_WAITING: u32 = 100;

/// Whether an attempt may run now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// It may.
    Free,
    /// It has to wait.
    Taken,
}

/// What becomes of a message.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The attempt, as it stands now.
    pub attempt: Attempt,
    /// Whether the slot was taken for it: its next turn is to begin.
    pub begins: bool,
}

impl Tx<'_> {
    /// Somebody asks for another turn. It begins now when the attempt is over and there is a slot for it.
    ///
    /// # Errors
    /// There is no such attempt, it isn't run here, or too many messages wait already.
    pub fn message_run(&mut self, id: &AttemptId, text: &str, slot: Slot) -> Result<Asked, TxError> {
        let attempt = self.run(id)?;
        let waiting: u32 = self
            .db
            .prepare_cached("SELECT count(*) FROM attempt_messages WHERE attempt_id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))?;
        if waiting >= MAX_WAITING {
            let detail = format!("{MAX_WAITING} messages wait for the turn's end already");
            return Err(Refusal::conflict("too_many_messages", detail).into());
        }
        self.append_user_message(&attempt, text)?;
        self.keep_message(id, text)?;
        let begins = attempt.status.is_final() && slot == Slot::Free;
        if begins {
            self.turn_to(&attempt, AttemptStatus::Running, None)?;
        } else if attempt.status.is_final() {
            self.queue_again(&attempt)?;
        }
        Ok(Asked { attempt: self.run(id)?, begins })
    }

    /// What somebody said to the agent.
    pub(super) fn append_user_message(&mut self, attempt: &Attempt, text: &str) -> Result<(), TxError> {
        let item = ConversationItem::Message {
            id: format!("user-{}", random_token()),
            timestamp: self.now,
            role: MessageRole::User,
            text: text.to_owned(),
            format: MessageFormat::Markdown,
        };
        let (board_id, attempt_id) = (attempt.board_id.clone(), attempt.id.clone());
        self.append_conversation(ConversationAppended { board_id, attempt_id, item })
    }

    pub(super) fn keep_message(&mut self, id: &AttemptId, text: &str) -> Result<(), TxError> {
        self.db
            .prepare_cached(
                "INSERT INTO attempt_messages VALUES (?1,
                     (SELECT coalesce(max(n), 0) + 1 FROM attempt_messages WHERE attempt_id = ?1), ?2)",
            )?
            .execute([id.as_str(), text])?;
        Ok(())
    }

    /// Takes the message that waits longest: from now on its turn is the only thing that knows of it.
    pub(super) fn next_message(&mut self, id: &AttemptId) -> Result<Option<String>, TxError> {
        let next = self
            .db
            .prepare_cached(
                "DELETE FROM attempt_messages WHERE attempt_id = ?1
                     AND n = (SELECT min(n) FROM attempt_messages WHERE attempt_id = ?1) RETURNING text",
            )?
            .query_row(params![id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(next)
    }
}
