use tracing::Span;

use super::Reply;
use crate::domain::refusal::Refusal;
use crate::store::WriteError;
use crate::store::tx::{Tx, TxError};

/// A command with its caller, whatever it returns.
pub(super) trait Command: Send {
    /// Decides against the transaction. An error means that the transaction itself is broken.
    fn decide(&mut self, tx: &mut Tx<'_>) -> rusqlite::Result<()>;
    /// Answers the caller, once it is known whether the transaction holds.
    fn answer(self: Box<Self>, committed: bool);
    /// From its submission to its answer.
    fn span(&self) -> &Span;
}

pub(super) struct Decision<T, F> {
    command: Option<F>,
    outcome: Option<Result<T, Refusal>>,
    reply: Reply<T>,
    span: Span,
}

impl<T, F> Decision<T, F> {
    pub fn new(command: F, reply: Reply<T>, span: Span) -> Self {
        Self { command: Some(command), outcome: None, reply, span }
    }
}

impl<T, F> Command for Decision<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, TxError> + Send,
{
    fn decide(&mut self, tx: &mut Tx<'_>) -> rusqlite::Result<()> {
        let Some(command) = self.command.take() else { return Ok(()) };
        let _decides = self.span.enter();
        self.outcome = Some(match tx.savepoint(command) {
            Ok(value) => Ok(value),
            Err(TxError::Refused(refusal)) => Err(refusal),
            Err(TxError::Store(error)) => return Err(error),
        });
        Ok(())
    }

    fn answer(self: Box<Self>, committed: bool) {
        let answer = match self.outcome {
            Some(outcome) if committed => outcome.map_err(WriteError::Refused),
            _ => Err(WriteError::Unavailable),
        };
        // The span ends before its caller's can.
        drop(self.span);
        // A caller that went away doesn't want to know.
        let _ = self.reply.send(answer);
    }

    fn span(&self) -> &Span {
        &self.span
    }
}
