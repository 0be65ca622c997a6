import { useDashboardSSE } from '@boardcast/client/react'
import type { ReactElement } from 'react'
import { NavLink } from 'react-router'
import { TallyBadges, tally } from '../boards/tally.tsx'
import { useBoards, useNewBoards } from '../boards/use-boards.ts'
import { Icon } from '../ui/icon.tsx'
import { railLook } from './rail-look.ts'

/** The boards, each with what runs there and what waits for somebody. */
export const BoardLinks = (): ReactElement => {
  const { data: boards = [] } = useBoards()
  const { overview } = useDashboardSSE()
  useNewBoards(overview)
  return (
    <>
      <div className="mt-3 flex h-7 items-center px-2 text-sm text-faint">
        <h2 className="grow">Boards</h2>
        <NavLink to="/?new" aria-label="New board" title="New board" className="rounded-md p-1 hover:text-ink">
          <Icon name="plus" />
        </NavLink>
      </div>
      <ul className="-mx-1 grid min-h-0 shrink content-start gap-px overflow-y-auto px-1 pb-1">
        {boards.map(({ id, name, ticketPrefix, repositoryPath }) => (
          <li key={id} className="min-w-0">
            <NavLink to={`/boards/${id}`} className={railLook} title={repositoryPath ?? name}>
              <span aria-hidden="true" className="w-9 shrink-0 overflow-hidden font-mono text-xs text-faint">
                {ticketPrefix}
              </span>
              <span className="grow truncate">{name}</span>
              <TallyBadges {...tally(overview, id)} />
            </NavLink>
          </li>
        ))}
      </ul>
    </>
  )
}
