/** Frames folded into views. Pure: the same frames give the same view, in one batch or one by one. */
import type { AttemptLog, BoardState, SseMsg, StatePatch } from '@boardcast/shared'
import { newAttempt, withItem, withLines, withStart, withStatus } from './attempt.ts'
import { changesBetween } from './changes.ts'
import { PatchError, patched } from './patch.ts'
import { flawOf } from './shapes.ts'
import { type Activity, type AttemptView, type BoardView, type DashboardView, emptyRecord, recordOf } from './views.ts'

/** What is kept of what happened. */
export const MAX_ACTIVITY = 500
/** So many attempts of a board are kept; those that were told of first go first. */
export const MAX_ATTEMPTS = 5_000
/** What is kept of the facts about agents. */
export const MAX_AGENT_FACTS = 100

/** A message with its place in the log; openings and overviews have none, or that of the moment they show. */
export interface Told {
  readonly seq: number
  /** When it came, RFC 3339: for messages without a time of their own. */
  readonly at: string
  readonly msg: SseMsg
}

const isBoard = (value: unknown): value is BoardState =>
  typeof value === 'object' && value !== null && flawOf('state', value) === null

const patchedState = (state: BoardState | null, change: StatePatch): BoardState => {
  if (change.baseSeq !== 0 && state?.seq !== change.baseSeq) {
    throw new PatchError(`a patch of ${change.baseSeq} doesn't fit the board of ${state?.seq}`)
  }
  const after = patched(state, change.patch)
  if (!isBoard(after) || after.seq !== change.seq) throw new PatchError('a patch made something else than it says')
  return after
}

const withActivity = (view: BoardView, entry: Activity): BoardView => ({
  ...view,
  activity: [...view.activity, entry].slice(-MAX_ACTIVITY),
})

/** The records that this fold has made itself: they are changed in place, so that a batch copies them once. */
type Own = WeakSet<object>

const withEntry = <T>(record: Readonly<Record<string, T>>, name: string, value: T, own: Own) => {
  const mine: Record<string, T> = own.has(record) ? record : Object.assign(Object.create(null), record)
  own.add(mine)
  mine[name] = value
  return mine
}

const withAttempt = (
  view: BoardView,
  id: string,
  own: Own,
  change: (attempt: AttemptView) => AttemptView,
): BoardView => {
  const attempt = change(view.attempts[id] ?? newAttempt(id))
  return { ...view, attempts: withEntry(view.attempts, id, attempt, own) }
}

const withLatest = (view: BoardView, cardId: string, attemptId: string, own: Own): BoardView =>
  view.latestAttempt[cardId] === attemptId
    ? view
    : { ...view, latestAttempt: withEntry(view.latestAttempt, cardId, attemptId, own) }

/** An attempt that the view hears of for the first time is the youngest of its card: older ones came with the opening. */
const withYoungest = (view: BoardView, cardId: string, attemptId: string, own: Own): BoardView =>
  view.attempts[attemptId] === undefined ? withLatest(view, cardId, attemptId, own) : view

/** A fresh start: only what the opening tells counts. */
export const restarted = (view: BoardView, state: BoardState): BoardView => ({
  ...view,
  state,
  attempts: emptyRecord(),
  latestAttempt: emptyRecord(),
  git: null,
  activity: [],
  ended: null,
  generation: view.generation + 1,
})

/** A deleted card takes its attempts with it. */
const withoutCards = (view: BoardView, cardIds: ReadonlySet<string>): BoardView => {
  const attempts = Object.entries(view.attempts).filter(([, { cardId }]) => !cardIds.has(cardId))
  const latest = Object.entries(view.latestAttempt).filter(([cardId]) => !cardIds.has(cardId))
  return { ...view, attempts: recordOf(attempts), latestAttempt: recordOf(latest) }
}

const withPatch = (view: BoardView, told: Told, change: StatePatch): BoardView => {
  const state = patchedState(view.state, change)
  const changes = view.state === null ? [] : changesBetween(view.state, state)
  if (changes.length === 0) return { ...view, state }
  const gone = new Set(changes.flatMap((each) => (each.what === 'card_removed' ? [each.cardId] : [])))
  const next = gone.size === 0 ? { ...view, state } : withoutCards({ ...view, state }, gone)
  return withActivity(next, { kind: 'board', seq: told.seq, at: told.at, changes })
}

/**
 * The view after one message.
 *
 * @throws PatchError when a patch doesn't fit: the board is then to be read afresh
 */
export const reduceBoard = (view: BoardView, told: Told, own: Own = new WeakSet()): BoardView => {
  const { msg, seq } = told
  const fact = () => withActivity(view, { kind: 'fact', seq, at: 'ts' in msg.data ? msg.data.ts : told.at, msg })
  switch (msg.event) {
    case 'state':
      return restarted(view, msg.data)
    case 'state_patch':
      return withPatch(view, told, msg.data)
    case 'attempt_started': {
      const { cardId, attemptId } = msg.data
      return withAttempt(withYoungest(fact(), cardId, attemptId, own), attemptId, own, (attempt) =>
        withStart(attempt, msg.data),
      )
    }
    case 'attempt_status': {
      const { cardId, attemptId, replayed } = msg.data
      const before = replayed === true ? view : fact()
      return withAttempt(withYoungest(before, cardId, attemptId, own), attemptId, own, (attempt) =>
        withStatus(attempt, msg.data),
      )
    }
    case 'attempt_log':
      return withAttempt(fact(), msg.data.attemptId, own, (attempt) => withLines(attempt, [{ seq, log: msg.data }]))
    case 'conversation_item':
      return withAttempt(fact(), msg.data.attemptId, own, (attempt) => withItem(attempt, seq, msg.data.item))
    case 'attempt_session':
      return withAttempt(fact(), msg.data.attemptId, own, (attempt) => ({ ...attempt, sessionId: msg.data.sessionId }))
    case 'attempt_todos': {
      const { attemptId, todos } = msg.data
      const todoCount = { total: todos.total, completed: todos.completed }
      return withAttempt(fact(), attemptId, own, (attempt) => ({ ...attempt, todos, todoCount }))
    }
    case 'git_status': {
      const { attemptId, status } = msg.data
      if (attemptId === '') return { ...fact(), git: status }
      return withAttempt(fact(), attemptId, own, (attempt) => ({ ...attempt, git: status }))
    }
    case 'attempt_pr':
      return withAttempt(fact(), msg.data.attemptId, own, (attempt) => ({ ...attempt, pr: msg.data.pr }))
    case 'git_commit':
    case 'git_push':
    case 'agent_profile':
    case 'agent_registered':
      return fact()
    case 'hello':
    case 'heartbeat':
    case 'dashboard_overview':
    case 'bye':
      return view
    default:
      return msg satisfies never
  }
}

/** The dashboard after one message. */
export const reduceDashboard = (view: DashboardView, { msg }: Told): DashboardView => {
  if (msg.event === 'dashboard_overview') return { ...view, overview: msg.data }
  if (msg.event !== 'agent_profile' && msg.event !== 'agent_registered') return view
  return { ...view, agents: [...view.agents, msg.data].slice(-MAX_AGENT_FACTS) }
}

/** The lines of one attempt that stand together from `at` on. */
const linesFrom = (all: readonly Told[], at: number): readonly { seq: number; log: AttemptLog; told: Told }[] => {
  const lines: { seq: number; log: AttemptLog; told: Told }[] = []
  for (let told = all[at]; told?.msg.event === 'attempt_log'; told = all[at + lines.length]) {
    if (lines[0] !== undefined && lines[0].log.attemptId !== told.msg.data.attemptId) break
    lines.push({ seq: told.seq, log: told.msg.data, told })
  }
  return lines
}

const withLineRun = (view: BoardView, run: ReturnType<typeof linesFrom>, own: Own): BoardView => {
  const facts = run
    .slice(-MAX_ACTIVITY)
    .map(({ seq, log, told }): Activity => ({ kind: 'fact', seq, at: log.ts, msg: told.msg }))
  const next = withAttempt(view, run[0]?.log.attemptId ?? '', own, (attempt) => withLines(attempt, run))
  return { ...next, activity: [...next.activity, ...facts].slice(-MAX_ACTIVITY) }
}

const withinBounds = (view: BoardView): BoardView => {
  const attempts = Object.entries(view.attempts)
  return attempts.length > MAX_ATTEMPTS ? { ...view, attempts: recordOf(attempts.slice(-MAX_ATTEMPTS)) } : view
}

/** The view after all of them. Lines that stand together are folded together: a flood costs by batches, not by lines. */
export const reduceAll = (view: BoardView, all: readonly Told[]): BoardView => {
  const own: Own = new WeakSet()
  let next = view
  for (let at = 0; at < all.length; ) {
    const lines = linesFrom(all, at)
    const told = all[at]
    if (lines.length > 0) next = withLineRun(next, lines, own)
    else if (told !== undefined) next = reduceBoard(next, told, own)
    at += Math.max(lines.length, 1)
  }
  return withinBounds(next)
}
