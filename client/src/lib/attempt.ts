/** What the stream tells of an attempt, folded into its view. Pure. */
import type { Attempt, AttemptLog, AttemptStarted, AttemptStatusChanged, ConversationItem } from '@boardcast/shared'
import type { AttemptView } from './views.ts'

/** How many of the newest items are kept. */
export const MAX_ITEMS = 500
/** How many of the newest lines are kept. */
export const MAX_LINES = 2_000
/** How much text the newest lines may hold together, in characters. */
export const MAX_LINE_CHARS = 8 * 1024 * 1024
/** The longest last line that is shown, in characters. */
const LAST_LINE_CHARS = 200

/** An attempt of which only the id is known. */
export const newAttempt = (attemptId: string, cardId = ''): AttemptView => ({
  attemptId,
  cardId,
  agent: '',
  status: 'queued',
  needsInput: false,
  startedAt: null,
  endedAt: null,
  error: null,
  updatedAt: null,
  branchName: null,
  baseBranch: null,
  profileId: null,
  sessionId: null,
  todos: null,
  todoCount: null,
  items: [],
  lines: [],
  dropped: 0,
  lastLine: null,
  git: null,
  pr: null,
})

export const withStatus = (view: AttemptView, told: AttemptStatusChanged): AttemptView => ({
  ...view,
  cardId: told.cardId,
  agent: told.agent,
  status: told.status,
  needsInput: told.needsInput,
  startedAt: told.startedAt,
  endedAt: told.endedAt,
  error: told.error,
  updatedAt: told.ts,
})

export const withStart = (view: AttemptView, told: AttemptStarted): AttemptView => ({
  ...view,
  cardId: told.cardId,
  agent: told.agent,
  profileId: told.profileId,
  branchName: told.branchName,
  baseBranch: told.baseBranch,
  startedAt: told.ts,
  endedAt: null,
  status: 'running',
  updatedAt: told.ts,
})

const lastLineOf = (message: string): string | null =>
  message
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '')
    ?.slice(0, LAST_LINE_CHARS) ?? null

/** How many of the oldest lines are too many. */
const overOf = (lines: AttemptView['lines']): number => {
  let chars = 0
  const tooLong = lines.findLastIndex(({ message }) => {
    chars += message.length
    return chars > MAX_LINE_CHARS
  })
  return Math.max(lines.length - MAX_LINES, tooLong + 1)
}

export const withLines = (view: AttemptView, told: readonly { seq: number; log: AttemptLog }[]): AttemptView => {
  const lines = [...view.lines, ...told.map(({ seq, log: { ts, level, message } }) => ({ seq, ts, level, message }))]
  const over = overOf(lines)
  const last = told.at(-1)?.log
  return {
    ...view,
    lines: over === 0 ? lines : lines.slice(over),
    dropped: view.dropped + over,
    lastLine: (last && lastLineOf(last.message)) ?? view.lastLine,
    updatedAt: last?.ts ?? view.updatedAt,
  }
}

export const withItem = (view: AttemptView, seq: number, item: ConversationItem): AttemptView => {
  const at = view.items.findLastIndex((known) => known.item.id === item.id)
  const items = at === -1 ? [...view.items, { seq, item }] : view.items.with(at, { seq, item })
  return { ...view, items: items.length > MAX_ITEMS ? items.slice(-MAX_ITEMS) : items }
}

/** What a look over REST adds to what the stream has told: the stream's word counts. */
export const withRest = (view: AttemptView | undefined, read: Attempt): AttemptView => {
  const base: AttemptView = view ?? {
    ...newAttempt(read.id, read.cardId),
    agent: read.agent,
    status: read.status,
    needsInput: read.needsInput,
    startedAt: read.startedAt,
    endedAt: read.endedAt,
    error: read.error,
  }
  return {
    ...base,
    branchName: base.branchName ?? (read.branchName || null),
    baseBranch: base.baseBranch ?? (read.baseBranch || null),
    profileId: base.profileId ?? read.profileId,
    sessionId: base.sessionId ?? read.sessionId,
    updatedAt: base.updatedAt ?? read.updatedAt,
    todoCount: base.todoCount ?? read.todos,
    lastLine: base.lastLine ?? read.lastLine,
    pr: base.pr ?? read.pr,
  }
}
