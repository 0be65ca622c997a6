import type {
  AgentProfileChanged,
  AgentRegistered,
  AttemptLog,
  AttemptPr,
  AttemptSession,
  AttemptStarted,
  AttemptStatusChanged,
  AttemptTodos,
  ConversationAppended,
  GitCommit,
  GitPush,
  GitStatus,
  GitStatusChanged,
  StatePatch,
} from '@boardcast/client'
import { attemptGitStatus } from './attempts.ts'
import type { components } from './generated/schema.d.ts'
import { answered, Problem, server } from './request.ts'

/** Who caused something, as the server knows it. */
export type Actor = components['schemas']['Actor']

/** The data of each domain event, as a frame of the stream would carry it. */
interface Logged {
  'board.state.changed': StatePatch
  'attempt.queued': AttemptStatusChanged
  'attempt.started': AttemptStarted
  'attempt.status.changed': AttemptStatusChanged
  'attempt.log.appended': AttemptLog
  'attempt.stopped': AttemptLog
  'attempt.conversation.appended': ConversationAppended
  'attempt.session.recorded': AttemptSession
  'attempt.todos.updated': AttemptTodos
  'git.status.changed': GitStatusChanged
  'git.commit.created': GitCommit
  'git.push.completed': GitPush
  'github.pr.created': AttemptPr
  'github.pr.updated': AttemptPr
  'agent.profile.changed': AgentProfileChanged
  'agent.registered': AgentRegistered
}

/** One entry of a board's log, as it is kept. */
export type LoggedEvent = {
  [Type in keyof Logged]: { seq: number; type: Type; time: string; data: Logged[Type]; actor?: Actor | null }
}[keyof Logged]

export interface EventPage {
  /** Newest first. */
  events: LoggedEvent[]
  /** Where the next older page ends; null at the beginning of what is kept. */
  before: number | null
}

/** Between what a board's log reaches now. */
export interface Reach {
  oldest: number
  head: number
}

const SPAN = 1000
const ENOUGH = 40
const WINDOWS = 12
const FIRST = 50

/**
 * The log counts over all boards and is read forwards, so an older page is a window of it that ends at `before`;
 * windows are joined until there is something to show.
 */
export async function olderEvents(board: string, before: number, oldest: number): Promise<EventPage> {
  const events: LoggedEvent[] = []
  let end: number | null = before
  for (let window = 0; window < WINDOWS && end !== null && events.length < ENOUGH; window++) {
    const page: EventPage = await stretch(board, end, oldest)
    events.push(...page.events)
    end = page.before
  }
  return { events, before: end }
}

async function stretch(board: string, before: number, oldest: number): Promise<EventPage> {
  const after = before - 1 - SPAN
  if (after <= oldest) return { events: await read(board, null, before), before: null }
  try {
    return { events: await read(board, after, before), before: after + 1 }
  } catch (error) {
    // More was trimmed meanwhile.
    if (!(error instanceof Problem) || error.code !== 'trimmed') throw error
    return { events: await read(board, null, before), before: null }
  }
}

async function read(board: string, after: number | null, before: number): Promise<LoggedEvent[]> {
  const query = { before: String(before), limit: SPAN, ...(after === null ? {} : { after: String(after) }) }
  return (await events(board, query)).data.events.reverse()
}

/** Events of a type that this page doesn't know are of a later version. */
async function events(board: string, query: EventQuery) {
  const { data, seq, cursor } = await answered(
    server.GET('/boards/{board}/events', { params: { path: { board }, query } }),
  )
  const known = data.events.flatMap((event): LoggedEvent[] => (isLogged(event) ? [event] : []))
  return { data: { ...data, events: known }, seq, cursor, last: data.events.at(-1)?.seq ?? 0 }
}

interface EventQuery {
  after?: string
  before?: string
  attemptId?: string
  cardId?: string
  limit: number
}

/** Where the log is now, as a cursor. */
export const headOfLog = async (board: string): Promise<string> => (await events(board, { limit: 1 })).cursor

/** Entries of a log, oldest first, up to its head at that moment. */
export interface Stretch {
  events: LoggedEvent[]
  head: number
  /** There was more than a page shows. */
  isCut: boolean
}

const PAGES = 60

/** What happened after a cursor, or from the oldest that is kept; of one card when that is named. */
export async function eventsSince(board: string, after: string | null, cardId: string | null): Promise<Stretch> {
  const found: LoggedEvent[] = []
  const narrow = cardId === null ? {} : { cardId }
  let from = after
  for (let page = 0; page < PAGES; page++) {
    const query = { limit: SPAN, ...narrow, ...(from === null ? {} : { after: from }) }
    const { data, seq, last } = await events(board, query)
    found.push(...data.events.filter(isMilestone))
    if (!data.more) return { events: found, head: seq, isCut: false }
    from = String(last)
  }
  return { events: found, head: Number(from), isCut: true }
}

/** What tells how the work went; the rest is what was said and printed on the way. */
const isMilestone = ({ type }: LoggedEvent): boolean => MILESTONES.has(type)

const MILESTONES: ReadonlySet<LoggedEvent['type']> = new Set([
  'board.state.changed',
  'attempt.queued',
  'attempt.started',
  'attempt.status.changed',
  'git.commit.created',
  'git.push.completed',
  'github.pr.created',
  'github.pr.updated',
])

const isLogged = (event: { type: string }): event is LoggedEvent => Object.hasOwn(TYPES, event.type)

const TYPES: Readonly<Record<keyof Logged, true>> = {
  'board.state.changed': true,
  'attempt.queued': true,
  'attempt.started': true,
  'attempt.status.changed': true,
  'attempt.log.appended': true,
  'attempt.stopped': true,
  'attempt.conversation.appended': true,
  'attempt.session.recorded': true,
  'attempt.todos.updated': true,
  'git.status.changed': true,
  'git.commit.created': true,
  'git.push.completed': true,
  'github.pr.created': true,
  'github.pr.updated': true,
  'agent.profile.changed': true,
  'agent.registered': true,
}

export async function reachOfLog(board: string): Promise<Reach> {
  const { data, seq } = await events(board, { limit: FIRST })
  // Facts about agents are kept longer than a board's own events, which are what a page can reach back to.
  const oldest = data.events.find(({ type }) => !type.startsWith('agent.'))
  return { oldest: oldest?.seq ?? seq, head: seq }
}

/** The last git status that was reported of an attempt, if there was one. */
export async function lastGitStatus(board: string, attempt: string): Promise<GitStatus | null> {
  const { data } = await events(board, { attemptId: attempt, limit: SPAN })
  // Asking for one that doesn't exist is a 404, which a browser writes to its console; so it is asked only if need be.
  const isKnown = data.more || data.events.some(({ type }) => type === 'git.status.changed')
  return isKnown ? attemptGitStatus(attempt).catch(() => null) : null
}
