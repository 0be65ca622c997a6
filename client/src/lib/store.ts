/** Views over the one stream: who wants what, what came for whom, and when readers are told. */
import type { Attempt, BoardId, BoardState, Hello } from '@boardcast/shared'
import { withRest } from './attempt.ts'
import type { Cancel, Environment } from './environment.ts'
import { reduceAll, reduceDashboard, restarted, type Told } from './reduce.ts'
import { restOf, type Server } from './rest.ts'
import { Session } from './session.ts'
import { type Source, Topic } from './topic.ts'
import { type BoardView, type ConnectionView, type DashboardView, emptyBoard, IDLE } from './views.ts'
import { isBoardId } from './wanted.ts'

/** How long a board's place on the stream outlives its last reader, in ms: a page that changes its view doesn't reconnect. */
const LINGER_MS = 250
/** So many messages wait for the next moment to be shown; more are folded at once. */
const MAX_WAITING = 2_048

interface Followed {
  readonly topic: Topic<BoardView>
  waiting: Told[]
  /** Whether what comes for the board is kept: the stream may tell of it for a moment longer than anybody looks. */
  isKept: boolean
}

export class Store {
  readonly #environment: Environment
  readonly #session: Session
  readonly #rest: ReturnType<typeof restOf>
  readonly #boards = new Map<BoardId, Followed>()
  readonly #connection = new Topic<ConnectionView>(IDLE)
  readonly #dashboard: Topic<DashboardView>
  #lingering: Cancel | null = null
  #announcing: Cancel | null = null

  constructor(environment: Environment, server: Server, jitter: boolean) {
    this.#environment = environment
    this.#rest = restOf(environment, server)
    this.#dashboard = new Topic<DashboardView>({ connection: IDLE, overview: null, agents: [] }, (is) =>
      this.#rethink(is),
    )
    this.#session = new Session(environment, server, this.#rest, jitter, {
      told: (boardId, told) => this.#told(boardId, told),
      joined: (boardId, state, attempts) => this.#joined(boardId, state, attempts),
      opened: (hello) => this.#opened(hello),
      gone: (boardId, why) => this.#change(boardId, (view) => ({ ...view, ended: why })),
      connection: (view) => this.#connectionIs(view),
    })
  }

  board(boardId: BoardId): Source<BoardView> {
    return this.#followed(boardId).topic
  }

  dashboard(): Source<DashboardView> {
    return this.#dashboard
  }

  connection(): Source<ConnectionView> {
    return this.#connection
  }

  reconnect(): void {
    this.#session.reconnect()
  }

  /** Lets go of the stream, whoever still listens. */
  close(): void {
    this.#lingering?.()
    this.#lingering = null
    this.#session.want({ boards: [], dashboard: false })
  }

  #followed(boardId: BoardId): Followed {
    const known = this.#boards.get(boardId)
    if (known !== undefined) return known
    const topic = new Topic(this.#empty(boardId), (is) => this.#rethink(is))
    const followed = { topic, waiting: [], isKept: false }
    this.#boards.set(boardId, followed)
    return followed
  }

  #empty(boardId: BoardId): BoardView {
    const view = emptyBoard(boardId, this.#connection.snapshot())
    // The server would refuse the whole stream for it, with all the other boards.
    return isBoardId(boardId) ? view : { ...view, ended: 'not_found' }
  }

  /** Readers came or went. Who comes is served at once; who goes may be back in a moment. */
  #rethink(isFollowed: boolean): void {
    if (!isFollowed && this.#lingering !== null) return
    this.#lingering?.()
    this.#lingering = this.#environment.after(isFollowed ? 0 : LINGER_MS, () => {
      this.#lingering = null
      this.#decide()
    })
  }

  /** The stream becomes what readers want. */
  #decide(): void {
    for (const followed of this.#boards.values()) {
      const isWanted = followed.topic.isFollowed && followed.topic.snapshot().ended === null
      followed.isKept = isWanted
    }
    const boards = [...this.#boards].filter(([, { isKept }]) => isKept).map(([boardId]) => boardId)
    this.#session.want({ boards, dashboard: this.#dashboard.isFollowed })
    this.#forgetUnread()
  }

  /**
   * What nobody looks at isn't kept: the stream no longer tells of it. But while the stream is away it is all that
   * there is, as of `staleSince`; whoever comes back to it finds it again.
   */
  #forgetUnread(): void {
    if (isAway(this.#connection.snapshot())) return
    for (const [boardId, followed] of this.#boards) {
      const { topic, isKept } = followed
      if (isKept || topic.isFollowed) continue
      followed.waiting = []
      topic.set({ ...this.#empty(boardId), generation: topic.snapshot().generation })
    }
  }

  #told(boardId: BoardId | null, told: Told): void {
    const concerned = boardId === null ? [...this.#boards.values()] : [this.#boards.get(boardId)]
    for (const followed of concerned) {
      if (!followed?.isKept) continue
      followed.waiting.push(told)
      if (followed.waiting.length >= MAX_WAITING) this.#fold(followed)
    }
    if (boardId === null) this.#dashboard.set(reduceDashboard(this.#dashboard.snapshot(), told))
    this.#announceSoon()
  }

  #fold(followed: Followed): void {
    const waiting = followed.waiting
    if (waiting.length === 0) return
    followed.waiting = []
    try {
      followed.topic.set(reduceAll(followed.topic.snapshot(), waiting))
    } catch (error) {
      // Never a wrong board: whatever doesn't fit makes a fresh start, after the usual delay.
      this.#session.restart(error instanceof Error ? error.message : 'a message that is none')
    }
  }

  #change(boardId: BoardId, change: (view: BoardView) => BoardView): void {
    const followed = this.#boards.get(boardId)
    if (followed === undefined) return
    this.#fold(followed)
    followed.topic.set(change(followed.topic.snapshot()))
    this.#announceSoon()
  }

  #joined(boardId: BoardId, state: BoardState, attempts: readonly Attempt[]): void {
    this.#change(boardId, (view) => withAttempts(restarted(view, state), attempts))
  }

  /** The opening told where attempts stand; branches, lists and pull requests are read beside it. */
  #opened(hello: Hello): void {
    this.#forgetUnread()
    if (hello.replay === 'tail') return
    for (const boardId of hello.boards) {
      this.#change(boardId, (view) => view)
      const generation = this.#boards.get(boardId)?.topic.snapshot().generation
      this.#rest
        .attempts(boardId)
        .then((attempts) =>
          this.#change(boardId, (view) => (view.generation === generation ? withAttempts(view, attempts) : view)),
        )
        // Only a convenience: the next opening asks again.
        .catch(() => {})
    }
  }

  #connectionIs(connection: ConnectionView): void {
    this.#connection.set(connection)
    this.#dashboard.set({ ...this.#dashboard.snapshot(), connection })
    for (const { topic } of this.#boards.values()) topic.set({ ...topic.snapshot(), connection })
    this.#announceSoon()
  }

  #announceSoon(): void {
    this.#announcing ??= this.#environment.soon(() => {
      this.#announcing = null
      for (const followed of this.#boards.values()) {
        this.#fold(followed)
        followed.topic.announce()
      }
      this.#dashboard.announce()
      this.#connection.announce()
    })
  }
}

const isAway = ({ status }: ConnectionView): boolean => status === 'reconnecting' || status === 'failed'

/** The newest attempt of each card is the one to show; the list has them newest first. */
const withAttempts = (view: BoardView, attempts: readonly Attempt[]): BoardView => {
  const known = Object.assign(Object.create(null), view.attempts)
  const latest = Object.assign(Object.create(null), view.latestAttempt)
  for (const attempt of attempts) {
    known[attempt.id] = withRest(view.attempts[attempt.id], attempt)
    latest[attempt.cardId] ??= attempt.id
  }
  return { ...view, attempts: known, latestAttempt: latest }
}
