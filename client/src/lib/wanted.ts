/** What a session is asked for, and whom it tells. */
import type { Attempt, BoardId, BoardState, Hello } from '@boardcast/shared'
import type { Told } from './reduce.ts'
import type { ConnectionView } from './views.ts'

/** What somebody wants to see. */
export interface Wanted {
  readonly boards: readonly BoardId[]
  readonly dashboard: boolean
}

export const NOTHING: Wanted = { boards: [], dashboard: false }

/** Whether a board can have this id: what comes from an address may be anything. */
export const isBoardId = (id: BoardId): boolean => /^[0-9A-Za-z_-]{1,64}$/.test(id)

export const isNothing = (wanted: Wanted): boolean => wanted.boards.length === 0 && !wanted.dashboard

export const isSame = (a: Wanted, b: Wanted): boolean =>
  a.dashboard === b.dashboard && a.boards.length === b.boards.length && a.boards.every((id) => b.boards.includes(id))

export const without = (wanted: Wanted, boardId: BoardId): Wanted => ({
  ...wanted,
  boards: wanted.boards.filter((id) => id !== boardId),
})

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
