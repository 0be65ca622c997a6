/** What follows from the end of a stream, or of the try of one. Pure. */
import { clampedRetry, retryAfter } from './backoff.ts'
import { kindOf } from './shapes.ts'
import type { Ending } from './transport.ts'
import type { FailureCode } from './views.ts'

export type Verdict =
  /** Worth another try: after `delayMs`, or by the usual delays. */
  | { readonly next: 'retry'; readonly reason: string; readonly delayMs: number | null }
  /** Another try would be answered the same. */
  | { readonly next: 'stop'; readonly reason: string; readonly code: FailureCode }
  /** One of the boards isn't there; the others are worth another try at once. */
  | { readonly next: 'drop'; readonly boardId: string }

const retry = (reason: string, delayMs: number | null = null): Verdict => ({ next: 'retry', reason, delayMs })

const STOPS: Readonly<Record<number, readonly [FailureCode, string]>> = {
  204: ['no_content', 'The server has nothing to stream'],
  401: ['unauthorized', 'The server wants a token'],
  403: ['forbidden', 'The server refuses access'],
  404: ['not_found', 'There is no such stream'],
}

const boardIn = (problem: unknown): string | null =>
  typeof problem === 'object' && problem !== null && 'boardId' in problem && typeof problem.boardId === 'string'
    ? problem.boardId
    : null

const ofRefusal = (ending: Extract<Ending, { kind: 'refused' }>, asked: readonly string[], now: number): Verdict => {
  const boardId = ending.status === 404 ? boardIn(ending.problem) : null
  if (boardId !== null && asked.includes(boardId)) return { next: 'drop', boardId }
  const [code, reason] = STOPS[ending.status] ?? []
  if (code !== undefined && reason !== undefined) return { next: 'stop', code, reason }
  const busy = ending.status === 429 || ending.status === 503
  return retry(
    busy ? 'The server is busy' : `The server answered ${ending.status}`,
    busy ? retryAfter(ending.retryAfter, now) : null,
  )
}

/**
 * What to do next.
 *
 * @param asked the boards that the stream was asked for
 */
export const verdictOn = (ending: Ending, asked: readonly string[], now: number): Verdict => {
  switch (ending.kind) {
    case 'closed':
      return retry('The connection ended')
    case 'shutdown':
      return retry(
        'The server shuts down',
        kindOf(ending.retryMs) === 'number' ? clampedRetry(Number(ending.retryMs)) : null,
      )
    case 'silent':
      return retry('The server fell silent')
    case 'unreachable':
      return retry("The server can't be reached")
    case 'malformed':
      return retry(`The server sent something odd: ${ending.detail}`)
    case 'wrong_content_type':
      return { next: 'stop', code: 'wrong_content_type', reason: 'The answer was no event stream' }
    case 'refused':
      return ofRefusal(ending, asked, now)
    default:
      return ending satisfies never
  }
}
