//! What is done to the server, and to the model of it.

use std::collections::HashMap;

use boardcast_shared::{BoardId, Cursor};
use serde_json::{Value, json};

use super::life::{Got, Life};
use super::model::{Kind, Model};
use super::reader::{Mode, Reader};
use super::sequences::{Asked, Replacement, Step};

/// So many events are kept; few, so that trimming meets everything.
const RETAINED: usize = 12;
/// So many streams stay open beside each other.
pub const READERS: usize = 4;

/// The log and its model, and who listens.
pub struct Story {
    life: Option<Life>,
    model: Model,
    boards: [Option<String>; 2],
    /// The attempt of a card that has one.
    attempts: HashMap<String, String>,
    readers: Vec<Reader>,
    horizons: HashMap<Option<String>, u64>,
    named: u64,
}

impl Story {
    pub fn begin() -> Self {
        Self {
            life: Some(Life::begin(tempfile::tempdir().unwrap(), RETAINED as u64)),
            model: Model::default(),
            boards: [None, None],
            attempts: HashMap::new(),
            readers: Vec::new(),
            horizons: HashMap::new(),
            named: 0,
        }
    }

    fn life(&self) -> &Life {
        self.life.as_ref().unwrap()
    }

    fn name(&mut self) -> u64 {
        self.named += 1;
        self.named
    }

    pub async fn go_on(&mut self, step: Step) {
        match step {
            Step::CreateCard { board, column, index } => self.create_card(board, column, index).await,
            Step::EditCard { board, card, title } => self.edit_card(board, card, title).await,
            Step::MoveCard { board, card, column, index } => self.move_card(board, card, column, index).await,
            Step::DeleteCard { board, card } => self.delete_card(board, card).await,
            Step::Replace { board, by } => self.replace(board, &by).await,
            Step::Report { board, card, lines } => self.report(board, card, lines).await,
            Step::RegisterAgent => {
                let agent = json!({"agent": format!("agent-{}", self.name()), "protocol": "acp", "command": "x"});
                let got = self.life().send("POST", "/agents", &agent).await;
                self.model.append(None, Kind::Other);
                self.is_answered(&got);
            }
            Step::DeleteBoard { board } => self.delete_board(board).await,
            Step::Trim => self.trim().await,
            Step::PowerCut => self.power_cut().await,
            Step::Open { boards, mode, cursor, take } => self.open(&boards, mode, &cursor, take).await,
            Step::Take { reader, count } => {
                if let Some(reader) = self.readers.get_mut(reader) {
                    reader.take(count, &mut self.model).await;
                }
            }
        }
        self.horizons_only_move_forward().await;
    }

    /// The write appended what the model has appended, and says so.
    fn is_answered(&self, got: &Got) {
        let id = got.headers.get("x-event-id").map(|id| Cursor::parse(id.to_str().unwrap()).unwrap());
        let expected = Cursor { epoch: self.life().store.epoch().to_owned(), seq: self.model.head() };
        assert!(id.is_none_or(|id| id == expected), "{expected} is the last event");
        assert_eq!(self.life().store.head(), self.model.head());
    }

    /// The board looks like `doc`, after a change of its own if that is another look.
    async fn changed(&mut self, board: &str, doc: Value, got: &Got) {
        let is_change = *self.model.doc(board) != doc;
        if is_change {
            self.model.change(board, doc);
        }
        assert_eq!(got.headers.contains_key("x-event-id"), is_change, "only a change appends");
        self.is_answered(got);
        assert_eq!(self.life().get(&format!("/boards/{board}/state")).await, *self.model.doc(board));
    }

    async fn create_card(&mut self, board: usize, column: usize, index: usize) {
        if self.boards[board].is_none() {
            let got = self.life().send("POST", "/boards", &json!({"name": "Board"})).await;
            let id = got.body["id"].as_str().unwrap().to_owned();
            let doc = self.life().get(&format!("/boards/{id}/state")).await;
            self.model.change(&id, doc.clone());
            assert_eq!(doc["seq"], self.model.head());
            self.is_answered(&got);
            self.boards[board] = Some(id);
        }
        let board = self.boards[board].clone().unwrap();
        let mut doc = self.model.doc(&board).clone();
        let column = column_id(&doc, column);
        let new = json!({"title": "0", "columnId": column, "index": index});
        let got = self.life().send("POST", &format!("/boards/{board}/cards"), &new).await;
        put(&mut doc, got.body["id"].as_str().unwrap(), &column, index);
        doc["cards"][got.body["id"].as_str().unwrap()] = got.body.clone();
        self.changed(&board, doc, &got).await;
    }

    /// A board and one of its cards, if there is one.
    fn card(&self, board: usize, card: usize) -> Option<(String, String)> {
        let board = self.boards[board].clone()?;
        let cards: Vec<&String> = self.model.doc(&board)["cards"].as_object().unwrap().keys().collect();
        let card = (*cards.get(card % cards.len().max(1))?).clone();
        Some((board, card))
    }

    async fn edit_card(&mut self, board: usize, card: usize, title: u8) {
        let Some((board, card)) = self.card(board, card) else { return };
        let path = format!("/boards/{board}/cards/{card}");
        let got = self.life().send("PATCH", &path, &json!({"title": title.to_string()})).await;
        let mut doc = self.model.doc(&board).clone();
        doc["cards"][&card]["title"] = title.to_string().into();
        self.changed(&board, doc, &got).await;
    }

    async fn move_card(&mut self, board: usize, card: usize, column: usize, index: usize) {
        let Some((board, card)) = self.card(board, card) else { return };
        let mut doc = self.model.doc(&board).clone();
        let column = column_id(&doc, column);
        let path = format!("/boards/{board}/cards/{card}/move");
        let got = self.life().send("POST", &path, &json!({"columnId": column, "index": index})).await;
        take_out(&mut doc, &card);
        put(&mut doc, &card, &column, index);
        self.changed(&board, doc, &got).await;
    }

    async fn delete_card(&mut self, board: usize, card: usize) {
        let Some((board, card)) = self.card(board, card) else { return };
        let got = self.life().send("DELETE", &format!("/boards/{board}/cards/{card}"), &Value::Null).await;
        let mut doc = self.model.doc(&board).clone();
        remove(&mut doc, &card);
        self.changed(&board, doc, &got).await;
        self.attempts.remove(&card);
        self.model.forget(&board, self.model.head());
    }

    async fn replace(&mut self, board: usize, by: &Replacement) {
        let Some(board) = self.boards[board].clone() else { return };
        let mut doc = self.model.doc(&board).clone();
        let first = self.card(usize::from(self.boards[0].as_ref() != Some(&board)), 0).map(|(_, card)| card);
        let column = column_id(&doc, 0);
        match (by, &first) {
            (Replacement::Reversed, _) => doc["columns"][&column]["cardIds"].as_array_mut().unwrap().reverse(),
            (Replacement::WithoutFirst, Some(card)) => remove(&mut doc, card),
            (Replacement::WithAnother, _) => {
                let id = format!("put-{}", self.name());
                put(&mut doc, &id, &column, 0);
                doc["cards"][&id] = json!({
                    "id": id, "ticketKey": id.to_uppercase(), "title": "0", "description": null, "ticketType": null,
                    "isEnhanced": false, "dependsOn": [], "prUrl": null,
                    "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z",
                });
            }
            _ => {}
        }
        let got = self.life().send("PUT", &format!("/boards/{board}/state"), &doc).await;
        self.changed(&board, doc, &got).await;
        if let (Replacement::WithoutFirst, Some(card)) = (by, first) {
            self.attempts.remove(&card);
            self.model.forget(&board, self.model.head());
        }
    }

    /// Lines of a card's attempt, which is announced before the first.
    async fn report(&mut self, board: usize, card: usize, lines: usize) {
        let Some((board, card)) = self.card(board, card) else { return };
        let mut batch = Vec::new();
        let known = self.attempts.get(&card).cloned();
        let attempt = known.unwrap_or_else(|| {
            let attempt = format!("attempt-{}", self.name());
            let data = json!({"boardId": board, "cardId": card, "attemptId": attempt});
            batch.push(("attempt.queued", data));
            self.attempts.insert(card, attempt.clone());
            attempt
        });
        let line = |n| json!({"boardId": board, "attemptId": attempt, "level": "info", "message": format!("line {n}")});
        batch.extend((0..lines).map(|n| ("attempt.log.appended", line(n))));
        let mut events = Vec::new();
        for (kind, data) in batch {
            let id = self.name().to_string();
            events.push(json!({"specversion": "1.0", "source": "/model", "id": id, "type": kind, "data": data}));
            self.model.append(Some(&board), Kind::Other);
        }
        let got = self.life().call("POST", "/events", "application/cloudevents-batch+json", &events.into()).await;
        assert_eq!(got.status, 202, "{}", got.body);
        self.is_answered(&got);
    }

    async fn delete_board(&mut self, board: usize) {
        let Some(board) = self.boards[board].take() else { return };
        self.life().send("DELETE", &format!("/boards/{board}"), &Value::Null).await;
        let head = self.model.head();
        self.model.forget(&board, head + 1);
        self.readers.iter_mut().for_each(|reader| reader.board_deleted(&board, head));
        assert_eq!(self.life().store.head(), head, "it appends nothing");
    }

    async fn trim(&mut self) {
        while self.life().store.upkeep().await.unwrap() {}
        self.model.retain(RETAINED);
        self.all_is_there().await;
    }

    /// The server is gone in the middle of everything; what it has answered is not.
    async fn power_cut(&mut self) {
        for reader in &mut self.readers {
            reader.take(usize::MAX, &mut self.model).await;
        }
        self.readers.clear();
        let remains = self.life().remains();
        let epoch = self.life().store.epoch().to_owned();
        self.life = Some(Life::begin(remains, RETAINED as u64));
        assert_eq!(self.life().store.epoch(), epoch);
        self.all_is_there().await;
    }

    async fn all_is_there(&self) {
        let life = self.life();
        assert_eq!(life.store.head(), self.model.head());
        for board in self.boards.iter().flatten() {
            assert_eq!(life.get(&format!("/boards/{board}/state")).await, *self.model.doc(board));
            let events = life.get(&format!("/boards/{board}/events?limit=1000")).await;
            let found = events["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap());
            let boards = [board.clone()];
            let kept = self.model.carried(&boards, 0, self.model.head()).filter(|(_, event)| !event.trimmed);
            assert_eq!(found.collect::<Vec<_>>(), kept.map(|(seq, _)| seq).collect::<Vec<_>>());
        }
    }

    async fn horizons_only_move_forward(&mut self) {
        let boards: Vec<String> = self.boards.iter().flatten().cloned().collect();
        let ids = boards.iter().map(|board| BoardId::parse(board).unwrap()).collect::<Vec<_>>();
        let found = self.life().store.read(move |log| log.horizons(&ids)).await.unwrap();
        let of_boards = boards.into_iter().zip(found.boards).map(|(board, horizon)| (Some(board), horizon.unwrap()));
        for (board, horizon) in of_boards.chain([(None, found.agents)]) {
            assert_eq!(horizon, self.model.horizon(board.as_deref()), "{board:?}");
            let before = self.horizons.insert(board, horizon).unwrap_or(0);
            assert!(before <= horizon);
        }
        assert_eq!(found.head, self.model.head());
    }

    async fn open(&mut self, boards: &[usize], mode: Mode, asked: &Asked, take: usize) {
        let boards: Vec<String> = boards.iter().filter_map(|board| self.boards[*board].clone()).collect();
        if boards.is_empty() {
            return;
        }
        let head = self.model.head();
        let epoch = if matches!(asked, Asked::OtherEpoch) { "another" } else { self.life().store.epoch() };
        let seq = match asked {
            Asked::Nothing | Asked::Nonsense => 0,
            Asked::OtherEpoch => head,
            Asked::Future(by) => head + by,
            Asked::Back(by) => head.saturating_sub(*by),
            Asked::Anywhere(at) => at % (head + 1),
            Asked::BeforeBoard(by) => self.model.horizon(Some(&boards[0])).saturating_sub(*by),
            Asked::BeforeAgents(by) => self.model.horizon(None).saturating_sub(*by),
        };
        let replay = match asked {
            Asked::Nothing => "none",
            Asked::Nonsense | Asked::OtherEpoch => "reset",
            _ if self.model.is_served(&boards, seq) => "tail",
            _ => "reset",
        };
        let cursor = match asked {
            Asked::Nothing => None,
            Asked::Nonsense => Some("nonsense".to_owned()),
            _ => Some(format!("{epoch}-{seq}")),
        };
        if let [board] = boards.as_slice()
            && seq <= head
        {
            // REST says the same of the same place.
            let path = format!("/boards/{board}/events?after={seq}");
            let got = self.life().call("GET", &path, "application/json", &Value::Null).await;
            let is_served = self.model.is_served(&boards, seq);
            assert_eq!(got.status, if is_served { 200 } else { 410 }, "{path}: {}", got.body);
        }
        let query: Vec<String> = boards.iter().map(|board| format!("boardId={board}")).collect();
        let query = format!("{}&state={}", query.join("&"), if mode == Mode::Full { "full" } else { "patch" });
        let body = self.life().stream(&query, cursor.as_deref()).await;
        let mut reader = Reader::open(body, boards, mode, replay, seq, &self.model).await;
        reader.take(take, &mut self.model).await;
        if self.readers.len() == READERS {
            self.readers.remove(0).take(usize::MAX, &mut self.model).await;
        }
        self.readers.push(reader);
    }

    pub async fn end(mut self) {
        self.all_is_there().await;
        self.life().bus.drain();
        for mut reader in std::mem::take(&mut self.readers) {
            reader.rest(&mut self.model).await;
        }
    }
}

fn column_id(doc: &Value, index: usize) -> String {
    doc["columnOrder"][index].as_str().unwrap().to_owned()
}

fn take_out(doc: &mut Value, card: &str) {
    for column in doc["columns"].as_object_mut().unwrap().values_mut() {
        column["cardIds"].as_array_mut().unwrap().retain(|id| id != card);
    }
}

fn put(doc: &mut Value, card: &str, column: &str, index: usize) {
    let cards = doc["columns"][column]["cardIds"].as_array_mut().unwrap();
    cards.insert(index.min(cards.len()), card.into());
}

fn remove(doc: &mut Value, card: &str) {
    take_out(doc, card);
    doc["cards"].as_object_mut().unwrap().remove(card);
}
