import type { ReactElement } from 'react'
import { NavLink } from 'react-router'
import { useBoards } from '../boards/use-boards.ts'
import { Icon, type IconName, Mark } from '../ui/icon.tsx'
import { ThemeMenu } from './theme-menu.tsx'

const look = ({ isActive }: { isActive: boolean }) =>
  `flex h-8 min-w-0 items-center gap-2 rounded-md px-2 max-sm:h-10 ${isActive ? 'bg-sheet font-medium text-ink shadow-card' : 'text-soft hover:bg-canvas hover:text-ink'}`

const Place = ({ to, icon, words }: { to: string; icon: IconName; words: string }): ReactElement => (
  <NavLink to={to} end={to === '/'} className={look}>
    <Icon name={icon} className="text-faint" />
    {words}
  </NavLink>
)

/** Where one can go: the overview, the boards, the agents. */
export const Rail = (): ReactElement => {
  const { data: boards = [] } = useBoards()
  return (
    <nav aria-label="Places" className="flex h-full w-56 flex-col gap-0.5 border-r border-rule bg-sunken p-2">
      <NavLink
        to="/"
        end
        className="mb-2 flex h-8 items-center gap-2 rounded-md px-2 text-lg font-semibold tracking-tight"
      >
        <Mark />
        Boardcast
      </NavLink>
      <Place to="/dashboard" icon="gauge" words="Dashboard" />
      <Place to="/agents" icon="robot" words="Agents" />
      <div className="mt-3 flex h-7 items-center px-2 text-sm text-faint">
        <h2 className="grow">Boards</h2>
        <NavLink to="/?new" aria-label="New board" title="New board" className="rounded-md p-1 hover:text-ink">
          <Icon name="plus" />
        </NavLink>
      </div>
      <ul className="-mx-1 grid min-h-0 shrink content-start gap-px overflow-y-auto px-1 pb-1">
        {boards.map((board) => (
          <li key={board.id} className="min-w-0">
            <NavLink to={`/boards/${board.id}`} className={look} title={board.repositoryPath ?? board.name}>
              <span aria-hidden="true" className="w-9 shrink-0 overflow-hidden font-mono text-xs text-faint">
                {board.ticketPrefix}
              </span>
              <span className="truncate">{board.name}</span>
            </NavLink>
          </li>
        ))}
      </ul>
      <div className="mt-auto flex items-center pt-2">
        <ThemeMenu />
      </div>
    </nav>
  )
}
