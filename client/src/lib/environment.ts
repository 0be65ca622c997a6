/** What the library takes from the place it runs in: a browser, a worker, Node, or a test that moves time itself. */

/** Ends what was begun; more than once is harmless. */
export type Cancel = () => void

/** What makes a new connection worth trying. */
export type Signal = 'online' | 'visible' | 'pageshow'

export interface Environment {
  readonly fetch: typeof fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Runs once, after so many milliseconds. */
  readonly after: (ms: number, run: () => void) => Cancel
  /** Runs once, soon: what happens until then is shown together. */
  readonly soon: (run: () => void) => Cancel
  /** From 0 up to 1. */
  readonly random: () => number
  readonly isVisible: () => boolean
  readonly listen: (signal: Signal, run: () => void) => Cancel
}

/** Readers see at most one change in this time, in milliseconds: a frame of a usual screen. */
const TOGETHER_MS = 16

const after = (ms: number, run: () => void): Cancel => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

const listen = (signal: Signal, run: () => void): Cancel => {
  const onVisible = () => globalThis.document.visibilityState === 'visible' && run()
  const [target, name, handler] =
    signal === 'visible' ? [globalThis.document, 'visibilitychange', onVisible] : [globalThis, signal, run]
  // Workers have no document, and Node no events of its own.
  target?.addEventListener?.(name, handler)
  return () => target?.removeEventListener?.(name, handler)
}

/** What browsers, workers and Node give. */
export const systemEnvironment = (fetcher?: typeof fetch): Environment => ({
  // Called as a plain function: a browser's own refuses to be called as anybody else's method.
  fetch: (...request) => {
    const call = fetcher ?? globalThis.fetch
    return call(...request)
  },
  now: () => Date.now(),
  after,
  soon: (run) => after(TOGETHER_MS, run),
  random: () => Math.random(),
  // What has no page is always looked at.
  isVisible: () => globalThis.document === undefined || globalThis.document.visibilityState === 'visible',
  listen,
})
