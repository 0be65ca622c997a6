/** The one stream of a tab: opened, resumed, widened and given up by the table of `connection.ts`. */
import type { BoardId, Bye, Hello } from '@boardcast/shared'
import { clampedRetry, delayBeforeRetry, FIRST_DELAY_MS, jittered, PROVEN_AFTER_MS } from './backoff.ts'
import { type Event, type State, TRANSITIONS } from './connection.ts'
import { verdictOn } from './endings.ts'
import type { Cancel, Environment } from './environment.ts'
import { patienceOf } from './patience.ts'
import { Place } from './place.ts'
import { Reading } from './reading.ts'
import { type Rest, RestError, type Server } from './rest.ts'
import { Standing } from './standing.ts'
import { type Ending, type OpenStream, openStream } from './transport.ts'
import type { FailureCode } from './views.ts'
import { type Gone, isNothing, isSame, NOTHING, type Sink, type Wanted, without } from './wanted.ts'

/** How often it is looked whether a server that was given up is back, in ms. */
const PROBE_MS = 30_000

export class Session {
  #state: State = 'idle'
  #stream: OpenStream | null = null
  #reading: Reading | null = null
  #open: Wanted = NOTHING
  #wanted: Wanted = NOTHING
  /** The boards that are shown as of the cursor, or later. */
  #known = new Set<BoardId>()
  #isWidening = false
  #tries = 0
  #firstDelayMs = FIRST_DELAY_MS
  #nextDelayMs = FIRST_DELAY_MS
  #heardAt = 0
  #timers: Cancel[] = []
  #signals: Cancel[] = []
  readonly #place = new Place()

  readonly #environment: Environment
  readonly #server: Server
  readonly #rest: Rest
  readonly #sink: Sink
  readonly #jitter: boolean
  readonly #standing: Standing

  constructor(environment: Environment, server: Server, rest: Rest, jitter: boolean, sink: Sink) {
    this.#environment = environment
    this.#server = server
    this.#rest = rest
    this.#jitter = jitter
    this.#sink = sink
    this.#standing = new Standing(sink.connection)
  }

  /** From now on this is wanted. */
  want(wanted: Wanted): void {
    const before = this.#wanted
    this.#wanted = wanted
    // What isn't wanted isn't kept: wanted again, it has to be read again.
    for (const id of this.#known) if (!wanted.boards.includes(id)) this.#known.delete(id)
    if (isNothing(wanted)) this.#happen('unwanted')
    else if (this.#state === 'idle') this.#happen('wanted')
    else if (!isSame(before, wanted)) this.#follow()
  }

  /** Tries at once, also after it was given up. */
  reconnect(): void {
    this.#happen('reconnect')
  }

  /** Boards that a running stream doesn't carry are read first, so that it can go on where it is. */
  #follow(): void {
    if (this.#isWidening) return
    const { cursor } = this.#place
    if (this.#state === 'live' && cursor !== null && this.#missing().length > 0) void this.#widen(cursor)
    else this.#reopen()
  }

  /** @param cursor from here on the next stream tells of the new boards, whatever the open one tells meanwhile */
  async #widen(cursor: string): Promise<void> {
    const stream = this.#stream
    // Joined to another stream than this one, what was read may be older than what that one has told.
    const isCurrent = () => this.#stream === stream
    this.#isWidening = true
    try {
      for (let missing = this.#missing(); missing.length > 0 && isCurrent(); missing = this.#missing()) {
        await Promise.all(missing.map((id) => this.#join(id, isCurrent)))
      }
      if (isCurrent()) this.#place.goBackTo(cursor)
    } catch {
      // The usual way then: everything afresh.
      if (isCurrent()) this.#place.forget()
    }
    this.#isWidening = false
    if (isCurrent()) this.#reopen()
    else this.#follow()
  }

  #missing(): readonly BoardId[] {
    return this.#wanted.boards.filter((id) => !this.#known.has(id))
  }

  #reopen(): void {
    if (this.#missing().length > 0) this.#place.forget()
    if (!isSame(this.#open, this.#wanted)) this.#happen('changed')
  }

  async #join(boardId: BoardId, isCurrent: () => boolean): Promise<void> {
    const isOfUse = () => isCurrent() && this.#wanted.boards.includes(boardId)
    try {
      const { state, attempts, position } = await this.#rest.join(boardId)
      if (!isOfUse()) return
      this.#place.seeUpTo(boardId, position)
      this.#known.add(boardId)
      this.#sink.joined(boardId, state, attempts)
    } catch (error) {
      if (!(error instanceof RestError) || error.status !== 404) throw error
      if (isOfUse()) this.#drop(boardId, 'not_found')
    }
  }

  #drop(boardId: BoardId, why: Gone): void {
    this.#wanted = without(this.#wanted, boardId)
    this.#known.delete(boardId)
    this.#sink.gone(boardId, why)
  }

  /** Each time with one board less: that can't go on for ever. */
  #goOnWithout(boardId: BoardId, why: Gone): void {
    if (why === 'not_found' && isNothing(without(this.#wanted, boardId))) {
      this.#sink.gone(boardId, why)
      return this.#refuse('not_found', 'There is no such board')
    }
    this.#drop(boardId, why)
    this.#happen(isNothing(this.#wanted) ? 'unwanted' : 'changed')
  }

  #happen(event: Event): void {
    const { to, action } = TRANSITIONS[this.#state][event]
    const left = this.#state
    const staleFrom = this.#staleFrom()
    this.#state = to
    switch (action) {
      case 'nothing':
        break
      case 'open':
        this.#connect()
        break
      case 'close':
        this.#release()
        break
      case 'wait':
        this.#wait()
        break
      case 'probe':
        this.#probe()
        break
      case 'check':
        // Whoever comes back doesn't wait.
        if (this.#quietMs() > this.#patienceMs()) this.#happen('woken')
        break
      default:
        action satisfies never
    }
    if (this.#state === to) this.#standing.stepped(left, event, to, staleFrom)
  }

  #quietMs(): number {
    return this.#environment.now() - this.#heardAt
  }

  /** If the stream is lost now: since when there may be news. After a long silence, a computer's sleep too, since the last byte. */
  #staleFrom(): number {
    return this.#quietMs() >= this.#patienceMs() ? this.#heardAt : this.#environment.now()
  }

  #patienceMs(): number {
    return patienceOf(this.#reading?.hello?.heartbeatMs)
  }

  #release(): void {
    this.#stream?.close()
    this.#stream = null
    for (const cancel of this.#timers.splice(0)) cancel()
    if (this.#state === 'idle') for (const cancel of this.#signals.splice(0)) cancel()
  }

  #after(ms: number, run: () => void): void {
    this.#timers.push(this.#environment.after(ms, run))
  }

  #connect(): void {
    this.#release()
    this.#listen()
    this.#open = this.#wanted
    if (this.#missing().length > 0) this.#place.forget()
    this.#known = new Set(this.#open.boards)
    this.#heardAt = this.#environment.now()
    const reading = new Reading(this.#place, this.#environment.now, {
      began: () => this.#began(),
      opened: (hello) => this.#opened(hello),
      told: (boardId, told) => {
        // A board that was left and is wanted again is told of from its new beginning on, not before.
        if (boardId === null || this.#known.has(boardId)) this.#sink.told(boardId, told)
      },
      bye: (bye) => this.#bye(bye),
    })
    this.#reading = reading
    // Bytes that never become a hello are no sign of life.
    this.#after(this.#patienceMs(), () => {
      if (reading.hello === null) this.#lost({ kind: 'silent' })
    })
    this.#stream = openStream(this.#environment, this.#url(), this.#server.headers, this.#patienceMs(), {
      frame: (frame) => reading.frame(frame),
      retry: (ms) => {
        this.#firstDelayMs = clampedRetry(ms)
      },
      heard: () => this.#heard(),
      ended: (ending) => this.#lost(ending),
    })
  }

  #listen(): void {
    if (this.#signals.length > 0) return
    const { listen } = this.#environment
    this.#signals = [
      listen('online', () => this.#happen('online')),
      listen('visible', () => this.#happen('visible')),
      listen('pageshow', () => this.#happen('visible')),
    ]
  }

  #url(): string {
    const query = new URLSearchParams(this.#open.boards.map((id) => ['boardId', id]))
    if (this.#open.dashboard && this.#open.boards.length > 0) query.append('dashboard', '1')
    query.append('state', 'patch')
    if (this.#place.cursor !== null) query.append('lastEventId', this.#place.cursor)
    return `${this.#server.url}/api/v1/sse?${query}`
  }

  #heard(): void {
    this.#heardAt = this.#environment.now()
    this.#standing.heard(this.#heardAt)
  }

  #began(): void {
    this.#stream?.patience(this.#patienceMs())
    this.#after(PROVEN_AFTER_MS, () => {
      this.#tries = 0
    })
  }

  #opened(hello: Hello): void {
    this.#happen('opened')
    this.#sink.opened(hello)
  }

  #bye(bye: Bye): void {
    this.#stream?.close()
    if (bye.boardId !== null && bye.reason !== 'shutdown' && this.#open.boards.includes(bye.boardId)) {
      return this.#goOnWithout(bye.boardId, bye.reason)
    }
    if (bye.reason === 'access_revoked') return this.#refuse('access_revoked', 'The access was withdrawn')
    this.#lost(bye.reason === 'shutdown' ? { kind: 'shutdown', retryMs: bye.retryMs } : { kind: 'closed' })
  }

  /** What a view holds no longer fits what comes: everything is read afresh. */
  restart(reason: string): void {
    this.#place.forget()
    if (this.#stream === null) return
    this.#stream.close()
    this.#lost({ kind: 'malformed', detail: reason })
  }

  #refuse(code: FailureCode, reason: string): void {
    this.#standing.because(reason, code)
    this.#happen('refused')
  }

  #lost(ending: Ending): void {
    const verdict = verdictOn(ending, this.#open.boards, this.#environment.now())
    if (verdict.next === 'stop') return this.#refuse(verdict.code, verdict.reason)
    if (verdict.next === 'drop') return this.#goOnWithout(verdict.boardId, 'not_found')
    const usual = delayBeforeRetry(this.#tries, this.#firstDelayMs)
    this.#tries += 1
    this.#standing.because(verdict.reason, usual === null ? 'gave_up' : null)
    if (usual === null) return this.#happen('exhausted')
    const delay = this.#jitter ? jittered(usual, this.#environment.random) : usual
    this.#nextDelayMs = verdict.delayMs ?? delay
    this.#happen('lost')
  }

  #wait(): void {
    this.#release()
    this.#after(this.#nextDelayMs, () => this.#happen('due'))
    this.#standing.retriesAt(this.#environment.now() + this.#nextDelayMs)
  }

  #probe(): void {
    this.#release()
    let isOver = false
    this.#timers.push(() => {
      isOver = true
    })
    this.#after(PROBE_MS, async () => {
      const isBack = this.#environment.isVisible() && (await this.#rest.isReady())
      if (isOver) return
      if (isBack) this.#happen('ready')
      else this.#probe()
    })
  }
}
