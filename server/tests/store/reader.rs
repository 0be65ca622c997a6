//! A stream that is checked against the model, frame by frame.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use axum::body::Body;
use boardcast::client::{Frame, Parsed, SseParser};
use http_body_util::BodyExt;
use serde_json::Value;

use super::model::{Kind, Model};
use crate::json_patch::apply;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Full,
    Patch,
}

pub struct Reader {
    body: Body,
    parser: SseParser,
    parsed: VecDeque<Frame>,
    boards: Vec<String>,
    mode: Mode,
    /// The last id that it was given, or the one that it came with.
    at: u64,
    docs: HashMap<String, Value>,
    /// Its boards that were deleted, and the head at that moment, in order.
    deleted: Vec<(u64, String)>,
    /// The head when it was opened.
    opened: u64,
    /// Whether it is past what only the log has, which may have been trimmed meanwhile.
    is_live: bool,
    pub ended: bool,
}

impl Reader {
    /// Takes `hello` and the opening. `resumed` is the cursor that must be served.
    pub async fn open(body: Body, boards: Vec<String>, mode: Mode, replay: &str, cursor: u64, model: &Model) -> Self {
        let parser = SseParser::new(16 << 20);
        let parsed = VecDeque::new();
        let docs = boards.iter().map(|board| (board.clone(), model.doc_at(board, cursor))).collect();
        let (opened, is_live) = (model.head(), replay != "tail" || cursor == model.head());
        let (at, deleted, ended) = (cursor, Vec::new(), false);
        let mut reader = Self { body, parser, parsed, boards, mode, at, docs, deleted, opened, is_live, ended };
        let hello: Value = serde_json::from_str(&reader.next().await.expect("hello").data).unwrap();
        assert_eq!(hello["replay"], replay, "cursor {cursor} of {:?} at {}", reader.boards, model.head());
        assert_eq!(hello["headSeq"], model.head());
        if replay != "tail" {
            reader.opening(model).await;
        }
        reader
    }

    async fn opening(&mut self, model: &Model) {
        let mut states = self.boards.clone().into_iter();
        loop {
            let frame = self.next().await.expect("the opening");
            let data: Value = serde_json::from_str(&frame.data).unwrap();
            match frame.event.as_str() {
                "state" => {
                    let board = states.next().expect("a state for each board");
                    assert_eq!(&data, model.doc(&board));
                    self.docs.insert(board, data);
                }
                "attempt_status" => assert_eq!(data["replayed"], true),
                other => panic!("{other} in an opening"),
            }
            if let Some(seq) = seq(&frame) {
                assert_eq!((seq, states.next()), (model.head(), None), "the id is on the opening's last frame");
                self.at = seq;
                return;
            }
        }
    }

    async fn next(&mut self) -> Option<Frame> {
        while self.parsed.is_empty() {
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.body.frame());
            let chunk = chunk.await.expect("the stream goes on")?.unwrap().into_data().unwrap();
            let parsed = &mut self.parsed;
            let take = |one| {
                if let Parsed::Frame(frame) = one {
                    parsed.push_back(frame);
                }
            };
            self.parser.push(&chunk, take).unwrap();
        }
        self.parsed.pop_front()
    }

    pub fn board_deleted(&mut self, board: &str, head: u64) {
        if self.boards.iter().any(|own| own == board) {
            self.deleted.push((head, board.to_owned()));
        }
    }

    /// How far this stream goes.
    fn limit(&self, model: &Model) -> u64 {
        self.deleted.first().map_or(model.head(), |(head, _)| *head)
    }

    fn is_complete(&self, model: &Model) -> bool {
        model.carried(&self.boards, self.at, self.limit(model)).next().is_none()
    }

    /// Takes at most `count` frames of those that are due.
    pub async fn take(&mut self, count: usize, model: &mut Model) {
        for _ in 0..count {
            if self.ended || (self.is_complete(model) && self.deleted.is_empty()) {
                return;
            }
            self.step(model).await;
        }
    }

    /// Takes everything up to the end of the stream.
    pub async fn rest(&mut self, model: &mut Model) {
        while !self.ended {
            self.step(model).await;
        }
    }

    async fn step(&mut self, model: &mut Model) {
        match self.next().await {
            Some(frame) if frame.event == "bye" => self.bye(&frame, model).await,
            Some(frame) => self.event(&frame, model),
            None => {
                let limit = self.limit(model);
                let is_gone = model.carried(&self.boards, self.at, limit).any(|(_, event)| event.trimmed);
                assert!(is_gone && !self.is_live, "it ended at {} though all up to {limit} is there", self.at);
                self.ended = true;
            }
        }
    }

    async fn bye(&mut self, frame: &Frame, model: &Model) {
        let bye: Value = serde_json::from_str(&frame.data).unwrap();
        // With a board, its events are gone from the log.
        let is_cut = !self.deleted.is_empty() && !self.is_live;
        let (reason, limit) = (bye["reason"].as_str().unwrap(), self.limit(model));
        match bye["boardId"].as_str() {
            Some(board) => {
                let is_it = |(head, deleted): &(u64, String)| deleted == board && (*head == limit || is_cut);
                assert!(reason == "board_deleted" && self.deleted.iter().any(is_it), "{bye}");
            }
            None => assert!(reason == "shutdown" && self.deleted.is_empty(), "{bye}"),
        }
        assert!(is_cut || self.is_complete(model), "bye at {} of {limit}", self.at);
        assert_eq!(self.next().await, None, "bye is the end");
        self.ended = true;
    }

    fn event(&mut self, frame: &Frame, model: &mut Model) {
        let seq = seq(frame).expect("an event has an id");
        let limit = self.limit(model);
        let mut due = model.carried(&self.boards, self.at, limit);
        let (_, event) = loop {
            let (next, event) = due.next().unwrap_or_else(|| panic!("{seq} comes after {}: nothing is due", self.at));
            if next == seq {
                break (next, event.clone());
            }
            assert_eq!(
                (self.mode, event.kind),
                (Mode::Full, Kind::State),
                "{next} is missing between {} and {seq}",
                self.at
            );
            let mut later = model.carried(&self.boards, next, limit);
            let newer = later.any(|(_, newer)| newer.kind == Kind::State && newer.board == event.board);
            assert!(newer, "the newest state, {next}, was left out before {seq}");
        };
        drop(due);
        self.at = seq;
        self.is_live |= seq > self.opened;
        let data: Value = serde_json::from_str(&frame.data).unwrap();
        assert_eq!(data["boardId"].as_str(), event.board.as_deref());
        match (event.kind, self.mode) {
            (Kind::State, Mode::Full) => {
                assert_eq!(frame.event, "state");
                assert_eq!(data, model.docs[&event.board.unwrap()][&seq]);
                return;
            }
            (Kind::State, Mode::Patch) => {
                assert_eq!(frame.event, "state_patch");
                let board = event.board.unwrap();
                let doc = self.docs.get_mut(&board).unwrap();
                assert_eq!(data["baseSeq"], doc.get("seq").cloned().unwrap_or(0.into()));
                data["patch"].as_array().unwrap().iter().for_each(|operation| apply(doc, operation));
                assert_eq!(*doc, model.docs[&board][&seq]);
            }
            (Kind::Other, _) => assert!(frame.event != "state" && frame.event != "state_patch"),
        }
        model.sees(seq, frame);
    }
}

fn seq(frame: &Frame) -> Option<u64> {
    frame.id.as_ref()?.rsplit_once('-')?.1.parse().ok()
}
