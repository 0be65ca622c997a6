//! What an agent says while it still says it. Each version of an item holds all of its text so far: only what is new is
//! told, in lines that are worth one.

use boardcast_shared::{AttemptId, ConversationItem, MessageRole, Time};

/// So much that is new is told without waiting for more, in bytes.
const ENOUGH: usize = 120;

/// The item that grew last, and what is to be told.
#[derive(Debug, Default)]
pub struct Growing {
    item: Option<Item>,
    due: Vec<Part>,
}

#[derive(Debug)]
struct Item {
    id: String,
    // So many bytes of its text are due or told.
    told: usize,
    new: Part,
}

/// A part of what an agent says or thinks.
#[derive(Debug, Clone)]
pub struct Part {
    /// The speaker.
    pub attempt: AttemptId,
    /// When the newest of it was said.
    pub time: Time,
    /// Not said but thought.
    pub thought: bool,
    /// The words.
    pub text: String,
}

/// Whether more of it may come.
pub fn grows(item: &ConversationItem) -> bool {
    matches!(item, ConversationItem::Thinking { .. } | ConversationItem::Message { role: MessageRole::Assistant, .. })
}

impl Growing {
    /// Takes a version of an item that [`grows`].
    pub fn hear(&mut self, attempt: &AttemptId, item: &ConversationItem) {
        let (id, time, text, thought) = match item {
            ConversationItem::Message { id, timestamp, text, .. } => (id, timestamp, text, false),
            ConversationItem::Thinking { id, timestamp, text, .. } => (id, timestamp, text, true),
            _ => return,
        };
        let is_known = |known: &Item| known.new.attempt == *attempt && known.id == id.as_str();
        if !self.item.as_ref().is_some_and(is_known) {
            self.pause();
        }
        let told = self.item.as_ref().filter(|known| is_known(known)).map_or(0, |known| known.told);
        // A text that doesn't go on where it was is told from its start.
        let (told, new) = text.get(told..).map_or((0, text.as_str()), |new| (told, new));
        let new = Part { attempt: attempt.clone(), time: *time, thought, text: new.to_owned() };
        let enough = new.text.len() >= ENOUGH;
        self.item = Some(Item { id: id.clone(), told, new });
        if enough {
            self.pause();
        }
    }

    /// What there is of the item is due: nothing more of it came for a while, or something else is to be told.
    pub fn pause(&mut self) {
        if let Some(item) = &mut self.item
            && !item.new.text.trim().is_empty()
        {
            item.told += item.new.text.len();
            self.due.push(item.new.clone());
            item.new.text.clear();
        }
    }

    /// What is to be told now, in order.
    pub fn take_due(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.due)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hear(growing: &mut Growing, id: &str, text: &str) {
        let item = json!({"id": id, "timestamp": "2026-01-31T12:00:00.000Z", "type": "message", "role": "assistant",
            "text": text, "format": "plaintext"});
        let attempt = AttemptId::parse("a1").unwrap();
        growing.hear(&attempt, &serde_json::from_value(item).unwrap());
    }

    fn due(growing: &mut Growing) -> Vec<String> {
        growing.take_due().into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn only_what_is_new_is_told_after_a_pause_or_once_it_is_enough() {
        let mut growing = Growing::default();
        hear(&mut growing, "m1", "I look");
        hear(&mut growing, "m1", "I look at what");
        assert!(due(&mut growing).is_empty(), "more may come");
        growing.pause();
        assert_eq!(due(&mut growing), ["I look at what"]);
        growing.pause();
        assert!(due(&mut growing).is_empty(), "it has been told");
        let long = "x".repeat(ENOUGH);
        hear(&mut growing, "m1", &format!("I look at what{long}"));
        assert_eq!(due(&mut growing), [long.as_str()]);
        hear(&mut growing, "m1", &format!("I look at what{long}é"));
        hear(&mut growing, "m2", "Next");
        assert_eq!(due(&mut growing), ["é"], "another item makes the rest of this one due");
        growing.pause();
        assert_eq!(due(&mut growing), ["Next"]);
    }

    #[test]
    fn a_text_that_does_not_go_on_where_it_was_is_told_from_its_start() {
        let mut growing = Growing::default();
        hear(&mut growing, "m1", "ab");
        growing.pause();
        growing.take_due();
        hear(&mut growing, "m1", "é");
        growing.pause();
        assert!(due(&mut growing).is_empty(), "as long as what was told: nothing is new");
        hear(&mut growing, "m1", "aé");
        growing.pause();
        assert_eq!(due(&mut growing), ["aé"], "two bytes are in the middle of a letter");
    }
}
