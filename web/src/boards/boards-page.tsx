import { useDashboardSSE } from '@boardcast/client/react'
import type { ReactElement } from 'react'
import { useSearchParams } from 'react-router'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { BoardRow } from './board-row.tsx'
import { FirstRun } from './first-run.tsx'
import { NewBoardForm } from './new-board-form.tsx'
import { TallyBadges, tally } from './tally.tsx'
import { useBoards, useNewBoards } from './use-boards.ts'

export const BoardsPage = (): ReactElement => {
  const { data: boards, error, refetch } = useBoards()
  const { overview } = useDashboardSSE()
  useNewBoards(overview)
  const [search, setSearch] = useSearchParams()
  const isAdding = search.has('new')
  if (boards?.length === 0) return <FirstRun />
  return (
    <>
      <PageHead title="Boards">
        <Button look="main" onClick={() => setSearch({ new: '' })} disabled={isAdding}>
          <Icon name="plus" />
          New board
        </Button>
      </PageHead>
      <div className="min-h-0 overflow-y-auto p-4">
        {error && !boards && <Trouble error={error} retry={() => void refetch()} />}
        {isAdding && (
          <section aria-label="New board" className="mb-4 max-w-2xl rounded-lg border border-rule bg-sheet p-4">
            <NewBoardForm onGiveUp={() => setSearch({}, { replace: true })} />
          </section>
        )}
        <ul className="grid max-w-4xl border-t border-rule">
          {boards?.map((board) => (
            <BoardRow key={board.id} board={board}>
              <TallyBadges {...tally(overview, board.id)} />
            </BoardRow>
          ))}
        </ul>
      </div>
    </>
  )
}
