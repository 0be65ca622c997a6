/** A world in which tests move time, and in which they are the server. */
import type { Environment, Signal } from '../src/lib/environment.ts'

interface Timer {
  readonly due: number
  readonly run: () => void
}

/** A request that the test answers. */
export interface Asked {
  readonly url: URL
  readonly headers: Headers
  /** Whether the client has let go of it. */
  readonly isLetGo: () => boolean
  /** Another answer than a stream. */
  readonly answer: (status: number, body?: unknown, headers?: Record<string, string>) => Promise<void>
  /** The head of an answer whose body never comes. */
  readonly stall: (status: number, headers?: Record<string, string>) => Promise<void>
  /** The head of a stream. */
  readonly open: (contentType?: string) => Promise<void>
  readonly send: (text: string | Uint8Array) => Promise<void>
  readonly end: () => Promise<void>
  /** The connection breaks, or is never made. */
  readonly fail: () => Promise<void>
}

/** Lets everything that is ready to run, run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done))
}

export const frame = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

export class World {
  now = 1_700_000_000_000
  isVisible = true
  readonly asked: Asked[] = []
  #timers = new Set<Timer>()
  readonly #listeners = new Map<Signal, Set<() => void>>()

  readonly environment: Environment = {
    fetch: (input, init) => this.#fetch(new URL(String(input), 'http://test'), init ?? {}),
    now: () => this.now,
    after: (ms, run) => {
      const timer = { due: this.now + ms, run }
      this.#timers.add(timer)
      return () => this.#timers.delete(timer)
    },
    soon: (run) => this.environment.after(16, run),
    random: () => 0,
    isVisible: () => this.isVisible,
    listen: (signal, run) => {
      const all = this.#listeners.get(signal) ?? new Set()
      this.#listeners.set(signal, all.add(run))
      return () => all.delete(run)
    },
  }

  /** Time passes; what is due runs at its moment. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    await settle()
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0]
      if (next === undefined) break
      this.now = Math.max(this.now, next.due)
      this.#timers.delete(next)
      next.run()
      await settle()
    }
    this.now = until
  }

  async signal(signal: Signal): Promise<void> {
    for (const run of this.#listeners.get(signal) ?? []) run()
    await settle()
  }

  get timers(): number {
    return this.#timers.size
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, all) => sum + all.size, 0)
  }

  /** The streams that were asked for, the oldest first. */
  get streams(): Asked[] {
    return this.asked.filter(({ url }) => url.pathname.endsWith('/sse'))
  }

  /** The streams that the client holds. */
  get held(): Asked[] {
    return this.streams.filter((stream) => !stream.isLetGo())
  }

  get stream(): Asked {
    const last = this.streams.at(-1)
    if (last === undefined) throw new Error('no stream was asked for')
    return last
  }

  /** The newest request for a path that ends so. */
  request(end: string): Asked {
    const last = this.asked.filter(({ url }) => `${url.pathname}${url.search}`.includes(end)).at(-1)
    if (last === undefined) throw new Error(`nothing asked for ${end}`)
    return last
  }

  #fetch(url: URL, init: RequestInit): Promise<Response> {
    return new Promise((resolve, reject) => {
      let isOver = false
      let body: ReadableStreamDefaultController<Uint8Array> | null = null
      const encoder = new TextEncoder()
      const breaks = () => {
        isOver = true
        const error = new TypeError('the connection broke')
        reject(error)
        body?.error(error)
      }
      init.signal?.addEventListener('abort', breaks)
      this.asked.push({
        url,
        headers: new Headers(init.headers),
        isLetGo: () => isOver,
        answer: async (status, content, headers = {}) => {
          const text = content === undefined || status === 204 ? null : JSON.stringify(content)
          resolve(new Response(text, { status, headers }))
          await settle()
        },
        stall: async (status, headers = {}) => {
          const stream = new ReadableStream<Uint8Array>({
            start: (controller) => {
              body = controller
            },
          })
          resolve(new Response(stream, { status, headers }))
          await settle()
        },
        open: async (contentType = 'text/event-stream') => {
          const stream = new ReadableStream<Uint8Array>({
            start: (controller) => {
              body = controller
            },
          })
          resolve(new Response(stream, { headers: { 'content-type': contentType } }))
          await settle()
        },
        send: async (text) => {
          body?.enqueue(typeof text === 'string' ? encoder.encode(text) : text)
          await settle()
        },
        end: async () => {
          isOver = true
          body?.close()
          await settle()
        },
        fail: async () => {
          breaks()
          await settle()
        },
      })
    })
  }
}
