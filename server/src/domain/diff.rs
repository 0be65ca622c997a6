//! What changed between two versions of a board: the patch that clients apply, and the rows that the store writes.

use boardcast_shared::{CardId, ColumnId, PatchOp};
use imbl::Vector;
use imbl::ordmap::DiffItem;
use serde_json::{Map, Value};

use super::board::{BoardDoc, CardDoc, ColumnDoc, Shared};

/// What changed between two versions of a board.
#[derive(Debug, Default)]
pub struct BoardDiff {
    /// Columns that are new or different.
    pub columns: Vec<ColumnId>,
    /// Columns that are gone.
    pub removed_columns: Vec<ColumnId>,
    /// Whether the columns stand in another order.
    pub reordered: bool,
    /// Cards that are new or different to the outside.
    pub cards: Vec<CardId>,
    /// Cards that only have another rank.
    pub moved_ranks: Vec<CardId>,
    /// Cards that are gone.
    pub removed_cards: Vec<CardId>,
    /// The same as operations [RFC 6902], but for `/seq`.
    pub ops: Vec<PatchOp>,
}

impl BoardDiff {
    /// From `old` to `new`.
    #[must_use]
    pub fn between(old: &BoardDoc, new: &BoardDoc) -> Self {
        let mut diff = Self::default();
        diff.compare_columns(old, new);
        diff.reordered = old.order != new.order;
        list_ops("/columnOrder", &old.order, &new.order, &mut diff.ops);
        diff.compare_cards(old, new);
        diff
    }

    /// Whether nobody outside could tell the versions apart.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    fn compare_columns(&mut self, old: &BoardDoc, new: &BoardDoc) {
        for item in old.columns.diff(&new.columns) {
            match item {
                DiffItem::Add(id, _) => {
                    let view = new.column(id).expect("it was just listed");
                    self.ops.push(PatchOp::Add { path: format!("/columns/{id}"), value: value_of(&view) });
                    self.columns.push(id.clone());
                }
                DiffItem::Update { old: (_, before), new: (id, after) } => {
                    self.compare_column(id, before, after);
                    self.columns.push(id.clone());
                }
                DiffItem::Remove(id, _) => {
                    self.ops.push(PatchOp::Remove { path: format!("/columns/{id}") });
                    self.removed_columns.push(id.clone());
                }
            }
        }
    }

    fn compare_column(&mut self, id: &ColumnId, before: &ColumnDoc, after: &ColumnDoc) {
        if before.key != after.key {
            self.ops.push(PatchOp::Replace { path: format!("/columns/{id}/key"), value: value_of(&after.key) });
        }
        if before.title != after.title {
            self.ops.push(PatchOp::Replace { path: format!("/columns/{id}/title"), value: value_of(&after.title) });
        }
        list_ops(&format!("/columns/{id}/cardIds"), &before.cards, &after.cards, &mut self.ops);
    }

    fn compare_cards(&mut self, old: &BoardDoc, new: &BoardDoc) {
        for item in old.cards.diff(&new.cards) {
            match item {
                DiffItem::Add(id, after) => {
                    self.ops.push(PatchOp::Add { path: format!("/cards/{id}"), value: value_of(&after.card) });
                    self.cards.push(id.clone());
                }
                DiffItem::Update { old: (_, before), new: (id, after) } => self.compare_card(id, before, after),
                DiffItem::Remove(id, _) => {
                    self.ops.push(PatchOp::Remove { path: format!("/cards/{id}") });
                    self.removed_cards.push(id.clone());
                }
            }
        }
    }

    fn compare_card(&mut self, id: &CardId, before: &Shared<CardDoc>, after: &Shared<CardDoc>) {
        if before.card == after.card && before.column == after.column {
            if before.rank != after.rank {
                self.moved_ranks.push(id.clone());
            }
            return;
        }
        let (before, after) = (object_of(&before.card), object_of(&after.card));
        for (field, value) in after {
            if before.get(&field) != Some(&value) {
                self.ops.push(PatchOp::Replace { path: format!("/cards/{id}/{field}"), value });
            }
        }
        self.cards.push(id.clone());
    }
}

/// The operations that turn one list into another: what both ends have in common stays.
fn list_ops<T: Clone + PartialEq + serde::Serialize>(
    path: &str,
    old: &Vector<T>,
    new: &Vector<T>,
    ops: &mut Vec<PatchOp>,
) {
    let head = old.iter().zip(new.iter()).take_while(|(a, b)| a == b).count();
    let room = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let removed: Vec<&T> = old.iter().skip(head).take(old.len() - head - tail).collect();
    let added: Vec<&T> = new.iter().skip(head).take(new.len() - head - tail).collect();
    let add = |at: usize, value: &T| PatchOp::Add { path: format!("{path}/{at}"), value: value_of(value) };
    let remove = |at: usize| PatchOp::Remove { path: format!("{path}/{at}") };
    let last = removed.len().saturating_sub(1);
    if removed.len() > 1 && removed.len() == added.len() && removed[1..] == added[..last] && removed[0] == added[last] {
        // One element went down.
        ops.extend([remove(head), add(head + last, removed[0])]);
    } else if removed.len() > 1
        && removed.len() == added.len()
        && removed[..last] == added[1..]
        && removed[last] == added[0]
    {
        // One element went up.
        ops.extend([remove(head + last), add(head, removed[last])]);
    } else if removed.len() + added.len() > new.len() + 1 {
        ops.push(PatchOp::Replace { path: path.to_owned(), value: value_of(&new.iter().collect::<Vec<_>>()) });
    } else {
        ops.extend((head..head + removed.len()).rev().map(remove));
        ops.extend(added.into_iter().enumerate().map(|(i, value)| add(head + i, value)));
    }
}

fn value_of<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("plain data serializes")
}

fn object_of<T: serde::Serialize>(value: &T) -> Map<String, Value> {
    match value_of(value) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(list: &mut Vec<u32>, ops: Vec<PatchOp>) {
        let at = |path: &str| path.trim_start_matches("/l/").parse::<usize>().unwrap();
        for op in ops {
            match op {
                PatchOp::Add { path, value } => list.insert(at(&path), serde_json::from_value(value).unwrap()),
                PatchOp::Remove { path } => drop(list.remove(at(&path))),
                PatchOp::Replace { path, value } => {
                    assert_eq!(path, "/l");
                    *list = serde_json::from_value(value).unwrap();
                }
            }
        }
    }

    #[track_caller]
    fn check(old: &[u32], new: &[u32], most_ops: usize) {
        let mut ops = Vec::new();
        list_ops("/l", &old.iter().copied().collect(), &new.iter().copied().collect(), &mut ops);
        assert!(ops.len() <= most_ops, "{ops:?}");
        let mut list = old.to_vec();
        apply(&mut list, ops);
        assert_eq!(list, new);
    }

    #[test]
    fn a_single_move_is_two_operations_however_long_the_list() {
        check(&[1, 2, 3, 4, 5], &[1, 3, 4, 2, 5], 2);
        check(&[1, 2, 3, 4, 5], &[1, 4, 2, 3, 5], 2);
        check(&[1, 2], &[2, 1], 2);
        check(&[1, 2, 3], &[1, 2, 3], 0);
        check(&[1, 2, 3], &[1, 2, 9, 3], 1);
        check(&[1, 2, 3], &[1, 3], 1);
        check(&[], &[1], 1);
        check(&[1], &[], 1);
        check(&[1, 2, 3, 4], &[4, 3, 2, 1], 1);
        check(&[1, 2, 3, 4, 5, 6, 7, 8], &[1, 3, 2, 4, 5, 7, 6, 8], 10);
    }

    proptest::proptest! {
        #[test]
        fn any_list_becomes_any_other(old in proptest::collection::vec(0..9_u32, 0..12), new in proptest::collection::vec(0..9_u32, 0..12)) {
            check(&old, &new, usize::MAX);
        }
    }
}
