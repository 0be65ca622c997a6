import type { Board, BoardView } from '@boardcast/client'
import { createContext, type RefObject, useContext } from 'react'
import type { Layout, Spot } from './layout.ts'

/** Where new cards come when no column was named; also before the columns are known. */
export const FIRST_COLUMN = ''

/** What every part of an open board reads. */
export interface OpenBoard {
  boardId: string
  /** Null until the list of boards is there; the board itself doesn't wait for it. */
  board: Board | null
  view: BoardView
  layout: Layout
  move: (cardId: string, to: Spot) => void
  remove: (cardId: string) => void
  /** An attempt was deleted. */
  forget: (attemptId: string) => void
  /** What is searched for. */
  words: string
  search: (words: string) => void
  /** The column in which a new card is being written. */
  composing: string | null
  compose: (columnId: string | null) => void
}

export const BoardContext = createContext<OpenBoard | null>(null)

export function useOpenBoard(): OpenBoard {
  const open = useContext(BoardContext)
  if (!open) throw new Error('this part belongs inside a board')
  return open
}

export const BoardRefContext = createContext<RefObject<OpenBoard> | null>(null)

/** The open board for what only acts on it: nothing is drawn anew when it changes, and there is one of these on each card. */
export function useBoardRef(): RefObject<OpenBoard> {
  const open = useContext(BoardRefContext)
  if (!open) throw new Error('this part belongs inside a board')
  return open
}
