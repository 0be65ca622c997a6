import type { GitStatus } from '@boardcast/client'
import { attemptGitStatus } from './attempts.ts'
import { Problem, request, segment } from './request.ts'

/** One entry of a board's log, as it is kept. */
export interface LoggedEvent {
  seq: number
  type: string
  time: string
  data: unknown
}

export interface EventPage {
  /** Newest first. */
  events: LoggedEvent[]
  /** Where the next older page ends; null at the beginning of what is kept. */
  before: number | null
}

const SPAN = 1000
const ENOUGH = 40
const WINDOWS = 12

/**
 * The log counts over all boards and is read forwards, so an older page is a window of it that ends at `before`;
 * windows are joined until there is something to show.
 */
export async function olderEvents(board: string, before: number): Promise<EventPage> {
  const events: LoggedEvent[] = []
  let end: number | null = before
  for (let window = 0; window < WINDOWS && end !== null && events.length < ENOUGH; window++) {
    const page: EventPage = await stretch(board, end)
    events.push(...page.events)
    end = page.before
  }
  return { events, before: end }
}

async function stretch(board: string, before: number): Promise<EventPage> {
  const after = before - 1 - SPAN
  if (after <= 0) return { events: await read(board, null, before), before: null }
  try {
    return { events: await read(board, after, before), before: after + 1 }
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'trimmed') throw error
    return { events: await read(board, null, before), before: null }
  }
}

async function read(board: string, after: number | null, before: number): Promise<LoggedEvent[]> {
  const query = { after, before, limit: SPAN }
  const { data } = await request<{ events: LoggedEvent[] }>('GET', `/boards/${segment(board)}/events`, { query })
  return data.events.reverse()
}

/** The position of the log now, to page back from. */
export async function headOfLog(board: string): Promise<number> {
  return (await request('GET', `/boards/${segment(board)}/events`, { query: { limit: 1 } })).seq
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
