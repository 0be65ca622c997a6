use std::time::Duration;

use anyhow::{Context, bail};
use boardcast::client::{Channels, Client, Follow, Happening};
use boardcast_shared::{Board, BoardState, Card, CardId, ColumnKey, Time, random_token};
use serde_json::json;

use super::{Bench, number};
use crate::figures::{Figure, Samples, Side};
use crate::target::{Target, serve};

/// The bytes of the patch that a single move makes on a large board.
pub async fn move_patch(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    let dir = bench.data_dir()?;
    let process = serve(&dir.0).await?;
    let client = Client::new(process.url.clone());
    let board: Board = client.post("/api/v1/boards", &json!({"name": "Large"}), &random_token()).await?.json()?;
    let state = fill(&client, &board, bench.plan.cards).await?;

    let mut follow = Follow::new(client.clone(), Channels::board(board.id.clone()));
    patch_bytes(&mut follow, "state").await?;
    let (card, to) = (middle_card(&state)?, column(&state, ColumnKey::InProgress)?);
    let path = format!("/api/v1/boards/{}/cards/{card}/move", board.id);
    client.post(&path, &json!({"columnId": state.columns[&to].id, "index": 0}), &random_token()).await?;
    samples.add(Figure::MovePatch, side, number(patch_bytes(&mut follow, "state_patch").await?));
    Ok(())
}

/// The data of the next frame of this name.
async fn patch_bytes(follow: &mut Follow, event: &str) -> anyhow::Result<usize> {
    let waiting = async {
        loop {
            match follow.next().await? {
                Happening::Frame(frame) if frame.event == event => return Ok(frame.data.len()),
                Happening::Frame(_) => {}
                Happening::Lost { why, .. } => bail!("the stream broke: {why}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.with_context(|| format!("no {event}"))?
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

fn column(state: &BoardState, key: ColumnKey) -> anyhow::Result<boardcast_shared::ColumnId> {
    let column = state.columns.values().find(|column| column.key == Some(key));
    column.map(|column| column.id.clone()).with_context(|| format!("no column {key:?}"))
}

fn middle_card(state: &BoardState) -> anyhow::Result<&CardId> {
    let cards = &state.columns[&column(state, ColumnKey::Backlog)?].card_ids;
    cards.get(cards.len() / 2).context("no card")
}

/// From the start of the process to `listening on`, with a long log.
pub async fn start(bench: &Bench, side: Side, samples: &mut Samples) -> anyhow::Result<()> {
    const AT_ONCE: usize = 1000;
    let dir = bench.data_dir()?;
    let target = Target::start(side, &dir.0).await?;
    for _ in 0..bench.plan.logged.div_ceil(AT_ONCE) {
        target.publish(AT_ONCE).await?;
    }
    target.process.stop().await?;
    for _ in 0..3 {
        let process = serve(&dir.0).await?;
        samples.add(Figure::Start, side, process.started_in.as_secs_f64() * 1000.0);
        process.stop().await?;
    }
    Ok(())
}
