/**
 * Boards that follow the server: one exact, resumable stream for everything that a tab shows.
 *
 * @example
 * const board = createBoardcast({ url: 'http://127.0.0.1:4400' }).board(boardId)
 * const stop = board.subscribe(() => console.log(board.snapshot().state))
 */
import type { BoardId } from '@boardcast/shared'
import { type Environment, systemEnvironment } from './environment.ts'
import { Store } from './store.ts'
import type { Source } from './topic.ts'
import type { BoardView, ConnectionView, DashboardView } from './views.ts'

export type * from '@boardcast/shared'
export { newAttempt } from './attempt.ts'
export { changesBetween } from './changes.ts'
export type { Cancel, Environment, Signal } from './environment.ts'
export { PatchError, patched } from './patch.ts'
export type { Source } from './topic.ts'
export type {
  Activity,
  AttemptView,
  BoardChange,
  BoardView,
  ConnectionView,
  DashboardView,
  FailureCode,
  Line,
} from './views.ts'

export interface BoardcastOptions {
  /** Where the server is. The page's own origin when it is left out. */
  readonly url?: string
  /** Shown as `Authorization: Bearer`. */
  readonly token?: string
  readonly fetch?: typeof fetch
  /** Whether delays are shortened by up to a fifth at random; `true` when it is left out. */
  readonly jitter?: boolean
  /** Time, network and page, for tests. */
  readonly environment?: Environment
}

/** Sources over one shared stream. It opens with the first listener and closes after the last one. */
export interface Boardcast {
  board(boardId: BoardId): Source<BoardView>
  dashboard(): Source<DashboardView>
  /** Of the one stream; following it opens none. */
  connection(): Source<ConnectionView>
  /** Tries at once, also after it was given up. */
  reconnect(): void
  /** Lets go of the stream, whoever still listens; the next listener opens one again. */
  close(): void
}

/** A client of one server. */
export const createBoardcast = (options: BoardcastOptions = {}): Boardcast => {
  const environment = options.environment ?? systemEnvironment(options.fetch)
  const headers: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  return new Store(environment, { url: (options.url ?? '').replace(/\/+$/, ''), headers }, options.jitter ?? true)
}
