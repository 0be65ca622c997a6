use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, bail};
use boardcast_shared::{Attempt, AttemptStatus, BoardState, Card, CardId, ColumnId, ColumnKey};

use super::attempt;
use super::board::{DemoBoard, NewCard, column};
use super::scratch::Scratch;
use super::story::{item, title};
use crate::client::ClientError;

/// The first attempt is quick, so that everything has been seen within ten seconds.
const QUICK: Duration = Duration::from_millis(350);
/// Afterwards something happens every second or two, and a card is taken about every twenty seconds.
const CALM: Duration = Duration::from_millis(1500);
/// Cards that wait to be taken.
const WAITING: usize = 4;
/// Cards in review; then the oldest is merged.
const REVIEWED: usize = 3;
/// Cards in all; then the oldest done ones are deleted.
const MAX_CARDS: usize = 30;
/// Every so many attempts the agent crashes at first.
const FAILS_EVERY: usize = 6;
/// Scenes that may fail one after the other before it is given up.
const MAX_MISHAPS: u32 = 5;

/// The order of the scenes on one board.
pub struct Stage<'a> {
    board: &'a DemoBoard,
    scratch: &'a Scratch,
    beat: Duration,
    attempts: usize,
    /// Cards whose attempt has failed once.
    failed: BTreeSet<CardId>,
}

impl<'a> Stage<'a> {
    pub fn new(board: &'a DemoBoard, scratch: &'a Scratch) -> Self {
        Self { board, scratch, beat: QUICK, attempts: 0, failed: BTreeSet::new() }
    }

    /// Plays for ever. A scene that fails is left out, because people may have changed the board under it.
    pub async fn perform(mut self) -> anyhow::Result<()> {
        self.set().await?;
        let mut mishaps = 0;
        loop {
            match self.scene().await {
                Ok(()) => mishaps = 0,
                Err(error) => {
                    if error.downcast_ref().is_some_and(ClientError::is_passing) {
                        return Err(error.context("the server stays away"));
                    }
                    if gone(&self.board.state().await) {
                        bail!("the demo's board was deleted");
                    }
                    mishaps += 1;
                    if mishaps >= MAX_MISHAPS {
                        return Err(error.context("the demo can't go on"));
                    }
                    tracing::warn!("demo: a scene was left out: {error:#}");
                    self.scratch.recover().await;
                }
            }
            self.beat = CALM;
            self.rest().await;
        }
    }

    /// A board that is empty gets its first cards.
    async fn set(&self) -> anyhow::Result<()> {
        let state = self.board.state().await?;
        if !state.cards.is_empty() {
            return Ok(());
        }
        let mut previous = None;
        let columns = [ColumnKey::Done, ColumnKey::Review, ColumnKey::Backlog, ColumnKey::Backlog, ColumnKey::Backlog];
        for (n, key) in columns.into_iter().chain([ColumnKey::Backlog]).enumerate() {
            let column = column_id(&state, key)?;
            // The third in the backlog waits for the second.
            let depends_on = if n == 4 { previous.take().into_iter().collect() } else { Vec::new() };
            previous = Some(self.new_card(n, &column, depends_on).await?.id);
        }
        Ok(())
    }

    async fn scene(&mut self) -> anyhow::Result<()> {
        let state = self.board.state().await?;
        let attempts = self.board.attempts().await?;
        self.finish_reviewed(&state, &attempts).await?;
        if let Some(card) = next_card(&state, &attempts) {
            self.take(&card).await?;
        }
        let state = self.board.state().await?;
        self.refill(&state).await?;
        self.clear(&state).await
    }

    /// Merges the oldest card in review once there are several; the very first time at once, so that something moves.
    async fn finish_reviewed(&self, state: &BoardState, attempts: &[Attempt]) -> anyhow::Result<()> {
        let reviewed = column(state, ColumnKey::Review).map(|column| &column.card_ids);
        let enough = if self.attempts == 0 { 1 } else { REVIEWED };
        let Some(oldest) = reviewed.filter(|cards| cards.len() >= enough).and_then(|cards| cards.last()) else {
            return Ok(());
        };
        let card = &state.cards[oldest];
        let subject = format!("Merge {}: {}", card.ticket_key, card.title);
        let done = |of: &&Attempt| of.card_id == *oldest && of.status == AttemptStatus::Succeeded;
        if let Some(attempt) = attempts.iter().find(done)
            && self.scratch.merge(&attempt.branch_name, &subject).await?
        {
            self.rest().await;
        }
        self.board.raise(oldest, &column_id(state, ColumnKey::Done)?).await?;
        self.rest().await;
        Ok(())
    }

    async fn take(&mut self, card: &Card) -> anyhow::Result<()> {
        self.attempts += 1;
        let fails = self.attempts.is_multiple_of(FAILS_EVERY) && self.failed.insert(card.id.clone());
        let task = format!("{}\n\n{}", card.title, card.description.as_deref().unwrap_or_default());
        let prompt = if fails { format!("/crash\n\n{task}") } else { task };
        if attempt::play(self.board, card, &prompt).await? {
            self.follow(&card.id).await?;
        }
        Ok(())
    }

    /// The card has followed its attempt by itself, unless the board's settings say otherwise.
    async fn follow(&self, card: &CardId) -> anyhow::Result<()> {
        let state = self.board.state().await?;
        let behind = |key| column(&state, key).is_some_and(|column| column.card_ids.contains(card));
        if behind(ColumnKey::Backlog) || behind(ColumnKey::InProgress) {
            self.board.raise(card, &column_id(&state, ColumnKey::Review)?).await?;
        }
        Ok(())
    }

    /// New cards for those that were taken; now and then one waits for another.
    async fn refill(&self, state: &BoardState) -> anyhow::Result<()> {
        let column = column_id(state, ColumnKey::Backlog)?;
        let waiting = &state.columns[&column].card_ids;
        if waiting.len() >= WAITING {
            return Ok(());
        }
        let n = next_number(state);
        let depends_on = waiting.last().filter(|_| n.is_multiple_of(4)).into_iter().cloned().collect();
        let card = self.new_card(n, &column, depends_on).await?;
        self.rest().await;
        let more = format!("{}\n\nSmall steps, with a test first.", item(n).description);
        self.board.refine(&card.id, &more).await?;
        self.rest().await;
        Ok(())
    }

    /// Keeps the board and the log behind it from growing without an end.
    async fn clear(&mut self, state: &BoardState) -> anyhow::Result<()> {
        let done = column(state, ColumnKey::Done).map(|column| column.card_ids.as_slice()).unwrap_or_default();
        let over = state.cards.len().saturating_sub(MAX_CARDS);
        for card in done.iter().rev().take(over) {
            self.board.delete(card).await?;
            self.failed.remove(card);
        }
        Ok(())
    }

    async fn new_card(&self, n: usize, column: &ColumnId, depends_on: Vec<CardId>) -> Result<Card, ClientError> {
        let (title, item) = (title(n), item(n));
        let (description, ticket_type) = (item.description, item.kind);
        self.board.add(NewCard { title: &title, description, ticket_type, column, depends_on }).await
    }

    async fn rest(&self) {
        tokio::time::sleep(self.beat).await;
    }
}

fn column_id(state: &BoardState, key: ColumnKey) -> anyhow::Result<ColumnId> {
    column(state, key).map(|column| column.id.clone()).with_context(|| format!("the board has no column {key:?}"))
}

/// One that is in progress and nobody works on (its attempt failed), else the first in the backlog that waits for
/// nothing.
fn next_card(state: &BoardState, attempts: &[Attempt]) -> Option<Card> {
    let cards = |key| column(state, key).map(|column| column.card_ids.as_slice()).unwrap_or_default();
    let done = cards(ColumnKey::Done);
    let is_taken = |card: &Card| attempts.iter().any(|of| of.card_id == card.id && !of.status.is_final());
    let waits = |card: &Card| card.depends_on.iter().any(|id| state.cards.contains_key(id) && !done.contains(id));
    let is_free = |card: &&Card| !waits(card) && !is_taken(card);
    let candidates = cards(ColumnKey::InProgress).iter().chain(cards(ColumnKey::Backlog));
    candidates.filter_map(|id| state.cards.get(id)).find(is_free).cloned()
}

/// Ticket numbers only grow, so the titles go round in order, also after a restart.
fn next_number(state: &BoardState) -> usize {
    let numbers = state.cards.values().filter_map(|card| card.ticket_key.rsplit_once('-')?.1.parse().ok());
    numbers.max().unwrap_or(0)
}

fn gone<T>(state: &Result<T, ClientError>) -> bool {
    matches!(state, Err(ClientError::Refused { status: 404, .. }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Backlog, In Progress and Done with these cards; `b` waits for `a`.
    fn board(backlog: &[&str], doing: &[&str], done: &[&str]) -> BoardState {
        let column = |key: &str, cards: &[&str]| json!({"id": key, "key": key, "title": key, "cardIds": cards});
        let ids = backlog.iter().chain(doing).chain(done);
        let cards: serde_json::Map<String, Value> = ids
            .enumerate()
            .map(|(n, id)| {
                let depends_on: &[&str] = if *id == "b" { &["a"] } else { &[] };
                let card = json!({"id": id, "ticketKey": format!("D-{}", n + 1), "title": id, "description": null,
                    "ticketType": null, "isEnhanced": false, "dependsOn": depends_on, "prUrl": null,
                    "createdAt": "2026-01-31T12:00:00.000Z", "updatedAt": "2026-01-31T12:00:00.000Z"});
                ((*id).to_owned(), card)
            })
            .collect();
        let columns = json!({"backlog": column("backlog", backlog), "inProgress": column("inProgress", doing),
            "done": column("done", done)});
        serde_json::from_value(json!({"boardId": "b1", "seq": 1, "columns": columns,
            "columnOrder": ["backlog", "inProgress", "done"], "cards": cards}))
        .unwrap()
    }

    #[track_caller]
    fn check(state: &BoardState, expected: Option<&str>) {
        assert_eq!(next_card(state, &[]).map(|card| card.id.to_string()).as_deref(), expected);
    }

    #[test]
    fn what_is_in_progress_comes_first_and_what_waits_for_another_does_not_come() {
        check(&board(&["a", "b"], &["c"], &[]), Some("c"));
        check(&board(&["b", "a"], &[], &[]), Some("a"));
        check(&board(&["b"], &[], &["a"]), Some("b"));
        check(&board(&["b"], &["a"], &[]), Some("a"));
        check(&board(&[], &[], &["a"]), None);
    }

    #[test]
    fn the_next_number_follows_the_highest_ticket() {
        assert_eq!(next_number(&board(&["a", "b"], &[], &["c"])), 3);
        assert_eq!(next_number(&board(&[], &[], &[])), 0);
    }
}
