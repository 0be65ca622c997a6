//! Attempts that are run here, and the agents that run them.

use boardcast_shared::{Attempt, GitStatus};

use crate::api::description::Operation;
use crate::api::description::operation::Text;
use crate::api::{rebase, runs, trials};
use crate::attempts::Trial;

/// What a look into a worktree can meet.
pub(super) const WORKTREE: &[&str] = &["no_worktree", "unsafe_repository", "git_failed"];

/// What a push can meet.
pub(super) const PUSH: &[&str] = &["unknown_remote", "push_rejected", "remote_unreachable"];

pub(crate) fn create(operation: Operation) -> Operation {
    operation
        .summary("Queues an attempt of an agent at a card, in a worktree and on a branch of its own")
        .body::<runs::Create>()
        .answers::<Attempt>(201, "The attempt")
        .writes()
        .refuses(&["no_agent", "unknown_agent", "unknown_profile", "no_repository", "unsafe_repository"])
        .refuses(&["invalid_branch", "unknown_base", "branch_exists", "git_failed"])
}

pub(crate) fn stop(operation: Operation) -> Operation {
    operation
        .summary("Stops an attempt; it is stopped once all its processes are gone")
        .body::<runs::Nothing>()
        .answers::<Attempt>(202, "The attempt as it stands now")
        .writes()
        .refuses(&["not_run_here", "attempt_ended"])
}

pub(crate) fn message(operation: Operation) -> Operation {
    operation
        .summary("Asks the agent for another turn, after the present one")
        .body::<runs::Message>()
        .answers::<Attempt>(202, "The attempt as it stands now")
        .writes()
        .refuses(&["not_run_here", "too_many_messages"])
}

pub(crate) fn permit(operation: Operation) -> Operation {
    operation
        .summary("Answers a permission request of the agent")
        .body::<runs::Permit>()
        .answers_nothing("The agent has the answer")
        .writes()
        .refuses(&["not_run_here", "permission_closed", "outcome_unknown"])
}

pub(crate) fn commit(operation: Operation) -> Operation {
    operation
        .summary("Commits all that is uncommitted in the attempt's worktree")
        .body::<runs::Commit>()
        .answers::<runs::Committed>(200, "The commit")
        .writes()
        .refuses(&["not_run_here", "nothing_to_commit", "commit_refused", "outcome_unknown"])
        .refuses(WORKTREE)
}

pub(crate) fn push(operation: Operation) -> Operation {
    operation
        .summary("Pushes the attempt's branch")
        .body::<runs::Push>()
        .answers::<runs::PushedBranch>(200, "The branch as it stands at the remote")
        .writes()
        .refuses(&["not_run_here", "outcome_unknown"])
        .refuses(PUSH)
        .refuses(WORKTREE)
}

pub(crate) fn rebase(operation: Operation) -> Operation {
    operation
        .summary("Puts the attempt's branch on top of its base branch; on conflicts it stays as it was")
        .body::<runs::Nothing>()
        .answers::<rebase::RebasedBranch>(200, "The branch as it stands now")
        .writes()
        .refuses(&["not_run_here", "attempt_active", "uncommitted_work", "unknown_base", "commit_refused"])
        .refuses(&["rebase_conflict", "rebase_refused", "rebase_unfinished", "outcome_unknown"])
        .refuses(&["remote_unreachable"])
        .refuses(WORKTREE)
}

pub(crate) fn abort_rebase(operation: Operation) -> Operation {
    operation
        .summary("Gives up a rebase that the agent began in the attempt's worktree and left unfinished")
        .answers_nothing("The branch is as it was before")
        .writes()
        .refuses(&["not_run_here", "attempt_active", "no_rebase", "rebase_refused", "outcome_unknown"])
        .refuses(WORKTREE)
}

pub(crate) fn diff(operation: Operation) -> Operation {
    operation
        .summary("What the attempt changed since it left its base, uncommitted and untracked files included")
        .answers_text("text/x-diff", "The diff, cut at 5 MiB with `x-truncated: true`")
        .with_header("x-truncated")
        .placed()
        .reads()
        .refuses(&["not_run_here", "unknown_base"])
        .refuses(WORKTREE)
}

pub(crate) fn git_status(operation: Operation) -> Operation {
    operation
        .summary("The state of an attempt's worktree; what was last told of one that is reported from outside")
        .answers::<GitStatus>(200, "The state")
        .placed()
        .reads()
        .refuses(WORKTREE)
}

pub(crate) fn remove(operation: Operation) -> Operation {
    operation
        .summary("Deletes an attempt that has ended, with its worktree; its branch stays")
        .query("discard", "1 gives uncommitted work up", Text::OneOf(&["0", "1"]))
        .answers_nothing("It is gone")
        .writes()
        .refuses(&["attempt_active", "uncommitted_work", "bad_parameter"])
}

pub(crate) fn presets(operation: Operation) -> Operation {
    operation
        .summary("Well-known agents, ready to be registered, and whether their program is found")
        .answers::<trials::Presets>(200, "The agents")
        .refuses(&["internal"])
}

pub(crate) fn try_it(operation: Operation) -> Operation {
    operation
        .summary("One turn of an agent in a folder that is thrown away")
        .answers::<Trial>(200, "How it went")
        .writes()
        .refuses(&["outcome_unknown"])
}
