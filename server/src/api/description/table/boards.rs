//! `/boards` and what is on them.

use boardcast_shared::{Board, BoardState, GitStatus};

use crate::api::description::Operation;
use crate::api::description::operation::Text;
use crate::api::fields::WholeBoard;
use crate::api::{boards, log};

/// What may be wrong with a repository and its branch.
const REPOSITORY: &[&str] =
    &["invalid_repository", "unsafe_repository", "invalid_branch", "unknown_base", "git_failed", "draining"];
/// A seq, or a cursor.
const POSITION: Text = Text::Like("^([0-9A-Za-z]+-)?(0|[1-9][0-9]*)$");
const ID: Text = Text::Like("^[0-9A-Za-z_-]{1,64}$");

pub(crate) fn list(operation: Operation) -> Operation {
    operation.summary("All boards").answers::<boards::Boards>(200, "The boards").placed().reads()
}

pub(crate) fn create(operation: Operation) -> Operation {
    operation
        .summary("Makes a board with the columns Backlog, In Progress, Review and Done")
        .body::<boards::Create>()
        .answers::<Board>(201, "The board")
        .writes()
        .refuses(REPOSITORY)
}

pub(crate) fn show(operation: Operation) -> Operation {
    operation.summary("A board's settings").answers::<Board>(200, "The board").placed().reads()
}

pub(crate) fn change(operation: Operation) -> Operation {
    operation
        .summary("Changes a board's settings; what is left out stays")
        .body::<boards::Change>()
        .answers::<Board>(200, "The board")
        .writes()
        .refuses(REPOSITORY)
        .refuses(&["unknown_agent"])
}

pub(crate) fn remove(operation: Operation) -> Operation {
    operation.summary("Deletes a board with all that is on it").answers_nothing("It is gone").writes()
}

pub(crate) fn state(operation: Operation) -> Operation {
    operation.summary("What is on a board").answers::<BoardState>(200, "Columns and cards").placed().versioned().reads()
}

pub(crate) fn replace(operation: Operation) -> Operation {
    operation
        .summary("Replaces all that is on a board, for those who own it elsewhere")
        .conditional()
        .body::<WholeBoard>()
        .answers::<BoardState>(200, "Columns and cards")
        .writes()
        .tagged()
        .refuses(&["overloaded", "invalid_state", "too_many_columns", "too_many_cards", "too_many_dependencies"])
        .refuses(&["unknown_dependency", "dependency_cycle"])
}

pub(crate) fn git_status(operation: Operation) -> Operation {
    operation
        .summary("The state of a board's checkout")
        .answers::<GitStatus>(200, "The state")
        .placed()
        .reads()
        .refuses(&["no_repository", "unsafe_repository", "git_failed"])
}

pub(crate) fn events(operation: Operation) -> Operation {
    operation
        .summary("A board's log together with the agent events, page by page")
        .query("after", "Events after this seq or cursor; without it from the oldest kept", POSITION)
        .query("before", "Events before this seq or cursor", POSITION)
        .query("cardId", "Only those of a card", ID)
        .query("attemptId", "Only those of an attempt", ID)
        .limited()
        .answers::<log::Page<'_>>(200, "The events")
        .placed()
        .reads()
        .refuses(&["bad_cursor", "trimmed"])
}
