//! Changes of cards, and their order within a column.

use boardcast_shared::{Card, CardId, ColumnId, ColumnKey, TicketType, Time};

use super::{BoardDoc, CardDoc, ColumnDoc, MAX_CARDS};
use crate::domain::refusal::Refusal;

/// How far apart two neighbours' ranks are when there is room.
const RANK_GAP: i64 = 1 << 20;

/// Ranks for all cards of a column, from top to bottom.
pub(super) fn ranks() -> impl Iterator<Item = i64> {
    (0..).map(|place: i64| place * RANK_GAP)
}

/// A card to be made.
#[derive(Debug, Clone)]
pub struct NewCard {
    /// Its id.
    pub id: CardId,
    /// Its key.
    pub ticket_key: String,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: Option<String>,
    /// The kind of work.
    pub ticket_type: Option<TicketType>,
    /// What comes first.
    pub depends_on: Vec<CardId>,
    /// Its column; the backlog, else the first, when none.
    pub column: Option<ColumnId>,
    /// Its place; the end when none.
    pub index: Option<usize>,
}

/// What changes about a card; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
#[allow(clippy::option_option, reason = "absent and null differ in a change")]
pub struct CardChange {
    /// A new title.
    pub title: Option<String>,
    /// A new description, or none.
    pub description: Option<Option<String>>,
    /// A new kind of work, or none.
    pub ticket_type: Option<Option<TicketType>>,
    /// Whether it is refined.
    pub is_enhanced: Option<bool>,
    /// Other dependencies.
    pub depends_on: Option<Vec<CardId>>,
    /// A pull request.
    pub pr_url: Option<Option<String>>,
}

/// Whether a move may be refused because of open dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// A blocked card doesn't go to In Progress.
    Respected,
    /// The card follows its attempt, blocked or not.
    Ignored,
}

impl BoardDoc {
    /// Adds a card.
    ///
    /// # Errors
    /// Too many cards, an unknown column, wrong dependencies.
    pub fn add_card(&mut self, new: NewCard, now: Time) -> Result<(), Refusal> {
        if self.cards.len() >= MAX_CARDS {
            return Err(Refusal::invalid("too_many_cards", "cards", format!("a board has at most {MAX_CARDS} cards")));
        }
        let unknown = |detail: &str| Refusal::invalid("unknown_column", "columnId", detail);
        let column = match new.column {
            Some(id) if self.columns.contains_key(&id) => id,
            Some(id) => return Err(unknown(&format!("this board has no column {id}"))),
            None => self
                .column_of(ColumnKey::Backlog)
                .or_else(|| self.order.front())
                .cloned()
                .ok_or_else(|| unknown("this board has no columns"))?,
        };
        let depends_on = self.dependencies(&new.id, new.depends_on)?;
        let card = Card {
            id: new.id.clone(),
            ticket_key: new.ticket_key,
            title: new.title,
            description: new.description,
            ticket_type: new.ticket_type,
            is_enhanced: false,
            depends_on,
            pr_url: None,
            created_at: now,
            updated_at: now,
        };
        self.cards.insert(new.id.clone(), CardDoc { card, column: column.clone(), rank: 0, rev: 0 }.into());
        self.place(&new.id, &column, new.index.unwrap_or(usize::MAX));
        Ok(())
    }

    /// Changes a card's own fields.
    ///
    /// # Errors
    /// There is none of that id, or its dependencies are wrong.
    pub fn change_card(&mut self, id: &CardId, change: CardChange, now: Time) -> Result<(), Refusal> {
        let before = self.card(id)?.clone();
        let mut card = before.card.clone();
        if let Some(title) = change.title {
            card.title = title;
        }
        if let Some(description) = change.description {
            card.description = description;
        }
        if let Some(ticket_type) = change.ticket_type {
            card.ticket_type = ticket_type;
        }
        if let Some(is_enhanced) = change.is_enhanced {
            card.is_enhanced = is_enhanced;
        }
        if let Some(depends_on) = change.depends_on {
            card.depends_on = self.dependencies(id, depends_on)?;
        }
        if let Some(pr_url) = change.pr_url {
            card.pr_url = pr_url;
        }
        if card != before.card {
            card.updated_at = now;
            self.cards.insert(id.clone(), CardDoc { card, ..CardDoc::clone(&before) }.into());
        }
        Ok(())
    }

    /// Moves a card so that it is at `index` of `column` afterwards; larger means the end.
    ///
    /// # Errors
    /// An unknown card or column, or the card is blocked and that counts.
    pub fn move_card(
        &mut self,
        id: &CardId,
        column: &ColumnId,
        index: usize,
        blocking: Blocking,
        now: Time,
    ) -> Result<(), Refusal> {
        let before = self.card(id)?.clone();
        let target = self.columns.get(column).ok_or_else(|| {
            Refusal::invalid("unknown_column", "columnId", format!("this board has no column {column}"))
        })?;
        if target.key == Some(ColumnKey::InProgress) && blocking == Blocking::Respected {
            self.refuse_if_blocked(&before.card)?;
        }
        let len_without = target.cards.len() - usize::from(before.column == *column);
        let index = index.min(len_without);
        if before.column == *column && target.cards.get(index) == Some(id) {
            return Ok(());
        }
        self.take_out(id, &before.column);
        let card = Card { updated_at: now, ..before.card.clone() };
        self.cards.insert(id.clone(), CardDoc { card, column: column.clone(), ..CardDoc::clone(&before) }.into());
        self.place(id, column, index);
        Ok(())
    }

    /// Removes a card, and it leaves the dependencies of the others.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn remove_card(&mut self, id: &CardId, now: Time) -> Result<(), Refusal> {
        let column = self.card(id)?.column.clone();
        self.take_out(id, &column);
        self.cards.remove(id);
        let dependants: Vec<CardId> =
            self.cards.iter().filter(|(_, doc)| doc.card.depends_on.contains(id)).map(|(id, _)| id.clone()).collect();
        for dependant in dependants {
            let before = self.cards[&dependant].clone();
            let mut card = Card { updated_at: now, ..before.card.clone() };
            card.depends_on.retain(|other| other != id);
            self.cards.insert(dependant, CardDoc { card, ..CardDoc::clone(&before) }.into());
        }
        Ok(())
    }

    fn take_out(&mut self, id: &CardId, column: &ColumnId) {
        let mut doc = ColumnDoc::clone(&self.columns[column]);
        let at = doc.cards.iter().position(|other| other == id).expect("a card is in its column");
        doc.cards.remove(at);
        self.columns.insert(column.clone(), doc.into());
    }

    /// Puts a card that is in no column's list into one, with a rank between its new neighbours.
    fn place(&mut self, id: &CardId, column: &ColumnId, index: usize) {
        let mut doc = ColumnDoc::clone(&self.columns[column]);
        let at = index.min(doc.cards.len());
        let rank_at = |at: usize| doc.cards.get(at).map(|id| self.cards[id].rank);
        let above = at.checked_sub(1).and_then(rank_at);
        let below = rank_at(at);
        doc.cards.insert(at, id.clone());
        let rank = match (above, below) {
            (None, None) => Some(0),
            (Some(above), None) => above.checked_add(RANK_GAP),
            (None, Some(below)) => below.checked_sub(RANK_GAP),
            (Some(above), Some(below)) => (below - above > 1).then(|| above + (below - above) / 2),
        };
        if let Some(rank) = rank {
            self.set_rank(id, rank);
        } else {
            // No room left between the two: spread the whole column. Rare, so its cost is too.
            let spread: Vec<(CardId, i64)> = doc.cards.iter().cloned().zip(ranks()).collect();
            for (id, rank) in spread {
                self.set_rank(&id, rank);
            }
        }
        self.columns.insert(column.clone(), doc.into());
    }

    fn set_rank(&mut self, id: &CardId, rank: i64) {
        let doc = CardDoc { rank, ..CardDoc::clone(&self.cards[id]) };
        self.cards.insert(id.clone(), doc.into());
    }
}
