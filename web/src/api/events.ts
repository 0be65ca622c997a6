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
import { Problem, request, segment } from './request.ts'

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
  [Type in keyof Logged]: { seq: number; type: Type; time: string; data: Logged[Type] }
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
  const query = { after, before, limit: SPAN }
  const { data } = await request<{ events: LoggedEvent[] }>('GET', `/boards/${segment(board)}/events`, { query })
  return data.events.reverse()
}

export async function reachOfLog(board: string): Promise<Reach> {
  const path = `/boards/${segment(board)}/events`
  const { data, seq } = await request<{ events: LoggedEvent[] }>('GET', path, { query: { limit: FIRST } })
  // Facts about agents are kept longer than a board's own events, which are what a page can reach back to.
  const oldest = data.events.find(({ type }) => !type.startsWith('agent.'))
  return { oldest: oldest?.seq ?? seq, head: seq }
}

/** The last git status that was reported of an attempt, if there was one. */
export async function lastGitStatus(board: string, attempt: string): Promise<GitStatus | null> {
  const query = { attemptId: attempt, limit: SPAN }
  const path = `/boards/${segment(board)}/events`
  const { data } = await request<{ events: LoggedEvent[]; more: boolean }>('GET', path, { query })
  // Asking for one that doesn't exist is a 404, which a browser writes to its console; so it is asked only if need be.
  const isKnown = data.more || data.events.some(({ type }) => type === 'git.status.changed')
  return isKnown ? attemptGitStatus(attempt).catch(() => null) : null
}
