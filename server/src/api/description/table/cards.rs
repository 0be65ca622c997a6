//! Columns and cards.

use boardcast_shared::{Card, Column};

use crate::api::description::Operation;
use crate::api::{cards, columns};

pub(crate) fn create_column(operation: Operation) -> Operation {
    operation
        .summary("Adds a column")
        .body::<columns::Create>()
        .answers::<Column>(201, "The column")
        .writes()
        .refuses(&["too_many_columns", "duplicate_key"])
}

pub(crate) fn change_column(operation: Operation) -> Operation {
    operation
        .summary("Renames or moves a column")
        .body::<columns::Change>()
        .answers::<Column>(200, "The column")
        .writes()
}

pub(crate) fn remove_column(operation: Operation) -> Operation {
    operation.summary("Removes an empty column").answers_nothing("It is gone").writes().refuses(&["column_not_empty"])
}

pub(crate) fn create(operation: Operation) -> Operation {
    operation
        .summary("Adds a card, by default at the end of the backlog")
        .body::<cards::Create>()
        .answers::<Card>(201, "The card")
        .writes()
        .tagged()
        .refuses(&["too_many_cards", "unknown_column", "too_many_dependencies", "unknown_dependency"])
}

pub(crate) fn show(operation: Operation) -> Operation {
    operation.summary("A card").answers::<Card>(200, "The card").placed().versioned().reads()
}

pub(crate) fn change(operation: Operation) -> Operation {
    operation
        .summary("Changes a card; what is left out stays")
        .conditional()
        .body::<cards::Change>()
        .answers::<Card>(200, "The card")
        .writes()
        .tagged()
        .refuses(&["too_many_dependencies", "unknown_dependency", "dependency_cycle"])
}

pub(crate) fn shift(operation: Operation) -> Operation {
    operation
        .summary("Moves a card to a column and a place in it")
        .conditional()
        .body::<cards::Move>()
        .answers::<Card>(200, "The card")
        .writes()
        .tagged()
        .refuses(&["unknown_column", "card_blocked"])
}

pub(crate) fn remove(operation: Operation) -> Operation {
    operation
        .summary("Deletes a card with its attempts, and takes it out of every `dependsOn`")
        .conditional()
        .answers_nothing("It is gone")
        .writes()
}
