use std::time::Instant;

use anyhow::Context;
use boardcast::client::Client;
use boardcast_shared::{Board, BoardState, Card, CardId, ColumnId, ColumnKey, Time, random_token};
use serde_json::json;

use super::{Bench, number};
use crate::curves::Curve;
use crate::figures::{Figure, Samples, Side};
use crate::reader::{Reader, seq_of};
use crate::target::serve;

/// How a stream learns of board changes.
const MODES: [&str; 2] = ["full", "patch"];

/// What moving a card costs, by the number of cards beside it and by how the reader learns of it.
pub async fn moves(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    for (step, cards) in bench.plan.board_sizes.iter().enumerate() {
        let dir = bench.data_dir()?;
        let process = serve(&dir.0).await?;
        let board = LargeBoard::make(Client::new(process.url.clone()), *cards).await?;
        for mode in MODES {
            let mut reader = board.reader(mode).await?;
            let (before, end, mut moved) = (process.cpu_micros()?, Instant::now() + bench.plan.moving_for, 0);
            let bytes = reader.bytes;
            while Instant::now() < end {
                board.move_there_and_back(&mut reader).await?;
                moved += 2;
            }
            let each = |whole: f64| whole / number(moved);
            let (cpu, bytes) = (each(process.cpu_micros()? - before) / 1000.0, each(number(reader.bytes - bytes)));
            samples.points.add(Curve::ChangeTime, mode, step, (number(*cards), cpu));
            samples.points.add(Curve::ChangeBytes, mode, step, (number(*cards), bytes));
            if mode == "patch" && *cards == bench.plan.cards {
                samples.add(Figure::MovePatch, side, bytes);
            }
        }
    }
    Ok(())
}

/// A board whose first column is full of cards.
struct LargeBoard {
    client: Client,
    board: Board,
    card: CardId,
    /// Where the card is at rest, and where else it goes.
    home: (ColumnId, usize),
    away: (ColumnId, usize),
}

impl LargeBoard {
    async fn make(client: Client, cards: usize) -> anyhow::Result<Self> {
        let board: Board = client.post("/api/v1/boards", &json!({"name": "Large"}), &random_token()).await?.json()?;
        let state = fill(&client, &board, cards).await?;
        let (home, away) = (column(&state, ColumnKey::Backlog)?, column(&state, ColumnKey::Review)?);
        let middle = cards / 2;
        let card = state.columns[&home].card_ids.get(middle).context("no card")?.clone();
        Ok(Self { client, board, card, home: (home, middle), away: (away, 0) })
    }

    /// A reader that has the board.
    async fn reader(&self, mode: &str) -> anyhow::Result<Reader> {
        let path = format!("/api/v1/sse?boardId={}&state={mode}", self.board.id);
        let (mut reader, hello) = Reader::open(&self.client, &path).await?;
        reader.until(hello.head_seq).await?;
        Ok(reader)
    }

    /// Each move waits until the reader knows of it.
    async fn move_there_and_back(&self, reader: &mut Reader) -> anyhow::Result<()> {
        let path = format!("/api/v1/boards/{}/cards/{}/move", self.board.id, self.card);
        for (column, index) in [&self.away, &self.home] {
            let body = json!({"columnId": column, "index": index});
            let answer = self.client.post(&path, &body, &random_token()).await?;
            let seq = answer.header("x-event-id").and_then(seq_of).context("the move has no position")?;
            reader.until(seq).await?;
        }
        Ok(())
    }
}

async fn fill(client: &Client, board: &Board, cards: usize) -> anyhow::Result<BoardState> {
    let path = format!("/api/v1/boards/{}/state", board.id);
    let mut state: BoardState = client.get(&path).await?;
    let backlog = column(&state, ColumnKey::Backlog)?;
    let now = Time::from_millis(1_795_498_200_000);
    for n in 1..=cards {
        let card = Card {
            id: CardId::random(),
            ticket_key: format!("{}-{n}", board.ticket_prefix),
            title: format!("Card number {n} with a title of usual length"),
            description: Some("What is to be done, in a sentence or two that people would write.".into()),
            ticket_type: None,
            is_enhanced: false,
            depends_on: Vec::new(),
            pr_url: None,
            created_at: now,
            updated_at: now,
        };
        if let Some(column) = state.columns.get_mut(&backlog) {
            column.card_ids.push(card.id.clone());
        }
        state.cards.insert(card.id.clone(), card);
    }
    let body = json!({"columns": state.columns, "columnOrder": state.column_order, "cards": state.cards});
    let headers = [("content-type", "application/json")];
    let answer = client.call("PUT".parse()?, &path, &headers, serde_json::to_vec(&body)?.into()).await?.ok()?;
    Ok(answer.json()?)
}

fn column(state: &BoardState, key: ColumnKey) -> anyhow::Result<ColumnId> {
    let column = state.columns.values().find(|column| column.key == Some(key));
    column.map(|column| column.id.clone()).with_context(|| format!("no column {key:?}"))
}
