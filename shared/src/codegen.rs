//! TypeScript and JSON Schema from the one source.

use ts_rs::{Config, TS};

use crate::types as t;

macro_rules! declarations {
    ($config:expr; $($name:ident)*) => {
        vec![$(declaration::<t::$name>($config)),*]
    };
}

/// `kanban.ts`: every type of the contract.
#[must_use]
pub fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let declarations = declarations!(&config;
        BoardId ColumnId CardId AttemptId AgentId ProfileId GitOwner Time
        SseMsg Hello Replay StatePatch PatchOp Heartbeat Bye ByeReason
        Board BoardState Column ColumnKey Card TicketType
        Attempt AttemptStatus TodoCount AttemptStarted AttemptStatusChanged AttemptLog LogLevel LogLine
        AttemptSession AttemptTodos Todos TodoItem TodoStatus
        ConversationAppended ConversationItem MessageRole MessageFormat ToolCall ToolStatus
        PermissionRequest PermissionOption
        GitStatusChanged GitStatus GitFile GitFileStatus GitSummary GitCommit GitPush
        AttemptPr PullRequest PullRequestState
        Agent AgentProtocol AgentRegistered AgentProfile AgentProfileChanged RecordedProfile
        PermissionPolicy ChangeKind
        DashboardOverview TimeRange TimeRangePreset Metrics Series SeriesPoint Trend ActiveAttempt RecentAttempt
        InboxItems InboxMeta InboxItem InboxKind ProjectSnapshot ColumnCardCounts Health AgentStat OverviewMeta
    );
    let head = "// Generated from shared/src/types/*.rs by `cargo xtask codegen`. Do not edit.\n";
    format!("{head}\n{}\n", declarations.join("\n\n"))
}

fn declaration<T: TS>(config: &Config) -> String {
    format!("export {}", T::decl(config))
}

/// The JSON Schema [2020-12] of one message of the stream, `{event, data}`.
#[must_use]
pub fn message_schema() -> serde_json::Value {
    schemars::schema_for!(t::SseMsg).to_value()
}
