import type { Board } from '@boardcast/client'
import { useKanbanSSE } from '@boardcast/client/react'
import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { useBoards } from '../boards/use-boards.ts'
import { Trouble } from '../ui/trouble.tsx'
import { counts } from './counts.ts'
import { Tally } from './tally.tsx'

/** More boards than one stream carries are left to the overview. */
const FOLLOWED = 24

/** While there is no overview: each board as its own stream tells it. */
export const LiveBoards = (): ReactElement => {
  const { data: boards, error, refetch } = useBoards()
  if (error && !boards) return <Trouble error={error} retry={() => void refetch()} />
  if (boards?.length === 0) {
    return (
      <p className="text-soft">
        There is no board yet.{' '}
        <Link to="/" className="text-live underline underline-offset-2">
          Start with one
        </Link>
        .
      </p>
    )
  }
  return (
    <ul className="grid gap-3 sm:grid-cols-[repeat(auto-fill,minmax(19rem,1fr))]">
      {boards?.slice(0, FOLLOWED).map((board) => (
        <LiveBoard key={board.id} board={board} />
      ))}
    </ul>
  )
}

const LiveBoard = ({ board }: { board: Board }): ReactElement => {
  const view = useKanbanSSE(board.id)
  const { running, asks, failed } = counts(view)
  const columns = view.state?.columnOrder.flatMap((id) => view.state?.columns[id] ?? []) ?? []
  return (
    <li className="relative grid content-start gap-2 rounded-lg border border-rule bg-sheet p-3 hover:border-faint">
      <div className="flex items-baseline gap-2">
        <Link to={`/boards/${board.id}`} className="truncate font-semibold after:absolute after:inset-0">
          {board.name}
        </Link>
        <span className="ml-auto font-mono text-xs text-faint">{board.ticketPrefix}</span>
      </div>
      <p className="flex gap-4">
        <Tally n={running} words="running" ink="text-live" />
        <Tally n={asks} words="need you" ink="text-wait" />
        <Tally n={failed} words="failed" ink="text-fail" />
      </p>
      <p className="flex flex-wrap gap-x-3 text-sm text-faint">
        {columns.map(({ id, title, cardIds }) => (
          <span key={id}>
            {title} {cardIds.length}
          </span>
        ))}
      </p>
    </li>
  )
}
