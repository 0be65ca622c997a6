/** How long to wait before the next try. */

/** The first delay, in milliseconds, unless the server's `retry:` says another. */
export const FIRST_DELAY_MS = 1_500
/** No delay is longer. */
export const LONGEST_DELAY_MS = 12_000
/** No `retry:` makes the first one shorter. */
export const SHORTEST_DELAY_MS = 500
/** After so many tries in vain it is given up. */
export const MAX_TRIES = 8
/** A stream that lived so long, in milliseconds, starts the count anew. */
export const PROVEN_AFTER_MS = 5_000

/**
 * The delay before the next try after `tries` tries in vain: 1.5, 3, 6, then 12 s; `null` when it is given up.
 *
 * @param tries how many have been made since the last stream that lived, from 0
 * @param firstMs the first delay
 */
export const delayBeforeRetry = (tries: number, firstMs = FIRST_DELAY_MS): number | null =>
  tries < MAX_TRIES ? Math.min(firstMs * 2 ** tries, LONGEST_DELAY_MS) : null

/** Up to a fifth shorter, so that a thousand clients don't come back in the same instant. */
export const jittered = (delayMs: number, random: () => number): number => delayMs * (1 - 0.2 * random())

/** What a server asks for in `retry:`, within reason. */
export const clampedRetry = (ms: number): number => Math.min(Math.max(ms, SHORTEST_DELAY_MS), LONGEST_DELAY_MS)

/** The header `Retry-After` [RFC 9110 10.2.3], as milliseconds from `now`, within reason; `null` when it says nothing. */
export const retryAfter = (header: string | null, now: number): number | null => {
  if (header === null || header.trim() === '') return null
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_DELAY_MS)
}
