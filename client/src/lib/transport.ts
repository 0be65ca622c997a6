/** One stream over `fetch`: from the request to the last frame, with every way in which it can end. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Cancel, Environment } from './environment.ts'

/** A frame may be as long as the largest board; what is longer isn't ours. In characters. */
export const MAX_FRAME_CHARS = 32 * 1024 * 1024

/** How a stream, or the try of one, came to its end. */
export type Ending =
  /** The response ended, properly or not. */
  | { readonly kind: 'closed' }
  /** The server said that it goes, and when to come back. */
  | { readonly kind: 'shutdown'; readonly retryMs: number | null }
  /** Nothing was heard for too long. */
  | { readonly kind: 'silent' }
  /** The server wasn't reached. */
  | { readonly kind: 'unreachable' }
  /** What came is not what the protocol says. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** Another answer than a stream. */
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfter: string | null; readonly problem: unknown }
  /** 200, but of another type. */
  | { readonly kind: 'wrong_content_type'; readonly contentType: string }

export interface Handlers {
  readonly frame: (frame: EventSourceMessage) => void
  /** The server's `retry:`, in ms. */
  readonly retry: (ms: number) => void
  /** Bytes came, whatever they were. */
  readonly heard: () => void
  /** Called once, last. */
  readonly ended: (ending: Ending) => void
}

export interface OpenStream {
  readonly close: Cancel
  /** From now on so much silence, in ms, ends the stream. */
  readonly patience: (ms: number) => void
}

const isEventStream = (contentType: string | null) => /^text\/event-stream\s*(;|$)/i.test(contentType ?? '')

/** The longest problem document that is read, in bytes. */
const MAX_PROBLEM_BYTES = 16 * 1024

const problemOf = async (response: Response): Promise<unknown> => {
  const bytes = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (bytes !== undefined && text.length <= MAX_PROBLEM_BYTES) {
    const { done, value } = await bytes.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const refusalOf = async (response: Response): Promise<Ending | null> => {
  if (response.status !== 200) {
    const retryAfter = response.headers.get('retry-after')
    // Only a 404 says more in its text than by its number; the other texts are let go of.
    const problem = response.status === 404 ? await problemOf(response) : null
    return { kind: 'refused', status: response.status, retryAfter, problem }
  }
  const contentType = response.headers.get('content-type') ?? ''
  return isEventStream(contentType) && response.body !== null ? null : { kind: 'wrong_content_type', contentType }
}

/**
 * Opens a stream. No handler is called after `close`, and none after `ended`.
 *
 * @param patienceMs how long may be silence before the stream is given up
 */
export const openStream = (
  environment: Environment,
  url: string,
  headers: Readonly<Record<string, string>>,
  patienceMs: number,
  handlers: Handlers,
): OpenStream => {
  const abort = new AbortController()
  let patience = patienceMs
  let over = false
  let answered = false
  let stopTimer: Cancel = () => {}

  const end = (ending: Ending) => {
    if (over) return
    close()
    handlers.ended(ending)
  }
  const close = () => {
    over = true
    stopTimer()
    abort.abort()
  }
  const restartTimer = () => {
    stopTimer()
    if (!over) stopTimer = environment.after(patience, () => end({ kind: 'silent' }))
  }

  const read = async (): Promise<Ending> => {
    const { signal } = abort
    const response = await environment.fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal,
      cache: 'no-store',
    })
    answered = true
    const refusal = await refusalOf(response)
    if (refusal !== null || response.body === null) return refusal ?? { kind: 'closed' }
    const bytes = response.body.getReader()
    const decoder = new TextDecoder()
    let held = 0
    const parser = createParser({
      onEvent: (frame) => {
        held = 0
        if (!over) handlers.frame(frame)
      },
      onRetry: (ms) => !over && handlers.retry(ms),
      onComment: () => {
        held = 0
      },
    })
    for (;;) {
      const { done, value } = await bytes.read()
      if (over || done) return { kind: 'closed' }
      handlers.heard()
      restartTimer()
      const text = decoder.decode(value, { stream: true })
      held += text.length
      parser.feed(text)
      if (held > MAX_FRAME_CHARS) return { kind: 'malformed', detail: 'a frame is too long' }
    }
  }

  restartTimer()
  read().then(end, (error: unknown) => {
    if (error instanceof SyntaxError) end({ kind: 'malformed', detail: error.message })
    else end({ kind: answered ? 'closed' : 'unreachable' })
  })
  return {
    close,
    patience: (ms) => {
      patience = ms
      restartTimer()
    },
  }
}
