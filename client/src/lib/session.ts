/** The one stream of a tab: opened, resumed, widened and given up by the table of `connection.ts`. */
import type { Attempt, BoardId, BoardState, Bye, Hello, SseMsg } from '@boardcast/shared'
import type { EventSourceMessage } from 'eventsource-parser'
import { clampedRetry, delayBeforeRetry, FIRST_DELAY_MS, jittered, PROVEN_AFTER_MS } from './backoff.ts'
import { type Event, STATUS, type State, TRANSITIONS } from './connection.ts'
import { verdictOn } from './endings.ts'
import type { Cancel, Environment } from './environment.ts'
import { boardOf, parseCursor, parseMessage } from './messages.ts'
import { Place } from './place.ts'
import type { Told } from './reduce.ts'
import { type Rest, RestError, type Server } from './rest.ts'
import { type Ending, type OpenStream, openStream } from './transport.ts'
import { type ConnectionView, type FailureCode, IDLE } from './views.ts'

/** What is expected of a server that hasn't told its heartbeat yet, in ms. */
const DEFAULT_HEARTBEAT_MS = 15_000
/** A heartbeat outside of this isn't believed, in ms. */
const SHORTEST_HEARTBEAT_MS = 10
const LONGEST_HEARTBEAT_MS = 60_000
/** So many heartbeats of silence mean that the other side is dead. */
const SILENT_HEARTBEATS = 2.5
/** How often it is looked whether a server that was given up is back, in ms. */
const PROBE_MS = 30_000
/** When something was heard is told no more often than this, in ms. */
const HEARD_STEP_MS = 1_000

/** What somebody wants to see. */
export interface Wanted {
  readonly boards: readonly BoardId[]
  readonly dashboard: boolean
}

/** Why a board is no longer to be had. */
export type Gone = 'board_deleted' | 'not_found' | 'access_revoked'

/** Where everything goes. */
export interface Sink {
  readonly told: (boardId: BoardId | null, told: Told) => void
  /** A board's state came over REST, with its attempts. */
  readonly joined: (boardId: BoardId, state: BoardState, attempts: readonly Attempt[]) => void
  /** Hello and the opening are complete. */
  readonly opened: (hello: Hello) => void
  /** The board is no longer to be had: it isn't wanted any more. */
  readonly gone: (boardId: BoardId, why: Gone) => void
  readonly connection: (view: ConnectionView) => void
}

/** Why it connects again although nothing was lost. */
const REASONS: Partial<Record<Event, string>> = {
  online: 'The network is back',
  reconnect: 'Connecting again',
  woken: 'The server fell silent',
}

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most

/** What the server says, within reason. */
const heartbeat = (ms: unknown): number =>
  isWithin(ms, SHORTEST_HEARTBEAT_MS, LONGEST_HEARTBEAT_MS) ? ms : DEFAULT_HEARTBEAT_MS

const sameSet = (a: Wanted, b: Wanted): boolean =>
  a.dashboard === b.dashboard && a.boards.length === b.boards.length && a.boards.every((id) => b.boards.includes(id))

export class Session {
  #state: State = 'idle'
  #view: ConnectionView = IDLE
  #stream: OpenStream | null = null
  #open: Wanted = { boards: [], dashboard: false }
  #wanted: Wanted = this.#open
  /** The boards that are shown as of the cursor, or later. */
  #known = new Set<BoardId>()
  #isWidening = false
  #hello: Hello | null = null
  #isOpened = false
  #tries = 0
  #firstDelayMs = FIRST_DELAY_MS
  #nextDelayMs: number | null = null
  #heardAt = 0
  #timers: Cancel[] = []
  #signals: Cancel[] = []
  readonly #place = new Place()

  readonly #environment: Environment
  readonly #server: Server
  readonly #rest: Rest
  readonly #sink: Sink
  readonly #jitter: boolean

  constructor(environment: Environment, server: Server, rest: Rest, jitter: boolean, sink: Sink) {
    this.#environment = environment
    this.#server = server
    this.#rest = rest
    this.#jitter = jitter
    this.#sink = sink
  }

  /** From now on this is wanted. */
  want(wanted: Wanted): void {
    const before = this.#wanted
    this.#wanted = wanted
    // What isn't wanted isn't kept: wanted again, it has to be read again.
    for (const id of this.#known) if (!wanted.boards.includes(id)) this.#known.delete(id)
    if (wanted.boards.length === 0 && !wanted.dashboard) this.#happen('unwanted')
    else if (this.#state === 'idle') this.#happen('wanted')
    else if (!sameSet(before, wanted)) this.#follow()
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
    if (!sameSet(this.#open, this.#wanted)) this.#happen('changed')
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
    this.#wanted = { ...this.#wanted, boards: this.#wanted.boards.filter((id) => id !== boardId) }
    this.#known.delete(boardId)
    this.#sink.gone(boardId, why)
  }

  /** Each time with one board less: that can't go on for ever. */
  #goOnWithout(boardId: BoardId, why: Gone): void {
    this.#drop(boardId, why)
    this.#happen(this.#wanted.boards.length === 0 && !this.#wanted.dashboard ? 'unwanted' : 'changed')
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
    if (this.#state === to) this.#show(left, staleFrom, REASONS[event] ?? null)
  }

  #quietMs(): number {
    return this.#environment.now() - this.#heardAt
  }

  /** If the stream is lost now: since when there may be news. After a long silence, a computer's sleep too, since the last byte. */
  #staleFrom(): number {
    return this.#quietMs() >= this.#patienceMs() ? this.#heardAt : this.#environment.now()
  }

  #show(left: State, staleFrom: number, reason: string | null): void {
    const isLive = this.#state === 'live'
    const isIdle = this.#state === 'idle'
    const lostNow = left === 'live' && !isLive && !isIdle
    this.#tell({
      status: STATUS[this.#state],
      staleSince: isLive || isIdle ? null : lostNow ? staleFrom : this.#view.staleSince,
      reason: isLive || isIdle ? null : (this.#view.reason ?? reason),
      ...(this.#state === 'failed' || this.#state === 'refused' ? {} : { code: null }),
      ...(this.#state === 'waiting' ? {} : { retryAt: null }),
    })
  }

  #tell(change: Partial<ConnectionView>): void {
    this.#view = { ...this.#view, ...change }
    this.#sink.connection(this.#view)
  }

  #patienceMs(): number {
    return heartbeat(this.#hello?.heartbeatMs) * SILENT_HEARTBEATS
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
    this.#hello = null
    this.#isOpened = false
    this.#nextDelayMs = null
    this.#heardAt = this.#environment.now()
    // Bytes that never become a hello are no sign of life.
    this.#after(this.#patienceMs(), () => {
      if (this.#hello === null) this.#lost({ kind: 'silent' })
    })
    this.#stream = openStream(this.#environment, this.#url(), this.#server.headers, this.#patienceMs(), {
      frame: (frame) => this.#frame(frame),
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
    if (this.#heardAt - (this.#view.lastEventAt ?? 0) >= HEARD_STEP_MS) this.#tell({ lastEventAt: this.#heardAt })
  }

  #frame(frame: EventSourceMessage): void {
    const msg = parseMessage(frame.event ?? 'message', frame.data)
    if (msg === null) return
    if (msg.event === 'hello') return this.#begin(msg.data)
    if (this.#hello === null) throw new SyntaxError('the first event was not hello')
    if (msg.event === 'bye') return this.#bye(msg.data)
    if (msg.event !== 'heartbeat') this.#event(msg, frame.id, this.#hello)
  }

  #begin(hello: Hello): void {
    if (this.#hello !== null) throw new SyntaxError('hello came twice')
    this.#hello = hello
    this.#place.begin(hello.epoch, hello.replay === 'tail')
    this.#stream?.patience(this.#patienceMs())
    this.#after(PROVEN_AFTER_MS, () => {
      this.#tries = 0
    })
    // The end of a fresh opening is the frame with the id; without boards there may be none.
    if (hello.replay === 'tail' || hello.boards.length === 0) this.#opened(hello)
  }

  #opened(hello: Hello): void {
    this.#isOpened = true
    this.#happen('opened')
    this.#sink.opened(hello)
  }

  #event(msg: SseMsg, id: string | undefined, hello: Hello): void {
    const position = parseCursor(id)
    const boardId = boardOf(msg)
    const told = { seq: position?.seq ?? hello.headSeq, at: new Date(this.#environment.now()).toISOString(), msg }
    if (id === undefined || position === null) return this.#sink.told(boardId, told)
    if (!this.#place.belongs(position)) throw new SyntaxError('an id of another log')
    // The opening's last frame carries the id of the whole opening, of all its boards.
    const isOpening = !this.#isOpened
    if (isOpening || !this.#place.knows(boardId, position.seq)) this.#sink.told(boardId, told)
    if (isOpening) for (const board of hello.boards) this.#place.see(board, id, position.seq)
    this.#place.see(boardId, id, position.seq)
    if (isOpening) this.#opened(hello)
  }

  #bye(bye: Bye): void {
    this.#stream?.close()
    if (bye.boardId !== null && bye.reason !== 'shutdown' && this.#open.boards.includes(bye.boardId)) {
      return this.#goOnWithout(bye.boardId, bye.reason)
    }
    if (bye.reason === 'access_revoked') return this.#refuse('access_revoked', 'The access was withdrawn')
    this.#nextDelayMs = Number.isFinite(bye.retryMs) ? clampedRetry(Number(bye.retryMs)) : null
    this.#lost({ kind: 'closed' })
  }

  /** What a view holds no longer fits what comes: everything is read afresh. */
  restart(reason: string): void {
    this.#place.forget()
    if (this.#stream === null) return
    this.#stream.close()
    this.#lost({ kind: 'malformed', detail: reason })
  }

  #refuse(code: FailureCode, reason: string): void {
    this.#tell({ code, reason })
    this.#happen('refused')
  }

  #lost(ending: Ending): void {
    const verdict = verdictOn(ending, this.#open.boards, this.#environment.now())
    if (verdict.next === 'stop') return this.#refuse(verdict.code, verdict.reason)
    if (verdict.next === 'drop') return this.#goOnWithout(verdict.boardId, 'not_found')
    const usual = delayBeforeRetry(this.#tries, this.#firstDelayMs)
    this.#tries += 1
    this.#tell({ reason: verdict.reason, code: usual === null ? 'gave_up' : null })
    if (usual === null) return this.#happen('exhausted')
    const delay = this.#jitter ? jittered(usual, this.#environment.random) : usual
    this.#nextDelayMs = verdict.delayMs ?? this.#nextDelayMs ?? delay
    this.#happen('lost')
  }

  #wait(): void {
    this.#release()
    const delay = this.#nextDelayMs ?? FIRST_DELAY_MS
    this.#nextDelayMs = null
    this.#after(delay, () => this.#happen('due'))
    this.#tell({ retryAt: this.#environment.now() + delay })
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
