//! What a card waits for: known cards, not too many, never itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use boardcast_shared::{Card, CardId, ColumnKey};

use super::{BoardDoc, MAX_DEPENDENCIES, ReplacedCard};
use crate::domain::refusal::Refusal;

impl BoardDoc {
    /// Whether a dependency of the card isn't done.
    #[must_use]
    pub fn is_blocked(&self, card: &Card) -> bool {
        let done = self.column_of(ColumnKey::Done);
        card.depends_on.iter().any(|id| self.cards.get(id).is_some_and(|dep| Some(&dep.column) != done))
    }

    pub(super) fn refuse_if_blocked(&self, card: &Card) -> Result<(), Refusal> {
        if self.is_blocked(card) {
            return Err(Refusal::conflict("card_blocked", "a card that it depends on is not done"));
        }
        Ok(())
    }

    /// The dependencies without repeats, checked: known cards, not too many, no cycle.
    pub(super) fn dependencies(&self, id: &CardId, wanted: Vec<CardId>) -> Result<Vec<CardId>, Refusal> {
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
pub(super) fn check_dependencies(cards: &BTreeMap<CardId, ReplacedCard>) -> Result<(), Refusal> {
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
