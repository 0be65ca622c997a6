import type { Board } from '@boardcast/client'
import type { ReactElement, ReactNode } from 'react'
import { Link } from 'react-router'
import { Icon } from '../ui/icon.tsx'

export const BoardRow = ({ board, children }: { board: Board; children: ReactNode }): ReactElement => (
  <li className="group relative grid grid-cols-[4.5rem_1fr] items-baseline gap-x-3 border-b border-rule px-2 py-2.5 hover:bg-sheet sm:grid-cols-[4.5rem_minmax(0,1fr)_minmax(0,1.4fr)]">
    <span className="font-mono text-sm text-faint">{board.ticketPrefix}</span>
    <span className="flex min-w-0 items-center gap-1.5">
      <Link
        to={`/boards/${board.id}`}
        className="truncate text-lg font-medium after:absolute after:inset-0 group-hover:underline group-hover:underline-offset-2"
      >
        {board.name}
      </Link>
      {children}
    </span>
    <span className="flex min-w-0 items-center gap-1.5 text-sm text-soft max-sm:col-start-2">
      {board.repositoryPath ? (
        <>
          <Icon name="branch" className="text-faint" />
          <span className="truncate font-mono">{board.repositoryPath}</span>
        </>
      ) : (
        <span className="text-faint">No repository</span>
      )}
    </span>
  </li>
)
