// Generated from shared/src/types/*.rs by `cargo xtask codegen`. Do not edit.

export type BoardId = string;

export type ColumnId = string;

export type CardId = string;

export type AttemptId = string;

export type AgentId = string;

export type ProfileId = string;

export type GitOwner = string;

export type Time = string;

export type SseMsg = { "event": "hello", "data": Hello } | { "event": "state", "data": BoardState } | { "event": "state_patch", "data": StatePatch } | { "event": "heartbeat", "data": Heartbeat } | { "event": "attempt_started", "data": AttemptStarted } | { "event": "attempt_status", "data": AttemptStatusChanged } | { "event": "attempt_log", "data": AttemptLog } | { "event": "conversation_item", "data": ConversationAppended } | { "event": "attempt_session", "data": AttemptSession } | { "event": "attempt_todos", "data": AttemptTodos } | { "event": "git_status", "data": GitStatusChanged } | { "event": "git_commit", "data": GitCommit } | { "event": "git_push", "data": GitPush } | { "event": "attempt_pr", "data": AttemptPr } | { "event": "agent_profile", "data": AgentProfileChanged } | { "event": "agent_registered", "data": AgentRegistered } | { "event": "dashboard_overview", "data": DashboardOverview } | { "event": "bye", "data": Bye };

export type Hello = { 
/**
 * The server's clock.
 */
serverTime: Time, 
/**
 * Names the log.
 */
epoch: string, 
/**
 * The newest event.
 */
headSeq: number, 
/**
 * The oldest event that is kept; `headSeq + 1` in an empty log.
 */
oldestSeq: number, 
/**
 * From one heartbeat to the next, in milliseconds.
 */
heartbeatMs: number, 
/**
 * How the cursor was answered.
 */
replay: Replay, 
/**
 * The boards of this stream, in the order of its opening.
 */
boards: Array<BoardId>, 
/**
 * Whether it carries the dashboard.
 */
dashboard: boolean, };

export type Replay = "none" | "tail" | "reset";

export type StatePatch = { 
/**
 * The board.
 */
boardId: BoardId, 
/**
 * The document's number afterwards.
 */
seq: number, 
/**
 * The document's number before; 0 for the board's first.
 */
baseSeq: number, 
/**
 * To apply in order [RFC 6902].
 */
patch: Array<PatchOp>, };

export type PatchOp = { "op": "add", 
/**
 * Where, as a JSON Pointer [RFC 6901].
 */
path: string, 
/**
 * What is there afterwards.
 */
value: unknown, } | { "op": "remove", 
/**
 * Where, as a JSON Pointer [RFC 6901].
 */
path: string, } | { "op": "replace", 
/**
 * Where, as a JSON Pointer [RFC 6901].
 */
path: string, 
/**
 * What is there afterwards.
 */
value: unknown, };

export type Heartbeat = { 
/**
 * The server's clock.
 */
ts: Time, 
/**
 * The last id that this stream was given.
 */
seq: number, };

export type Bye = { 
/**
 * Why.
 */
reason: ByeReason, 
/**
 * The board that is gone.
 */
boardId: BoardId | null, 
/**
 * When to come back, in milliseconds.
 */
retryMs: number | null, };

export type ByeReason = "shutdown" | "board_deleted" | "access_revoked";

export type Board = { 
/**
 * Its id.
 */
id: BoardId, 
/**
 * 1 to 200 characters.
 */
name: string, 
/**
 * The top of its git work tree, absolute.
 */
repositoryPath: string | null, 
/**
 * The branch that attempts start from.
 */
baseBranch: string | null, 
/**
 * The letters before the number of a ticket key.
 */
ticketPrefix: string, 
/**
 * `owner/name` on GitHub.
 */
githubRepo: string | null, 
/**
 * The agent that takes up a card when none is named.
 */
defaultAgent: AgentId | null, 
/**
 * The name of the git remote that is pushed to.
 */
remote: string, 
/**
 * Commit what an attempt left uncommitted when it succeeds.
 */
autoCommit: boolean, 
/**
 * Push after an automatic commit.
 */
autoPush: boolean, 
/**
 * The card moves with its attempt.
 */
cardFollowsAttempt: boolean, 
/**
 * When it was made.
 */
createdAt: Time, 
/**
 * When its settings last changed.
 */
updatedAt: Time, };

export type BoardState = { 
/**
 * The board.
 */
boardId: BoardId, 
/**
 * The log's number of this board's last change.
 */
seq: number, 
/**
 * All columns.
 */
columns: { [key in ColumnId]: Column }, 
/**
 * The columns from left to right.
 */
columnOrder: Array<ColumnId>, 
/**
 * All cards.
 */
cards: { [key in CardId]: Card }, };

export type Column = { 
/**
 * Its id.
 */
id: ColumnId, 
/**
 * What it stands for, when it is one of the four that mean something; unique on its board.
 */
key: ColumnKey | null, 
/**
 * 1 to 500 characters, one line.
 */
title: string, 
/**
 * Its cards from top to bottom.
 */
cardIds: Array<CardId>, };

export type ColumnKey = "backlog" | "inProgress" | "review" | "done";

export type Card = { 
/**
 * Its id.
 */
id: CardId, 
/**
 * `<PREFIX>-<n>`, unique on its board.
 */
ticketKey: string, 
/**
 * 1 to 500 characters, one line.
 */
title: string, 
/**
 * At most 64 KiB.
 */
description: string | null, 
/**
 * The kind of work.
 */
ticketType: TicketType | null, 
/**
 * An agent or a person has refined it.
 */
isEnhanced: boolean, 
/**
 * The cards that come first; at most 100, without a cycle.
 */
dependsOn: Array<CardId>, 
/**
 * Its pull request.
 */
prUrl: string | null, 
/**
 * When it was made.
 */
createdAt: Time, 
/**
 * When it last changed or moved.
 */
updatedAt: Time, };

export type TicketType = "feat" | "fix" | "chore" | "docs" | "style" | "refactor" | "perf" | "test" | "build" | "ci" | "revert";

export type Attempt = { 
/**
 * Its id.
 */
id: AttemptId, 
/**
 * Its board.
 */
boardId: BoardId, 
/**
 * Its card.
 */
cardId: CardId, 
/**
 * The agent's name; `""` until known.
 */
agent: string, 
/**
 * The profile it runs under.
 */
profileId: ProfileId | null, 
/**
 * That profile as it was when the attempt was queued; null without one, and for an attempt reported from outside.
 */
profile: RecordedProfile | null, 
/**
 * Where it stands.
 */
status: AttemptStatus, 
/**
 * It waits for an answer of yours.
 */
needsInput: boolean, 
/**
 * The branch it works on; `""` until known.
 */
branchName: string, 
/**
 * The branch it started from; `""` until known.
 */
baseBranch: string, 
/**
 * Where it works on this machine; null for one reported from outside.
 */
worktreePath: string | null, 
/**
 * The agent's own session.
 */
sessionId: string | null, 
/**
 * When it was first heard of.
 */
createdAt: Time, 
/**
 * When its agent began.
 */
startedAt: Time | null, 
/**
 * When it ended.
 */
endedAt: Time | null, 
/**
 * When anything of it was last heard.
 */
updatedAt: Time, 
/**
 * Why it failed.
 */
error: string | null, 
/**
 * How far its list is.
 */
todos: TodoCount | null, 
/**
 * The last line it wrote, shortened.
 */
lastLine: string | null, 
/**
 * Its pull request.
 */
pr: PullRequest | null, };

export type AttemptStatus = "queued" | "running" | "stopping" | "succeeded" | "failed" | "stopped";

export type TodoCount = { 
/**
 * All of them.
 */
total: number, 
/**
 * Those done.
 */
completed: number, };

export type AttemptStarted = { boardId: BoardId, attemptId: AttemptId, cardId: CardId, 
/**
 * The agent's name.
 */
agent: string, profileId: ProfileId | null, 
/**
 * The branch it works on.
 */
branchName: string, 
/**
 * The branch it started from.
 */
baseBranch: string, 
/**
 * When it began.
 */
ts: Time, };

export type AttemptStatusChanged = { boardId: BoardId, attemptId: AttemptId, cardId: CardId, 
/**
 * The agent's name; `""` until known.
 */
agent: string, status: AttemptStatus, 
/**
 * Where it stood before.
 */
previousStatus: AttemptStatus | null, 
/**
 * It waits for an answer of somebody's.
 */
needsInput: boolean, 
/**
 * When its agent began.
 */
startedAt: Time | null, 
/**
 * When it ended.
 */
endedAt: Time | null, 
/**
 * Why it failed.
 */
error: string | null, 
/**
 * When it came to stand there.
 */
ts: Time, 
/**
 * Present, and true, only in a stream's opening.
 */
replayed?: boolean, };

export type AttemptLog = { boardId: BoardId, attemptId: AttemptId, level: LogLevel, 
/**
 * The line, without its end.
 */
message: string, 
/**
 * When it was written.
 */
ts: Time, };

export type LogLevel = "info" | "warn" | "error";

export type LogLine = { 
/**
 * The event that brought it.
 */
seq: number, 
/**
 * When it was written.
 */
ts: Time, 
/**
 * How serious it is.
 */
level: LogLevel, 
/**
 * Its text.
 */
message: string, };

export type AttemptSession = { boardId: BoardId, attemptId: AttemptId, 
/**
 * The agent's own name for it.
 */
sessionId: string, };

export type AttemptTodos = { boardId: BoardId, attemptId: AttemptId, todos: Todos, };

export type Todos = { 
/**
 * All of them.
 */
total: number, 
/**
 * Those done.
 */
completed: number, 
/**
 * In the agent's order.
 */
items: Array<TodoItem>, };

export type TodoItem = { 
/**
 * The agent's own name for it.
 */
id: string, 
/**
 * What is to be done.
 */
text: string, 
/**
 * Whether it is done.
 */
status: TodoStatus, };

export type TodoStatus = "open" | "done";

export type ConversationAppended = { boardId: BoardId, attemptId: AttemptId, item: ConversationItem, };

export type ConversationItem = { "type": "message", 
/**
 * The item.
 */
id: string, 
/**
 * When it began.
 */
timestamp: Time, 
/**
 * Who speaks.
 */
role: MessageRole, 
/**
 * What is said.
 */
text: string, 
/**
 * How to read the text.
 */
format: MessageFormat, } | { "type": "thinking", 
/**
 * The item.
 */
id: string, 
/**
 * When it began.
 */
timestamp: Time, 
/**
 * The thought.
 */
text: string, } | { "type": "tool", 
/**
 * The item.
 */
id: string, 
/**
 * When it began.
 */
timestamp: Time, 
/**
 * The call.
 */
tool: ToolCall, } | { "type": "error", 
/**
 * The item.
 */
id: string, 
/**
 * When it happened.
 */
timestamp: Time, 
/**
 * What happened.
 */
text: string, } | { "type": "permission", 
/**
 * The item.
 */
id: string, 
/**
 * When it asked.
 */
timestamp: Time, 
/**
 * The question.
 */
request: PermissionRequest, };

export type MessageRole = "user" | "assistant" | "system";

export type MessageFormat = "markdown" | "plaintext";

export type ToolCall = { 
/**
 * The agent's name for the call.
 */
callId: string, 
/**
 * What it calls the tool, for people.
 */
name: string, 
/**
 * What kind of tool: read, edit, delete, move, search, execute, think, fetch, other.
 */
kind: string, 
/**
 * The command line, for a shell.
 */
command: string | null, 
/**
 * How far it is.
 */
status: ToolStatus, 
/**
 * When it began.
 */
startedAt: Time | null, 
/**
 * When it ended.
 */
completedAt: Time | null, 
/**
 * What the command exited with.
 */
exitCode: number | null, 
/**
 * What came out.
 */
output: string | null, };

export type ToolStatus = "created" | "running" | "succeeded" | "failed" | "cancelled";

export type PermissionRequest = { 
/**
 * Names the question in the answer.
 */
requestId: string, 
/**
 * What it wants to do.
 */
title: string, 
/**
 * The answers it offers.
 */
options: Array<PermissionOption>, 
/**
 * The chosen `optionId`, or `cancelled`; null while open.
 */
outcome: string | null, };

export type PermissionOption = { 
/**
 * Names the answer.
 */
optionId: string, 
/**
 * The answer in words.
 */
name: string, 
/**
 * What kind of answer, such as `allow_once`.
 */
kind: string, };

export type GitStatusChanged = { boardId: BoardId, attemptId: GitOwner, status: GitStatus, };

export type GitStatus = { 
/**
 * The branch; `""` when HEAD is detached.
 */
branch: string, 
/**
 * The commit; `""` before the first.
 */
head: string, 
/**
 * Commits that the upstream lacks; 0 without an upstream.
 */
ahead: number, 
/**
 * Commits that the upstream has more; 0 without an upstream.
 */
behind: number, 
/**
 * Anything changed or untracked.
 */
hasUncommitted: boolean, 
/**
 * At most 500; a file changed in index and tree has two entries.
 */
files: Array<GitFile>, 
/**
 * Counts of all files, also of those left out.
 */
summary: GitSummary, 
/**
 * Files were left out.
 */
truncated: boolean, };

export type GitFile = { 
/**
 * Relative to the top of the work tree.
 */
path: string, 
/**
 * Where it came from, when renamed or copied.
 */
oldPath: string | null, 
/**
 * What happened to it.
 */
status: GitFileStatus, 
/**
 * In the index rather than in the work tree.
 */
staged: boolean, };

export type GitFileStatus = "M" | "A" | "D" | "R" | "C" | "U" | "?";

export type GitSummary = { 
/**
 * Added.
 */
added: number, 
/**
 * Modified.
 */
modified: number, 
/**
 * Deleted.
 */
deleted: number, 
/**
 * Untracked.
 */
untracked: number, 
/**
 * In the index.
 */
staged: number, };

export type GitCommit = { boardId: BoardId, attemptId: GitOwner, 
/**
 * As git abbreviates it.
 */
shortSha: string, 
/**
 * Its whole name.
 */
sha: string, 
/**
 * The first line of its message.
 */
subject: string, ts: Time, };

export type GitPush = { boardId: BoardId, attemptId: GitOwner, 
/**
 * The remote's name.
 */
remote: string, 
/**
 * The branch on the remote.
 */
branch: string, 
/**
 * Where the branch is now.
 */
sha: string, ts: Time, };

export type AttemptPr = { boardId: BoardId, attemptId: AttemptId, pr: PullRequest, };

export type PullRequest = { 
/**
 * Its number in its repository.
 */
number: number, 
/**
 * Its page.
 */
url: string, 
/**
 * Open or closed; a merged one is closed.
 */
state: PullRequestState, 
/**
 * Not ready yet.
 */
draft: boolean, 
/**
 * In the base branch.
 */
merged: boolean, 
/**
 * One line.
 */
title: string, 
/**
 * The branch with the work.
 */
headRef: string, 
/**
 * The branch it goes to.
 */
baseRef: string, 
/**
 * When it was opened.
 */
createdAt: Time, 
/**
 * When it last changed.
 */
updatedAt: Time, };

export type PullRequestState = "open" | "closed";

export type Agent = { 
/**
 * Its name.
 */
agent: AgentId, 
/**
 * Its name for people.
 */
label: string | null, 
/**
 * How it is spoken to.
 */
protocol: AgentProtocol, 
/**
 * Its program; `""` for one that is only known from reports.
 */
command: string, 
/**
 * The program's arguments.
 */
args: Array<string>, 
/**
 * When it was first known.
 */
createdAt: Time, };

export type AgentProtocol = "acp" | "command";

export type AgentRegistered = { agent: AgentId, 
/**
 * Its name for people.
 */
label: string | null, };

export type AgentProfile = { 
/**
 * Its id.
 */
profileId: ProfileId, 
/**
 * The agent.
 */
agent: AgentId, 
/**
 * Its name for people.
 */
label: string | null, 
/**
 * How to work; `env` comes back as names only.
 */
config: Record<string, unknown>, 
/**
 * When it was made.
 */
createdAt: Time, 
/**
 * When it last changed.
 */
updatedAt: Time, };

export type AgentProfileChanged = { kind: ChangeKind, profileId: ProfileId, agent: AgentId, 
/**
 * Its name for people.
 */
label: string | null, };

export type RecordedProfile = { 
/**
 * Its name for people.
 */
label: string | null, 
/**
 * How to work; of `env` the names only.
 */
config: Record<string, unknown>, };

export type PermissionPolicy = "ask" | "allow-reads" | "allow-all";

export type ChangeKind = "created" | "updated" | "deleted";

export type DashboardOverview = { timeRange: TimeRange, generatedAt: Time, metrics: Metrics, activeAttempts: Array<ActiveAttempt>, recentAttemptActivity: Array<RecentAttempt>, inboxItems: InboxItems, projectSnapshots: Array<ProjectSnapshot>, agentStats: Array<AgentStat>, meta: OverviewMeta, };

export type TimeRange = { preset: TimeRangePreset | null, from: Time | null, to: Time, };

export type TimeRangePreset = "last_24h" | "last_7d" | "last_30d" | "last_90d" | "all_time";

export type Metrics = { 
/**
 * `attempts.started`, `attempts.succeeded`, `attempts.failed`, `attempts.active`, `cards.open`, `events.published`.
 */
byKey: { [key in string]: Series }, 
/**
 * Queued, running or stopping now.
 */
activeAttempts: number, 
/**
 * First seen in the range.
 */
attemptsInRange: number, 
/**
 * Succeeded of those that ended well or badly in the range, 0 to 1.
 */
successRateInRange: number | null, 
/**
 * The length of the review inbox.
 */
reviewItemsCount: number, 
/**
 * Boards with an event in the range.
 */
projectsWithActivity: number, };

export type Series = { 
/**
 * Its name for people.
 */
label: string, 
/**
 * What is counted.
 */
unit: string, points: Array<SeriesPoint>, 
/**
 * The sum, or the last value of what is a level.
 */
total: number, trend: Trend, };

export type SeriesPoint = { 
/**
 * Where the bucket begins.
 */
timestamp: Time, 
/**
 * The sum, or the last value of what is a level.
 */
value: number, 
/**
 * The bucket's length in seconds.
 */
bucketSizeSeconds: number, };

export type Trend = "up" | "down" | "flat";

export type ActiveAttempt = { attemptId: AttemptId, projectId: BoardId, 
/**
 * Its board's name.
 */
projectName: string, cardId: CardId, 
/**
 * Its card's title.
 */
cardTitle: string, 
/**
 * Its card's ticket key.
 */
ticketKey: string, 
/**
 * The agent's name.
 */
agentId: string, status: AttemptStatus, 
/**
 * It waits for an answer.
 */
needsInput: boolean, startedAt: Time | null, updatedAt: Time, 
/**
 * Since it began, or since it was queued when it has not begun.
 */
elapsedSeconds: number, };

export type RecentAttempt = { attemptId: AttemptId, projectId: BoardId, 
/**
 * Its board's name.
 */
projectName: string, cardId: CardId, 
/**
 * Its card's title.
 */
cardTitle: string, 
/**
 * Its card's ticket key.
 */
ticketKey: string, 
/**
 * The agent's name.
 */
agentId: string, status: AttemptStatus, occurredAt: Time, 
/**
 * How long it ran.
 */
durationSeconds: number | null, 
/**
 * Why it failed, shortened.
 */
errorSummary: string | null, };

export type InboxItems = { needsInput: Array<InboxItem>, review: Array<InboxItem>, failed: Array<InboxItem>, stuck: Array<InboxItem>, meta: InboxMeta, };

export type InboxMeta = { 
/**
 * Of all four lists together.
 */
total: number, };

export type InboxItem = { 
/**
 * The kind and the attempt: the same thing has the same id in the next overview.
 */
id: string, type: InboxKind, attemptId: AttemptId, projectId: BoardId, 
/**
 * Its board's name.
 */
projectName: string, cardId: CardId, 
/**
 * Its card's title.
 */
cardTitle: string, 
/**
 * Its card's ticket key.
 */
ticketKey: string, 
/**
 * The agent's name.
 */
agentId: string, status: AttemptStatus, createdAt: Time, updatedAt: Time, 
/**
 * Its pull request.
 */
prUrl: string | null, 
/**
 * Why it failed, shortened.
 */
errorSummary: string | null, 
/**
 * How long it has been silent or queued; null for the other kinds.
 */
stuckForSeconds: number | null, };

export type InboxKind = "needsInput" | "review" | "failed" | "stuck";

export type ProjectSnapshot = { projectId: BoardId, 
/**
 * The board's name.
 */
name: string, 
/**
 * Queued, running or stopping now.
 */
activeAttemptsCount: number, 
/**
 * Cards that are not done.
 */
openCards: number, 
/**
 * All cards.
 */
totalCards: number, columnCardCounts: ColumnCardCounts, 
/**
 * First seen in the range.
 */
attemptsInRange: number, 
/**
 * Those that failed in the range.
 */
failedAttemptsInRange: number, health: Health, };

export type ColumnCardCounts = { 
/**
 * In the column with that key.
 */
backlog: number, 
/**
 * In the column with that key.
 */
inProgress: number, 
/**
 * In the column with that key.
 */
review: number, 
/**
 * In the column with that key.
 */
done: number, };

export type Health = { 
/**
 * Open cards + 3 × active attempts + 2 × attempts in the range.
 */
activityScore: number, 
/**
 * Failed of those that ended well or badly in the range, 0 to 1.
 */
failureRateInRange: number | null, 
/**
 * A score of 10 or more.
 */
isHighActivity: boolean, 
/**
 * 5 or more attempts in the range, and half of those that ended failed.
 */
isAtRisk: boolean, };

export type AgentStat = { 
/**
 * The agent's name.
 */
agentId: string, 
/**
 * Its name for people.
 */
agentName: string, 
/**
 * First seen in the range.
 */
attemptsStarted: number, 
/**
 * Ended well in the range.
 */
attemptsSucceeded: number, 
/**
 * Ended badly in the range.
 */
attemptsFailed: number, 
/**
 * Succeeded of those that ended well or badly, 0 to 1.
 */
successRate: number | null, lastActiveAt: Time | null, };

export type OverviewMeta = { 
/**
 * `v1`.
 */
version: string, 
/**
 * The ranges that can be asked for.
 */
availableTimeRangePresets: Array<TimeRangePreset>, };
