use std::collections::{BTreeMap, BTreeSet};

use boardcast_shared::{PatchOp, StatePatch};
use serde_json::Value;

use super::paint::{quoted, shortened};
use super::patch::{apply, unescaped};

/// The board document as its patches have left it.
#[derive(Debug, Default)]
pub struct Folded {
    doc: Value,
}

/// A patch that doesn't fit the document: one before it was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Card,
    Column,
}

/// Something that a patch changed, in harmless words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub subject: Subject,
    pub words: String,
}

impl Folded {
    /// Takes a whole document, and says in words what is on it.
    pub fn replace(&mut self, state: Value) -> String {
        self.doc = state;
        let order = self.doc["columnOrder"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let columns: Vec<String> = order
            .map(|id| &self.doc["columns"][id])
            .map(|column| format!("{} {}", shortened(text(&column["title"])), ids(&column["cardIds"]).len()))
            .collect();
        let cards = self.doc["cards"].as_object().map_or(0, serde_json::Map::len);
        format!("{cards} card{}: {}", if cards == 1 { "" } else { "s" }, columns.join(", "))
    }

    /// Turns the document into the one after `patch`, and says what changed.
    pub fn apply(&mut self, patch: &StatePatch) -> Result<Vec<Change>, Misfit> {
        if patch.base_seq != self.doc["seq"].as_u64().unwrap_or(0) {
            return Err(Misfit);
        }
        let touched = Touched::by(&patch.patch);
        let before = View::of(&self.doc, &touched);
        for operation in &patch.patch {
            apply(&mut self.doc, operation).ok_or(Misfit)?;
        }
        Ok(before.changes(&View::of(&self.doc, &touched)))
    }

    /// The ticket key of a card.
    pub fn ticket_key(&self, card: &str) -> Option<String> {
        self.doc["cards"].get(card).map(|card| shortened(text(&card["ticketKey"])))
    }
}

/// What a patch names: only this is looked at, so that a change costs what it changes and not the whole board.
enum Touched {
    Everything,
    Some { cards: BTreeSet<String>, columns: BTreeSet<String> },
}

impl Touched {
    fn by(patch: &[PatchOp]) -> Self {
        let (mut cards, mut columns) = (BTreeSet::new(), BTreeSet::new());
        for operation in patch {
            let (PatchOp::Add { path, .. } | PatchOp::Remove { path } | PatchOp::Replace { path, .. }) = operation;
            let mut tokens = path.split('/').skip(1).map(unescaped);
            match (tokens.next().as_deref(), tokens.next()) {
                (Some("cards"), Some(id)) => cards.insert(id),
                (Some("columns"), Some(id)) => columns.insert(id),
                (None | Some("cards" | "columns"), None) => return Self::Everything,
                _ => false,
            };
        }
        Self::Some { cards, columns }
    }
}

/// The touched parts of a document.
struct View {
    cards: BTreeMap<String, Value>,
    columns: BTreeMap<String, Value>,
    order: Value,
    /// The names of cards that a touched column holds.
    names: BTreeMap<String, String>,
}

impl View {
    fn of(doc: &Value, touched: &Touched) -> Self {
        let pick = |member: &str, wanted: Option<&BTreeSet<String>>| -> BTreeMap<String, Value> {
            let all = doc[member].as_object();
            match wanted {
                None => all.into_iter().flatten().map(|(id, value)| (id.clone(), value.clone())).collect(),
                Some(ids) => ids.iter().filter_map(|id| Some((id.clone(), all?.get(id)?.clone()))).collect(),
            }
        };
        let (cards, columns) = match touched {
            Touched::Everything => (pick("cards", None), pick("columns", None)),
            Touched::Some { cards, columns } => (pick("cards", Some(cards)), pick("columns", Some(columns))),
        };
        let held = columns.values().flat_map(|column| ids(&column["cardIds"]));
        let names = held.map(|id| (id.to_owned(), named(&doc["cards"][id]))).collect();
        Self { cards, columns, order: doc["columnOrder"].clone(), names }
    }

    /// Where the cards of the touched columns are.
    fn placed(&self) -> BTreeMap<&str, &str> {
        let columns = self.columns.iter();
        columns.flat_map(|(id, column)| ids(&column["cardIds"]).into_iter().map(|card| (card, id.as_str()))).collect()
    }

    fn column(&self, id: &str) -> String {
        shortened(text(&self.columns[id]["title"]))
    }

    fn changes(&self, after: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        self.columns_changed(after, &mut changes);
        self.cards_changed(after, &mut changes);
        self.cards_moved(after, &mut changes);
        changes
    }

    fn columns_changed(&self, after: &Self, changes: &mut Vec<Change>) {
        let mut say = |words: String| changes.push(Change { subject: Subject::Column, words });
        let mut came_or_went = false;
        for id in self.columns.keys().chain(after.columns.keys()).collect::<BTreeSet<_>>() {
            match (self.columns.get(id), after.columns.get(id)) {
                (None, Some(_)) => say(format!("'{}' added", after.column(id))),
                (Some(_), None) => say(format!("'{}' deleted", self.column(id))),
                (Some(old), Some(new)) => {
                    if old["title"] != new["title"] {
                        say(format!("'{}' renamed to '{}'", self.column(id), after.column(id)));
                    }
                    continue;
                }
                (None, None) => {}
            }
            came_or_went = true;
        }
        if self.order != after.order && !came_or_went {
            say("order changed".to_owned());
        }
    }

    fn cards_changed(&self, after: &Self, changes: &mut Vec<Change>) {
        let mut say = |words: String| changes.push(Change { subject: Subject::Card, words });
        let placed = after.placed();
        for id in self.cards.keys().chain(after.cards.keys()).collect::<BTreeSet<_>>() {
            match (self.cards.get(id), after.cards.get(id)) {
                (None, Some(card)) => {
                    let column = placed.get(id.as_str()).map(|column| format!(" to {}", after.column(column)));
                    say(format!("{} added{}", named(card), column.unwrap_or_default()));
                }
                (Some(card), None) => say(format!("{} deleted", named(card))),
                (Some(old), Some(new)) => {
                    if old["title"] != new["title"] {
                        say(format!("{} renamed to {}", named(old), quoted(text(&new["title"]))));
                    }
                    let edited = edited(old, new);
                    if !edited.is_empty() {
                        say(format!("{}: {} changed", named(new), edited.join(", ")));
                    }
                }
                (None, None) => {}
            }
        }
    }

    fn cards_moved(&self, after: &Self, changes: &mut Vec<Change>) {
        let mut say = |words: String| changes.push(Change { subject: Subject::Card, words });
        let (from, to) = (self.placed(), after.placed());
        for (card, new) in &to {
            if let Some(old) = from.get(card).filter(|old| *old != new) {
                let name = after.names.get(*card).map_or("a card", String::as_str);
                say(format!("{name} moved {} → {}", self.column(old), after.column(new)));
            }
        }
        for (id, column) in &after.columns {
            let stays = |card: &&str| from.get(card) == Some(&id.as_str()) && to.get(card) == Some(&id.as_str());
            let old: Vec<&str> = ids(&self.columns.get(id).unwrap_or(&Value::Null)["cardIds"]);
            let old: Vec<&str> = old.into_iter().filter(stays).collect();
            let new: Vec<&str> = ids(&column["cardIds"]).into_iter().filter(stays).collect();
            if let Some((card, way)) = shifted(&old, &new) {
                say(format!("{} moved {way} in {}", after.names[card], after.column(id)));
            } else if old != new {
                say(format!("{} put in another order", after.column(id)));
            }
        }
    }
}

/// The one card that changed its place among the same cards, and whether up or down.
fn shifted<'a>(old: &[&'a str], new: &[&'a str]) -> Option<(&'a str, &'static str)> {
    let (down, up) = old.iter().zip(new).find(|(old, new)| old != new)?;
    let equal_without =
        |card: &str| old.iter().filter(|other| **other != card).eq(new.iter().filter(|other| **other != card));
    if equal_without(up) { Some((up, "up")) } else { equal_without(down).then_some((*down, "down")) }
}

fn edited(old: &Value, new: &Value) -> Vec<&'static str> {
    [
        ("description", "description"),
        ("ticketType", "type"),
        ("isEnhanced", "refinement"),
        ("dependsOn", "dependencies"),
        ("prUrl", "pull request"),
    ]
    .into_iter()
    .filter(|(member, _)| old[*member] != new[*member])
    .map(|(_, word)| word)
    .collect()
}

fn named(card: &Value) -> String {
    format!("{} {}", shortened(text(&card["ticketKey"])), quoted(text(&card["title"])))
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
