use std::collections::VecDeque;
use std::time::Duration;

use boardcast_shared::{ConversationItem, MessageFormat, MessageRole, Time, TodoItem, TodoStatus, Todos, random_token};

use super::call::{Call, call_id};
use super::pace::{Pace, Report};
use super::update::{CallUpdate, PlanEntry};
use crate::agents::Told;
use crate::agents::text::{NAME_LIMIT, TEXT_LIMIT, cut};
use crate::clock::Clock;
use crate::secrets::settled_len;

/// So many tool calls are remembered at most.
const MOST_CALLS: usize = 64;
/// So many todos are shown at most.
const MOST_TODOS: usize = 500;

/// Who speaks, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Says,
    Thinks,
}

/// Whether more of an item may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// It may: an end that could be the beginning of a secret is held back.
    Growing,
    /// This is all of it.
    Last,
}

/// What the agent says becomes items that grow, each told no more often than it may be.
#[derive(Debug)]
pub struct Transcript {
    clock: Clock,
    /// Begins all ids made here, so that no other process of the attempt makes the same.
    token: String,
    made: u64,
    speech: Option<Speech>,
    calls: VecDeque<Call>,
    pace: Pace<ConversationItem>,
    todos: Option<Todos>,
}

/// A message or thought that may still grow.
#[derive(Debug)]
struct Speech {
    id: String,
    begun: Time,
    voice: Voice,
    text: String,
    dropped: u64,
    /// How much of it was told of last, in bytes.
    told: u64,
}

impl Transcript {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            token: random_token(),
            made: 0,
            speech: None,
            calls: VecDeque::new(),
            pace: Pace::new(),
            todos: None,
        }
    }

    /// An id for an item.
    pub fn new_id(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.token, self.made)
    }

    /// A piece of a message or thought: it continues the one before it in the same voice, unless something came between.
    pub fn speak(&mut self, voice: Voice, text: &str) -> Vec<Told> {
        if text.is_empty() {
            return Vec::new();
        }
        if self.speech.as_ref().is_none_or(|speech| speech.voice != voice) {
            self.end_speech();
        }
        let mut speech = self.speech.take().unwrap_or_else(|| Speech {
            id: self.new_id(),
            begun: self.clock.now(),
            voice,
            text: String::new(),
            dropped: 0,
            told: 0,
        });
        speech.append(text);
        let reports = self.pace.changed(&speech.id, speech.text.len(), self.clock.elapsed());
        self.speech = Some(speech);
        self.told(reports, Version::Growing)
    }

    /// What is said next is a new item.
    pub fn end_speech(&mut self) {
        if let Some(speech) = self.speech.take() {
            self.pace.put_aside(&speech.id, || speech.item(Version::Last));
        }
    }

    /// A tool call begins or moves on.
    pub fn call(&mut self, update: CallUpdate) -> Vec<Told> {
        let call_id = call_id(&update);
        let known = self.calls.iter().position(|call| call.tool.call_id == call_id);
        let at = known.unwrap_or_else(|| {
            self.end_speech();
            self.begin_call(call_id)
        });
        let call = &mut self.calls[at];
        call.update(update, self.clock.now());
        let reports = self.pace.changed(&call.id, call.size(), self.clock.elapsed());
        self.told(reports, Version::Growing)
    }

    /// The kind of a tool call, as far as it was told.
    pub fn kind_of(&self, call_id: &str) -> &str {
        self.calls.iter().find(|call| call.tool.call_id == call_id).map_or("other", |call| &call.tool.kind)
    }

    fn begin_call(&mut self, call_id: String) -> usize {
        if self.calls.len() == MOST_CALLS {
            let ended = self.calls.iter().position(Call::is_over).unwrap_or(0);
            if let Some(call) = self.calls.remove(ended) {
                self.pace.put_aside(&call.id, || call.item(Version::Last));
            }
        }
        let id = self.new_id();
        self.calls.push_back(Call::new(id, call_id, self.clock.now()));
        self.calls.len() - 1
    }

    /// The whole plan, if it says anything new.
    pub fn plan(&mut self, entries: Vec<PlanEntry>) -> Option<Told> {
        let items: Vec<TodoItem> = (1..=MOST_TODOS).zip(entries).map(|(n, entry)| todo(n, entry)).collect();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let completed = count(items.iter().filter(|item| item.status == TodoStatus::Done).count());
        let todos = Todos { total: count(items.len()), completed, items };
        if self.todos.as_ref() == Some(&todos) {
            return None;
        }
        self.todos = Some(todos.clone());
        Some(Told::Todos(todos))
    }

    /// When the next version of an item is due.
    pub fn due(&self) -> Option<Duration> {
        self.pace.due()
    }

    /// The items that are due.
    pub fn take_due(&mut self) -> Vec<Told> {
        let reports = self.pace.take_due(self.clock.elapsed());
        self.told(reports, Version::Growing)
    }

    /// The last versions of all items, at the end of a turn.
    pub fn end_turn(&mut self) -> Vec<Told> {
        let reports = self.pace.take_all(self.clock.elapsed());
        let told = self.told(reports, Version::Last);
        self.speech = None;
        self.calls.retain(|call| !call.is_over());
        told
    }

    /// The same when the agent won't go on: what it was doing is cancelled.
    pub fn end(&mut self) -> Vec<Told> {
        for call in &mut self.calls {
            if call.cancel(self.clock.now()) {
                // Reported just below, whatever the answer.
                self.pace.mark(&call.id, self.clock.elapsed());
            }
        }
        self.end_turn()
    }

    fn told(&mut self, reports: Vec<Report<ConversationItem>>, version: Version) -> Vec<Told> {
        let items = reports.into_iter().filter_map(|report| match report {
            Report::Kept(item) => Some(item),
            Report::Live(id) => self.live(&id, version),
        });
        items.map(Told::Item).collect()
    }

    /// An item as it stands. None when all that is new of it is held back.
    fn live(&mut self, id: &str, version: Version) -> Option<ConversationItem> {
        if let Some(speech) = self.speech.as_mut().filter(|speech| speech.id == id) {
            let ready = speech.ready(version);
            if ready < speech.text.len() {
                self.pace.owe(id);
            }
            let telling = ready as u64 + speech.dropped;
            let is_new = telling != std::mem::replace(&mut speech.told, telling);
            return (is_new || version == Version::Last).then(|| speech.item(version));
        }
        let call = self.calls.iter().find(|call| call.id == id)?;
        if version == Version::Growing && !call.is_over() {
            self.pace.owe(id);
        }
        Some(call.item(version))
    }
}

impl Speech {
    fn append(&mut self, text: &str) {
        let room = TEXT_LIMIT.saturating_sub(self.text.len());
        let fits = (0..=text.len().min(room)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        // What came after a gap would be read as if it belonged to what stands before it.
        let kept = if self.dropped == 0 { fits } else { 0 };
        self.text.push_str(&text[..kept]);
        self.dropped += (text.len() - kept) as u64;
    }

    /// How much of it can be told, in bytes.
    fn ready(&self, version: Version) -> usize {
        match version {
            Version::Growing => settled_len(&self.text),
            Version::Last => self.text.len(),
        }
    }

    fn item(&self, version: Version) -> ConversationItem {
        let (id, timestamp) = (self.id.clone(), self.begun);
        let text = cut(self.text[..self.ready(version)].to_owned(), TEXT_LIMIT, self.dropped);
        match self.voice {
            Voice::Thinks => ConversationItem::Thinking { id, timestamp, text },
            Voice::Says => ConversationItem::Message {
                id,
                timestamp,
                role: MessageRole::Assistant,
                text,
                format: MessageFormat::Markdown,
            },
        }
    }
}

/// Entries of a plan have no names: its places name them.
fn todo(n: usize, entry: PlanEntry) -> TodoItem {
    let status = if entry.status == "completed" { TodoStatus::Done } else { TodoStatus::Open };
    TodoItem { id: n.to_string(), text: cut(entry.content, NAME_LIMIT, 0), status }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(told: Vec<Told>) -> Vec<String> {
        told.into_iter()
            .filter_map(|told| match told {
                Told::Item(ConversationItem::Message { text, .. }) => Some(text),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn of_a_token_that_comes_in_two_pieces_nothing_is_told_before_it_is_whole() {
        let token = format!("ghp_{}", "aB3dE5gH7jK9".repeat(3));
        for at in 0..=token.len() {
            let clock = Clock::manual();
            let mut transcript = Transcript::new(clock.clone());
            let mut told = texts(transcript.speak(Voice::Says, &format!("it is {}", &token[..at])));
            clock.advance(Duration::from_secs(5));
            told.extend(texts(transcript.take_due()));
            // That it may be one of GitHub's is no secret.
            assert!(told.iter().all(|text| "it is ghp".starts_with(text)), "{at}: {told:?}");
            told.extend(texts(transcript.speak(Voice::Says, &format!("{} so", &token[at..]))));
            clock.advance(Duration::from_secs(5));
            told.extend(texts(transcript.end_turn()));
            assert_eq!(told.last(), Some(&format!("it is {token} so")), "{at}");
        }
    }

    #[test]
    fn what_was_held_back_comes_with_the_end() {
        let mut transcript = Transcript::new(Clock::manual());
        assert_eq!(texts(transcript.speak(Voice::Says, "see http://localhost:80")), ["see http://"]);
        assert_eq!(texts(transcript.end_turn()), ["see http://localhost:80"]);
    }
}
