//! A board as a value: what is on it, and the rules of changing it.
//!
//! Copies are cheap (the maps share what they have in common), so a command works on a copy, a refused command throws
//! the copy away, and a reader keeps the version it is being sent.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use boardcast_shared::{BoardId, BoardState, Card, CardId, Column, ColumnId, ColumnKey, TicketType, Time};
use imbl::{OrdMap, Vector};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::refusal::Refusal;

/// The most columns of a board.
pub const MAX_COLUMNS: usize = 50;
/// The most cards of a board.
pub const MAX_CARDS: usize = 10_000;
/// The most dependencies of a card.
pub const MAX_DEPENDENCIES: usize = 100;

/// How far apart two neighbours' ranks are when there is room.
const RANK_GAP: i64 = 1 << 20;

/// A part that versions of a board have in common. Equal at once when it is the very same.
#[derive(Debug, Clone)]
pub struct Shared<T>(Arc<T>);

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || *self.0 == *other.0
    }
}

/// A column and its cards in order.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDoc {
    /// What it stands for.
    pub key: Option<ColumnKey>,
    /// Its title.
    pub title: String,
    /// Its cards from top to bottom.
    pub cards: Vector<CardId>,
}

/// A card with what its place in the store needs.
#[derive(Debug, Clone, PartialEq)]
pub struct CardDoc {
    /// The card.
    pub card: Card,
    /// The column it is in.
    pub column: ColumnId,
    /// Grows from top to bottom of its column.
    pub rank: i64,
    /// The board's change that last touched it.
    pub rev: u64,
}

/// One version of a board.
#[derive(Debug, Clone)]
pub struct BoardDoc {
    /// The board.
    pub id: BoardId,
    /// The log's number of its last change; 0 before the first.
    pub seq: u64,
    /// All columns.
    pub columns: OrdMap<ColumnId, Shared<ColumnDoc>>,
    /// The columns from left to right.
    pub order: Vector<ColumnId>,
    /// All cards.
    pub cards: OrdMap<CardId, Shared<CardDoc>>,
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
    /// A board without anything on it.
    #[must_use]
    pub fn empty(id: BoardId) -> Self {
        Self { id, seq: 0, columns: OrdMap::new(), order: Vector::new(), cards: OrdMap::new() }
    }

    /// A new board: Backlog, In Progress, Review, Done.
    #[must_use]
    pub fn new(id: BoardId) -> Self {
        let mut doc = Self::empty(id);
        for (key, title) in [
            (ColumnKey::Backlog, "Backlog"),
            (ColumnKey::InProgress, "In Progress"),
            (ColumnKey::Review, "Review"),
            (ColumnKey::Done, "Done"),
        ] {
            let column = ColumnDoc { key: Some(key), title: title.into(), cards: Vector::new() };
            let id = ColumnId::random();
            doc.order.push_back(id.clone());
            doc.columns.insert(id, column.into());
        }
        doc
    }

    /// The column that stands for `key`.
    #[must_use]
    pub fn column_of(&self, key: ColumnKey) -> Option<&ColumnId> {
        self.order.iter().find(|id| self.columns.get(*id).is_some_and(|column| column.key == Some(key)))
    }

    /// How many cards are not done.
    #[must_use]
    pub fn open_cards(&self) -> usize {
        let done = self.column_of(ColumnKey::Done).and_then(|id| self.columns.get(id));
        self.cards.len() - done.map_or(0, |column| column.cards.len())
    }

    /// A card.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn card(&self, id: &CardId) -> Result<&Shared<CardDoc>, Refusal> {
        self.cards.get(id).ok_or_else(|| Refusal::not_found("card", id.as_str()))
    }

    /// A column as the outside sees it.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn column(&self, id: &ColumnId) -> Result<Column, Refusal> {
        let column = self.columns.get(id).ok_or_else(|| Refusal::not_found("column", id.as_str()))?;
        Ok(column_view(id, column))
    }

    /// Adds a column.
    ///
    /// # Errors
    /// Too many columns, or its key is taken.
    pub fn add_column(
        &mut self,
        title: String,
        key: Option<ColumnKey>,
        index: Option<usize>,
    ) -> Result<ColumnId, Refusal> {
        if self.columns.len() >= MAX_COLUMNS {
            return Err(Refusal::invalid(
                "too_many_columns",
                "columns",
                format!("a board has at most {MAX_COLUMNS} columns"),
            ));
        }
        if key.is_some_and(|key| self.column_of(key).is_some()) {
            return Err(Refusal::conflict("duplicate_key", "another column of this board has that key"));
        }
        let id = ColumnId::random();
        let at = index.unwrap_or(usize::MAX).min(self.order.len());
        self.order.insert(at, id.clone());
        self.columns.insert(id.clone(), ColumnDoc { key, title, cards: Vector::new() }.into());
        Ok(id)
    }

    /// Renames or moves a column.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn change_column(&mut self, id: &ColumnId, title: Option<String>, index: Option<usize>) -> Result<(), Refusal> {
        let column = self.columns.get(id).ok_or_else(|| Refusal::not_found("column", id.as_str()))?;
        if let Some(title) = title {
            self.columns.insert(id.clone(), ColumnDoc { title, ..ColumnDoc::clone(column) }.into());
        }
        if let Some(index) = index {
            let from = self.order.iter().position(|other| other == id).expect("every column has a place");
            self.order.remove(from);
            self.order.insert(index.min(self.order.len()), id.clone());
        }
        Ok(())
    }

    /// Removes an empty column.
    ///
    /// # Errors
    /// There is none of that id, or it has cards.
    pub fn remove_column(&mut self, id: &ColumnId) -> Result<(), Refusal> {
        let column = self.columns.get(id).ok_or_else(|| Refusal::not_found("column", id.as_str()))?;
        if !column.cards.is_empty() {
            return Err(Refusal::conflict("column_not_empty", "move its cards away or delete them first"));
        }
        self.columns.remove(id);
        self.order.retain(|other| other != id);
        Ok(())
    }

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

    /// Whether a dependency of the card isn't done.
    #[must_use]
    pub fn is_blocked(&self, card: &Card) -> bool {
        let done = self.column_of(ColumnKey::Done);
        card.depends_on.iter().any(|id| self.cards.get(id).is_some_and(|dep| Some(&dep.column) != done))
    }

    fn refuse_if_blocked(&self, card: &Card) -> Result<(), Refusal> {
        if self.is_blocked(card) {
            return Err(Refusal::conflict("card_blocked", "a card that it depends on is not done"));
        }
        Ok(())
    }

    /// The dependencies without repeats, checked: known cards, not too many, no cycle.
    fn dependencies(&self, id: &CardId, wanted: Vec<CardId>) -> Result<Vec<CardId>, Refusal> {
        let mut seen = HashSet::new();
        let wanted: Vec<CardId> = wanted.into_iter().filter(|dep| seen.insert(dep.clone())).collect();
        check_dependency_count(&wanted)?;
        if let Some(unknown) = wanted.iter().find(|dep| *dep != id && !self.cards.contains_key(*dep)) {
            return Err(unknown_dependency(unknown));
        }
        let mut open = wanted.clone();
        let mut visited = HashSet::new();
        while let Some(next) = open.pop() {
            if next == *id {
                return Err(dependency_cycle());
            }
            if visited.insert(next.clone())
                && let Some(doc) = self.cards.get(&next)
            {
                open.extend(doc.card.depends_on.iter().cloned());
            }
        }
        Ok(wanted)
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
            let spread: Vec<(CardId, i64)> = doc.cards.iter().cloned().zip((0..).step_by(1 << 20)).collect();
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

    /// The whole board as the outside gives it.
    ///
    /// # Errors
    /// A card in no or two columns, an order that isn't the columns, a key that isn't its id, a ticket key twice,
    /// wrong dependencies, too much of anything.
    pub fn replaced(&self, state: ReplacedState, now: Time) -> Result<Self, Refusal> {
        let wrong = |field: String, detail: &str| Refusal::invalid("invalid_state", field, detail);
        if state.columns.len() > MAX_COLUMNS {
            return Err(Refusal::invalid(
                "too_many_columns",
                "columns",
                format!("a board has at most {MAX_COLUMNS} columns"),
            ));
        }
        if state.cards.len() > MAX_CARDS {
            return Err(Refusal::invalid("too_many_cards", "cards", format!("a board has at most {MAX_CARDS} cards")));
        }
        let ordered: HashSet<&ColumnId> = state.column_order.iter().collect();
        if ordered.len() != state.column_order.len()
            || ordered.len() != state.columns.len()
            || !state.columns.keys().all(|id| ordered.contains(id))
        {
            return Err(wrong("columnOrder".into(), "must name each column exactly once"));
        }
        let mut doc = Self::empty(self.id.clone());
        doc.order = state.column_order.into_iter().collect();
        let mut places: HashMap<CardId, (ColumnId, i64)> = HashMap::new();
        let mut keys = HashSet::new();
        for (id, column) in state.columns {
            let at = |field: &str| format!("columns.{id}.{field}");
            if column.id != id {
                return Err(wrong(at("id"), "must equal its key in columns"));
            }
            if column.key.is_some_and(|key| !keys.insert(key)) {
                return Err(wrong(at("key"), "another column has that key"));
            }
            for (card_id, rank) in column.card_ids.iter().zip((0..).step_by(1 << 20)) {
                if !state.cards.contains_key(card_id) {
                    return Err(wrong(at("cardIds"), &format!("there is no card {card_id}")));
                }
                if places.insert(card_id.clone(), (id.clone(), rank)).is_some() {
                    return Err(wrong(at("cardIds"), &format!("the card {card_id} is in a column already")));
                }
            }
            let cards = column.card_ids.into_iter().collect();
            doc.columns.insert(id, ColumnDoc { key: column.key, title: column.title, cards }.into());
        }
        let mut ticket_keys = HashSet::new();
        for (id, card) in &state.cards {
            if card.card.id != *id {
                return Err(wrong(format!("cards.{id}.id"), "must equal its key in cards"));
            }
            if !ticket_keys.insert(&card.card.ticket_key) {
                return Err(wrong(format!("cards.{id}.ticketKey"), "another card has that ticket key"));
            }
            if !places.contains_key(id) {
                return Err(wrong(format!("cards.{id}"), "is in no column"));
            }
        }
        check_dependencies(&state.cards)?;
        for (id, card) in state.cards {
            let (column, rank) = places.remove(&id).expect("checked above");
            let card = card.resolve(self.cards.get(&id).map(|before| &before.card), now);
            // What didn't change keeps its place in memory, and its rank when that still sorts.
            let kept =
                self.cards.get(&id).filter(|kept| kept.card == card && kept.column == column && kept.rank == rank);
            let card = kept.cloned().unwrap_or_else(|| {
                let rev = self.cards.get(&id).map_or(0, |old| old.rev);
                CardDoc { card, column, rank, rev }.into()
            });
            doc.cards.insert(id, card);
        }
        doc.seq = self.seq;
        Ok(doc)
    }
}

/// A whole board from outside, its texts checked already.
#[derive(Debug, Clone)]
pub struct ReplacedState {
    /// All columns.
    pub columns: BTreeMap<ColumnId, Column>,
    /// From left to right.
    pub column_order: Vec<ColumnId>,
    /// All cards.
    pub cards: BTreeMap<CardId, ReplacedCard>,
}

/// A card from outside. The times it doesn't give stay what they were.
#[derive(Debug, Clone)]
pub struct ReplacedCard {
    /// The card; its times count only where they are given.
    pub card: Card,
    /// When it was made, if given.
    pub created_at: Option<Time>,
    /// When it last changed, if given.
    pub updated_at: Option<Time>,
}

impl ReplacedCard {
    fn resolve(self, before: Option<&Card>, now: Time) -> Card {
        let mut card = self.card;
        card.created_at = self.created_at.or(before.map(|before| before.created_at)).unwrap_or(now);
        card.updated_at = self.updated_at.unwrap_or_else(|| {
            let same = |before: &&Card| Card { updated_at: before.updated_at, ..card.clone() } == **before;
            before.filter(same).map_or(now, |before| before.updated_at)
        });
        card
    }
}

fn check_dependency_count(wanted: &[CardId]) -> Result<(), Refusal> {
    if wanted.len() > MAX_DEPENDENCIES {
        let detail = format!("a card has at most {MAX_DEPENDENCIES} dependencies");
        return Err(Refusal::invalid("too_many_dependencies", "dependsOn", detail));
    }
    Ok(())
}

fn unknown_dependency(id: &CardId) -> Refusal {
    Refusal::invalid("unknown_dependency", "dependsOn", format!("this board has no card {id}"))
}

fn dependency_cycle() -> Refusal {
    Refusal::invalid("dependency_cycle", "dependsOn", "the card would come before itself")
}

/// Every card's dependencies are known and none leads back to itself: each card is finished after all it needs.
fn check_dependencies(cards: &BTreeMap<CardId, ReplacedCard>) -> Result<(), Refusal> {
    let at = |id: &CardId, refusal: Refusal| refusal.within(&format!("cards.{id}"));
    let mut waits: HashMap<&CardId, usize> = HashMap::new();
    let mut needed_by: HashMap<&CardId, Vec<&CardId>> = HashMap::new();
    for (id, ReplacedCard { card, .. }) in cards {
        check_dependency_count(&card.depends_on).map_err(|refusal| at(id, refusal))?;
        waits.insert(id, card.depends_on.len());
        for dep in &card.depends_on {
            if !cards.contains_key(dep) {
                return Err(at(id, unknown_dependency(dep)));
            }
            needed_by.entry(dep).or_default().push(id);
        }
    }
    let mut free: Vec<&CardId> = waits.iter().filter(|(_, n)| **n == 0).map(|(id, _)| *id).collect();
    let mut finished = 0;
    while let Some(id) = free.pop() {
        finished += 1;
        for dependant in needed_by.get(id).into_iter().flatten() {
            let n = waits.get_mut(dependant).expect("every card waits for a number of others");
            *n -= 1;
            if *n == 0 {
                free.push(dependant);
            }
        }
    }
    if finished < cards.len() {
        let stuck = waits.iter().filter(|(_, n)| **n > 0).map(|(id, _)| *id).min().expect("some card never got free");
        return Err(at(stuck, dependency_cycle()));
    }
    Ok(())
}

fn column_view(id: &ColumnId, column: &ColumnDoc) -> Column {
    let card_ids = column.cards.iter().cloned().collect();
    Column { id: id.clone(), key: column.key, title: column.title.clone(), card_ids }
}

impl From<&BoardDoc> for BoardState {
    fn from(doc: &BoardDoc) -> Self {
        Self {
            board_id: doc.id.clone(),
            seq: doc.seq,
            columns: doc.columns.iter().map(|(id, column)| (id.clone(), column_view(id, column))).collect(),
            column_order: doc.order.iter().cloned().collect(),
            cards: doc.cards.iter().map(|(id, card)| (id.clone(), card.card.clone())).collect(),
        }
    }
}

/// Exactly what [`BoardState`] serializes to, without copying the board first.
impl Serialize for BoardDoc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("boardId", &self.id)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("columns", &Columns(self))?;
        map.serialize_entry("columnOrder", &Order(self))?;
        map.serialize_entry("cards", &Cards(self))?;
        map.end()
    }
}

struct Columns<'a>(&'a BoardDoc);
struct Order<'a>(&'a BoardDoc);
struct Cards<'a>(&'a BoardDoc);

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.columns.iter().map(|(id, column)| (id, column_view(id, column))))
    }
}

impl Serialize for Order<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.order.iter())
    }
}

impl Serialize for Cards<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.cards.iter().map(|(id, doc)| (id, &doc.card)))
    }
}

impl BoardDoc {
    /// The board's change `seq` touched the card.
    pub fn touch(&mut self, id: &CardId, seq: u64) {
        if let Some(doc) = self.cards.get(id) {
            let touched = CardDoc { rev: seq, ..CardDoc::clone(doc) };
            self.cards.insert(id.clone(), touched.into());
        }
    }
}
