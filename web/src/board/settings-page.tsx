import type { ReactElement } from 'react'
import { useOpenBoard } from './board-context.ts'
import { BoardForm } from './board-form.tsx'
import { ColumnsForm } from './columns-form.tsx'
import { DeleteBoard } from './delete-board.tsx'

/** Everything about a board that isn't a card. */
export const SettingsPage = (): ReactElement => {
  const { board, boardId, view } = useOpenBoard()
  return (
    <div className="min-h-0 grow overflow-y-auto px-4 py-5">
      <div className="grid max-w-2xl grid-cols-1 gap-8">
        {board && <BoardForm board={board} />}
        {view.state && <ColumnsForm boardId={boardId} state={view.state} />}
        {board && <DeleteBoard board={board} />}
      </div>
    </div>
  )
}
