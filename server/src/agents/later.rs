use super::{AnswerError, Ask};

/// What is asked when the agent has nothing more to say in its turn.
#[derive(Debug, Default)]
pub struct Later {
    /// To be done afterwards.
    pub prompts: Vec<String>,
    /// The stop came too late for the agent, but not for whoever waits for the turn's end.
    pub is_stopped: bool,
}

impl Later {
    pub fn hear(&mut self, ask: Ask) {
        match ask {
            Ask::Prompt(prompt) => self.prompts.push(prompt),
            // Whoever answers may have gone.
            Ask::Answer { reply, .. } => drop(reply.send(Err(AnswerError::Closed))),
            Ask::Stop => self.is_stopped = true,
        }
    }
}
