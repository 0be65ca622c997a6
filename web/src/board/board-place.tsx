import { useKanbanSSE } from '@boardcast/client/react'
import { type ReactElement, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react'
import { Outlet, useParams } from 'react-router'
import { WhileAway } from '../activity/away.tsx'
import { useBoard } from '../boards/use-boards.ts'
import { Boundary } from '../ui/boundary.tsx'
import { NothingHere } from '../ui/nothing-here.tsx'
import { BoardContext, BoardRefContext, FIRST_COLUMN, type OpenBoard } from './board-context.ts'
import { BoardHead } from './board-head.tsx'
import { without } from './forgotten.ts'
import type { Layout } from './layout.ts'
import { useDrops } from './use-drops.ts'
import { useWishes } from './use-wishes.ts'

const ENDED = {
  board_deleted: 'This board was deleted.',
  not_found: 'There is no such board.',
  access_revoked: 'The right to read this board was withdrawn.',
} as const

/** An open board: everything under `/boards/:boardId`. */
export const BoardPlace = (): ReactElement => {
  const { boardId = '' } = useParams()
  return <OpenPlace key={boardId} boardId={boardId} />
}

const OpenPlace = ({ boardId }: { boardId: string }): ReactElement => {
  const told = useKanbanSSE(boardId)
  const [gone, forget] = useReducer(withOne, NOTHING_GONE)
  const view = useMemo(() => without(told, gone), [told, gone])
  const board = useBoard(boardId)
  const wishing = useWishes(view)
  const { layout, remove } = wishing
  const move = useDrops({ board, view, wishing })
  const [words, search] = useState('')
  const [asked, compose] = useState<string | null>(null)
  const composing = asked === FIRST_COLUMN ? firstColumn(layout) : asked
  const open = useMemo<OpenBoard>(
    () => ({ boardId, board, view, layout, move, remove, forget, words, search, composing, compose }),
    [boardId, board, view, layout, move, remove, words, composing],
  )
  const latest = useRef(open)
  useLayoutEffect(() => {
    latest.current = open
  }, [open])
  if (view.ended) return <NothingHere what={ENDED[view.ended]} />
  return (
    <BoardContext value={open}>
      <BoardRefContext value={latest}>
        <BoardHead />
        <WhileAway />
        <Boundary>
          <Outlet />
        </Boundary>
      </BoardRefContext>
    </BoardContext>
  )
}

const NOTHING_GONE: ReadonlySet<string> = new Set()
const withOne = (gone: ReadonlySet<string>, attemptId: string): ReadonlySet<string> => new Set(gone).add(attemptId)

const firstColumn = ({ columns }: Layout): string | null =>
  (columns.find(({ key }) => key === 'backlog') ?? columns[0])?.id ?? null
