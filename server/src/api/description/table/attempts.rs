//! Attempts.

use boardcast_shared::{Attempt, ConversationItem, LogLine, PullRequest, Todos};

use crate::api::attempts::{Attempts, Page};
use crate::api::description::Operation;
use crate::api::description::table::runs::{PUSH, WORKTREE};
use crate::api::pulls;

pub(crate) fn list(operation: Operation) -> Operation {
    operation
        .summary("A board's attempts, the newest first")
        .paged()
        .answers::<Attempts>(200, "The attempts")
        .placed()
        .reads()
}

pub(crate) fn show(operation: Operation) -> Operation {
    operation.summary("An attempt").answers::<Attempt>(200, "The attempt").placed().reads()
}

pub(crate) fn logs(operation: Operation) -> Operation {
    operation
        .summary("An attempt's lines: the newest page, in it the oldest first")
        .paged()
        .answers::<Page<LogLine>>(200, "The lines")
        .placed()
        .reads()
}

pub(crate) fn conversation(operation: Operation) -> Operation {
    operation
        .summary("An attempt's conversation: the newest page, in it the oldest first")
        .paged()
        .answers::<Page<ConversationItem>>(200, "The items")
        .placed()
        .reads()
}

pub(crate) fn todos(operation: Operation) -> Operation {
    operation.summary("What the agent means to do").answers::<Todos>(200, "The list").placed().reads()
}

pub(crate) fn pull_request(operation: Operation) -> Operation {
    operation.summary("An attempt's pull request").answers::<PullRequest>(200, "The pull request").placed().reads()
}

pub(crate) fn open_pull_request(operation: Operation) -> Operation {
    operation
        .summary("Opens a pull request for the attempt's branch at GitHub, pushed before; or finds the one there is")
        .body::<pulls::Open>()
        .answers::<PullRequest>(201, "The pull request")
        .answers::<PullRequest>(200, "The pull request that the branch had already")
        .writes()
        .refuses(&["outcome_unknown", "github_not_configured", "github_rejected"])
        .refuses(&["github_refused", "github_not_found", "github_unavailable", "github_timeout"])
        .refuses(PUSH)
        .refuses(WORKTREE)
}
