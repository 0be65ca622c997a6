//! What the log must be, as simply as it can be said.

use std::collections::{BTreeMap, HashMap};

use boardcast::client::Frame;
use serde_json::Value;

/// The log and all states of boards, in memory.
#[derive(Default)]
pub struct Model {
    events: Vec<Event>,
    /// Each state that a board had, by the seq of its change.
    pub docs: HashMap<String, BTreeMap<u64, Value>>,
    seen: HashMap<u64, (String, String)>,
}

/// One event; its seq is its place.
#[derive(Debug, Clone)]
pub struct Event {
    /// None for an agent fact, which every stream carries.
    pub board: Option<String>,
    pub kind: Kind,
    pub trimmed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    State,
    Other,
}

impl Model {
    pub fn head(&self) -> u64 {
        self.events.len() as u64
    }

    pub fn append(&mut self, board: Option<&str>, kind: Kind) {
        self.events.push(Event { board: board.map(str::to_owned), kind, trimmed: false });
    }

    /// A board's change, and what it looks like after it.
    pub fn change(&mut self, board: &str, mut doc: Value) {
        self.append(Some(board), Kind::State);
        let seq = self.head();
        doc["seq"] = seq.into();
        self.docs.entry(board.to_owned()).or_default().insert(seq, doc);
    }

    pub fn doc(&self, board: &str) -> &Value {
        self.docs[board].last_key_value().unwrap().1
    }

    /// The document that a client holds at `cursor`.
    pub fn doc_at(&self, board: &str, cursor: u64) -> Value {
        self.docs[board].range(..=cursor).last().map_or(Value::Null, |(_, doc)| doc.clone())
    }

    /// Nothing of the board before `seq` is kept.
    pub fn forget(&mut self, board: &str, seq: u64) {
        let before = self.events.iter_mut().take(usize::try_from(seq).unwrap() - 1);
        before.filter(|event| event.board.as_deref() == Some(board)).for_each(|event| event.trimmed = true);
    }

    /// Only the newest `count` events are kept.
    pub fn retain(&mut self, count: usize) {
        self.events.iter_mut().rev().filter(|event| !event.trimmed).skip(count).for_each(|event| event.trimmed = true);
    }

    /// What a stream of `boards` carries after one seq and up to another.
    pub fn carried(&self, boards: &[String], after: u64, to: u64) -> impl Iterator<Item = (u64, &Event)> {
        let carries = |event: &Event| event.board.as_ref().is_none_or(|board| boards.contains(board));
        (1..).zip(&self.events).filter(move |(seq, event)| *seq > after && *seq <= to && carries(event))
    }

    /// 2.1: "A cursor is served when … no event after it that this stream would carry has been trimmed."
    pub fn is_served(&self, boards: &[String], cursor: u64) -> bool {
        cursor <= self.head() && !self.carried(boards, cursor, self.head()).any(|(_, event)| event.trimmed)
    }

    /// The newest trimmed event of a board, or of the agent facts.
    pub fn horizon(&self, board: Option<&str>) -> u64 {
        let of_board = (1..).zip(&self.events).filter(|(_, event)| event.board.as_deref() == board && event.trimmed);
        of_board.map(|(seq, _)| seq).last().unwrap_or(0)
    }

    /// The same event has the same bytes wherever it is seen.
    pub fn sees(&mut self, seq: u64, frame: &Frame) {
        let now = (frame.event.clone(), frame.data.clone());
        let first = self.seen.entry(seq).or_insert_with(|| now.clone());
        assert_eq!(*first, now, "event {seq}");
    }
}
