import type { ReactElement } from 'react'
import { NavLink, useLocation } from 'react-router'
import { Button } from '../ui/button.tsx'
import { Icon, type IconName, Mark } from '../ui/icon.tsx'
import { BoardLinks } from './board-links.tsx'
import { railLook } from './rail-look.ts'
import { ThemeMenu } from './theme-menu.tsx'

const Place = ({ to, icon, words }: { to: string; icon: IconName; words: string }): ReactElement => (
  <NavLink to={to} className={railLook}>
    <Icon name={icon} className="text-faint" />
    {words}
  </NavLink>
)

interface RailProps {
  find: () => void
  help: () => void
}

/** Where one can go: the overview, the agents, the boards. */
export const Rail = ({ find, help }: RailProps): ReactElement => {
  const { pathname } = useLocation()
  // There the list itself is the page.
  const isList = pathname === '/' || pathname === '/boards'
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
      <button type="button" onClick={find} className={`${railLook({ isActive: false })} border border-rule`}>
        <Icon name="search" className="text-faint" />
        Go to
        <kbd className="ml-auto font-sans text-xs text-faint max-md:hidden">Ctrl K</kbd>
      </button>
      <Place to="/dashboard" icon="gauge" words="Dashboard" />
      <Place to="/agents" icon="robot" words="Agents" />
      <Place to="/tokens" icon="lock" words="Tokens" />
      {!isList && <BoardLinks />}
      <div className="mt-auto grid gap-0.5 pt-2">
        <Place to="/connections" icon="pulse" words="Connections" />
        <Place to="/docs" icon="file" words="Documents" />
      </div>
      <div className="flex items-center">
        <ThemeMenu />
        <Button look="quiet" className="ml-auto" onClick={help} aria-label="Keys" title="Keys (?)">
          ?
        </Button>
      </div>
    </nav>
  )
}
