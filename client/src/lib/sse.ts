/** The hooks: thin skins over the core. They own no connection; the store counts its readers. */
import type { BoardId } from '@boardcast/shared'
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import { type Boardcast, createBoardcast } from './index.ts'
import type { Source } from './topic.ts'
import { type BoardView, type ConnectionView, type DashboardView, emptyBoard } from './views.ts'

const Context = createContext<Boardcast | null>(null)

let ofThisOrigin: Boardcast | null = null
const forThisOrigin = (): Boardcast => {
  ofThisOrigin ??= createBoardcast()
  return ofThisOrigin
}

/** Gives the hooks below another server than the page's own. */
export const BoardcastProvider = Context.Provider

/** The client that the hooks use: the provider's, or one of the page's own origin. */
export const useBoardcast = (): Boardcast => useContext(Context) ?? forThisOrigin()

const NO_BOARD = emptyBoard('')
const nothing: Source<BoardView> = { subscribe: () => () => {}, snapshot: () => NO_BOARD }

/** A board, live; `null` for none yet. */
export const useKanbanSSE = (boardId: BoardId | null): BoardView => {
  const boardcast = useBoardcast()
  const source = useMemo(() => (boardId === null ? nothing : boardcast.board(boardId)), [boardcast, boardId])
  return useSyncExternalStore(source.subscribe, source.snapshot, source.snapshot)
}

/** All boards at one look, live. */
export const useDashboardSSE = (): DashboardView => {
  const source = useBoardcast().dashboard()
  return useSyncExternalStore(source.subscribe, source.snapshot, source.snapshot)
}

/** How the stream stands. */
export const useConnection = (): ConnectionView => {
  const source = useBoardcast().connection()
  return useSyncExternalStore(source.subscribe, source.snapshot, source.snapshot)
}
