import type { ConnectionView } from '@boardcast/client'
import { ago, clock } from '../ui/words.ts'

export interface PillWords {
  tone: 'live' | 'quiet' | 'stale' | 'failed'
  words: string
  /** The whole truth, for a tooltip. */
  detail: string
  canRetry: boolean
}

/** Shorter trouble is nobody's business. */
export const PATIENCE_MS = 3000

/** What the pill says. `troubleSince` is when the stream stopped being live, by this page's clock. */
export function pillWords(
  view: ConnectionView,
  troubleSince: number | null,
  isOnline: boolean,
  now: number,
): PillWords {
  const heard = view.lastEventAt === null ? 'nothing heard yet' : `heard ${ago((now - view.lastEventAt) / 1000)}`
  if (view.status === 'idle') return { tone: 'quiet', words: 'Idle', detail: 'No board is open.', canRetry: false }
  if (view.status === 'live') return { tone: 'live', words: 'Live', detail: `Live: ${heard}.`, canRetry: false }
  if (view.status === 'failed') {
    const why = view.reason ?? 'The server does not answer.'
    return { tone: 'failed', words: failedWords(view), detail: `${why} (${heard})`, canRetry: true }
  }
  const since = view.staleSince ?? troubleSince ?? now
  if (now - since < PATIENCE_MS && view.lastEventAt === null) {
    return { tone: 'quiet', words: '', detail: 'Connecting…', canRetry: false }
  }
  if (now - since < PATIENCE_MS) return { tone: 'live', words: 'Live', detail: `Live: ${heard}.`, canRetry: false }
  const detail = [view.reason ?? 'No connection yet', heard, again(view, now)].filter(Boolean).join('; ')
  const asOf = view.staleSince === null ? null : `as of ${clock(view.staleSince, now)}`
  if (!isOnline) return { tone: 'stale', words: asOf ? `Offline, ${asOf}` : 'Offline', detail, canRetry: false }
  const words = asOf ? asOf.charAt(0).toUpperCase() + asOf.slice(1) : 'Connecting…'
  return { tone: 'stale', words, detail, canRetry: true }
}

function failedWords({ code }: ConnectionView): string {
  if (code === 'unauthorized') return 'Needs a token'
  if (code === 'forbidden' || code === 'access_revoked') return 'No access'
  if (code === 'not_found') return 'Not found'
  return "Couldn't connect"
}

function again({ retryAt }: ConnectionView, now: number): string {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000)
  return seconds > 0 ? `next try in ${seconds} s` : ''
}
