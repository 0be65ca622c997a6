/** How the stream stands, as people are told it. */
import { type Event, STATUS, type State } from './connection.ts'
import { type ConnectionView, type FailureCode, IDLE } from './views.ts'

/** When something was heard is told no more often than this, in ms. */
const HEARD_STEP_MS = 1_000

/** Why it connects again although nothing was lost. */
const REASONS: Partial<Record<Event, string>> = {
  online: 'The network is back',
  reconnect: 'Connecting again',
  woken: 'The server fell silent',
}

export class Standing {
  #view: ConnectionView = IDLE
  readonly #told: (view: ConnectionView) => void

  constructor(told: (view: ConnectionView) => void) {
    this.#told = told
  }

  #tell(change: Partial<ConnectionView>): void {
    this.#view = { ...this.#view, ...change }
    this.#told(this.#view)
  }

  /** @param staleFrom since when there may be news, if this step lost the stream */
  stepped(from: State, event: Event, to: State, staleFrom: number): void {
    const isFine = to === 'live' || to === 'idle'
    const hasFailed = to === 'failed' || to === 'refused'
    const { reason, staleSince, code, retryAt } = this.#view
    this.#tell({
      status: STATUS[to],
      staleSince: isFine ? null : from === 'live' ? staleFrom : staleSince,
      reason: isFine ? null : (reason ?? REASONS[event] ?? null),
      code: hasFailed ? code : null,
      retryAt: to === 'waiting' ? retryAt : null,
    })
  }

  /** Why what comes next comes. */
  because(reason: string, code: FailureCode | null): void {
    this.#tell({ reason, code })
  }

  retriesAt(retryAt: number): void {
    this.#tell({ retryAt })
  }

  heard(now: number): void {
    if (now - (this.#view.lastEventAt ?? 0) >= HEARD_STEP_MS) this.#tell({ lastEventAt: now })
  }
}
