//! The parts of events in words; all of it harmless.

use boardcast_shared::{
    AttemptStatusChanged, Bye, ByeReason, ConversationItem, GitStatus, MessageRole, PermissionOption, PullRequest,
    PullRequestState, Time, TodoStatus, Todos, ToolCall, ToolStatus,
};

use super::paint::{quoted, shortened};

pub fn status(of: &AttemptStatusChanged) -> String {
    let now = of.status.as_str();
    let mut text = match of.previous_status {
        Some(before) if before != of.status => format!("{} → {now}", before.as_str()),
        None | Some(_) => format!("is {now}"),
    };
    if !of.agent.is_empty() {
        text = format!("{text} ({})", shortened(&of.agent));
    }
    if of.needs_input {
        text.push_str(", waits for your answer");
    }
    if let Some(error) = &of.error {
        text = format!("{text}: {}", shortened(error));
    }
    text
}

pub fn spoken(item: &ConversationItem) -> (Time, &'static str, String) {
    match item {
        ConversationItem::Message { timestamp, role, text, .. } => {
            let role = match role {
                MessageRole::User => "user",
                MessageRole::Assistant => "assistant",
                MessageRole::System => "system",
            };
            (*timestamp, "says", format!("{role}: {}", shortened(text)))
        }
        ConversationItem::Thinking { timestamp, text, .. } => (*timestamp, "thinks", shortened(text)),
        ConversationItem::Tool { timestamp, tool, .. } => (*timestamp, "tool", used(tool)),
        ConversationItem::Error { timestamp, text, .. } => (*timestamp, "error", shortened(text)),
        ConversationItem::Permission { timestamp, request, .. } => {
            let answer = match &request.outcome {
                Some(outcome) => format!(": {}", shortened(outcome)),
                None => format!(" [{}]", offered(&request.options)),
            };
            (*timestamp, "asks", format!("{}{answer}", shortened(&request.title)))
        }
    }
}

fn offered(options: &[PermissionOption]) -> String {
    options.iter().map(|option| shortened(&option.name)).collect::<Vec<_>>().join(" / ")
}

fn used(tool: &ToolCall) -> String {
    let what = tool.command.as_deref().filter(|command| !command.is_empty()).unwrap_or(&tool.name);
    let status = match tool.status {
        ToolStatus::Created => "created",
        ToolStatus::Running => "running",
        ToolStatus::Succeeded => "succeeded",
        ToolStatus::Failed => "failed",
        ToolStatus::Cancelled => "cancelled",
    };
    let exit = tool.exit_code.map(|code| format!(", exit {code}")).unwrap_or_default();
    format!("{} ({status}{exit})", shortened(what))
}

pub fn todos(todos: &Todos) -> String {
    let count = format!("{}/{}", todos.completed, todos.total);
    match todos.items.iter().find(|item| item.status == TodoStatus::Open) {
        Some(next) => format!("{count}, next: {}", shortened(&next.text)),
        None => count,
    }
}

pub fn git_status(status: &GitStatus) -> String {
    let branch = if status.branch.is_empty() { "detached HEAD".to_owned() } else { shortened(&status.branch) };
    let summary = status.summary;
    let parts: Vec<String> = [
        (summary.added + summary.modified + summary.deleted, "changed"),
        (summary.untracked, "untracked"),
        (summary.staged, "staged"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .chain(
        [("ahead", status.ahead), ("behind", status.behind)]
            .into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(w, n)| format!("{w} {n}")),
    )
    .collect();
    if parts.is_empty() { format!("{branch}: clean") } else { format!("{branch}: {}", parts.join(", ")) }
}

pub fn pull_request(pr: &PullRequest) -> String {
    let state = match pr.state {
        _ if pr.merged => "merged",
        PullRequestState::Open => "open",
        PullRequestState::Closed => "closed",
    };
    format!("#{} {} {state} {}", pr.number, quoted(&pr.title), shortened(&pr.url))
}

pub fn short_sha(sha: &str) -> String {
    shortened(&sha.chars().take(7).collect::<String>())
}

pub fn label(label: Option<&str>, id: &str) -> String {
    label.map_or_else(|| id.to_owned(), quoted)
}

pub fn goodbye(bye: &Bye) -> &'static str {
    match bye.reason {
        ByeReason::Shutdown => "the server shuts down",
        ByeReason::BoardDeleted => "the board was deleted",
        ByeReason::AccessRevoked => "the right to read was withdrawn",
    }
}
