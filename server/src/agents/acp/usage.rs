use serde::Deserialize;

use super::update::UsageUpdate;

/// What the agent told about its own cost: one line of the log at the end of a turn.
#[derive(Debug, Default)]
pub struct Usage {
    /// The newest of the turn.
    pub context: Option<UsageUpdate>,
}

/// The tokens of a turn, as its answer may tell them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    input_tokens: u64,
    output_tokens: u64,
}

impl Usage {
    /// What there is to say, once.
    pub fn line(&mut self, tokens: Option<Tokens>) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(tokens) = tokens {
            parts.push(format!("{} tokens in, {} out", tokens.input_tokens, tokens.output_tokens));
        }
        if let Some(context) = self.context.take() {
            parts.push(format!("context {} of {}", context.used, context.size));
            if let Some(cost) = context.cost {
                parts.push(format!("cost so far {:.4} {}", cost.amount, cost.currency));
            }
        }
        (!parts.is_empty()).then(|| format!("[usage] {}", parts.join("; ")))
    }
}
