import { type ReactElement, useEffect, useRef } from 'react'
import { NavLink, useMatch, useNavigate } from 'react-router'
import { ConnectionPill } from '../connection/pill.tsx'
import { Button } from '../ui/button.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import { useHotkeys } from '../ui/keys.ts'
import { useTitle } from '../ui/page-head.tsx'
import { FIRST_COLUMN, useOpenBoard } from './board-context.ts'
import { Checkout } from './checkout.tsx'

const look = ({ isActive }: { isActive: boolean }) =>
  `flex h-8 items-center gap-1.5 rounded-md px-2 ${isActive ? 'font-medium text-ink' : 'text-soft hover:bg-sunken hover:text-ink'}`

const Place = ({
  to,
  icon,
  words,
  isOn,
}: {
  to: string
  icon: IconName
  words: string
  isOn?: boolean
}): ReactElement => (
  <NavLink to={to} title={words} className={({ isActive }) => look({ isActive: isOn ?? isActive })}>
    <Icon name={icon} />
    <span className="max-xl:sr-only">{words}</span>
  </NavLink>
)

/** Whose board this is, how fresh it is, and what to do with it. */
export const BoardHead = (): ReactElement => {
  const { boardId, board, words, search, compose } = useOpenBoard()
  const name = board?.name ?? 'Board'
  useTitle(name)
  const navigate = useNavigate()
  const field = useRef<HTMLInputElement>(null)
  const isSought = useRef(false)
  const part = useMatch('/boards/:boardId/:part')?.params.part
  const isElsewhere = part === 'activity' || part === 'settings'
  const write = () => {
    if (isElsewhere) void navigate(`/boards/${boardId}`)
    compose(FIRST_COLUMN)
  }
  const find = () => {
    isSought.current = isElsewhere
    if (isElsewhere) void navigate(`/boards/${boardId}`)
    else field.current?.focus()
  }
  // Searched for from another part, the field is drawn with the board.
  useEffect(() => {
    if (!isElsewhere && isSought.current) field.current?.focus()
    isSought.current = false
  }, [isElsewhere])
  useHotkeys({ c: write, '/': find })
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-rule px-4 py-1 max-md:py-2 max-md:pr-2 max-md:pl-13">
      <h1 className="max-w-80 truncate text-lg font-semibold max-md:max-w-40" title={name}>
        {name}
      </h1>
      <Checkout />
      <ConnectionPill />
      <nav aria-label="This board" className="ml-auto flex items-center">
        <Place to={`/boards/${boardId}`} icon="board" words="Board" isOn={!isElsewhere} />
        <Place to={`/boards/${boardId}/activity`} icon="pulse" words="Activity" />
        <Place to={`/boards/${boardId}/settings`} icon="gear" words="Settings" />
      </nav>
      {!isElsewhere && (
        <div className="flex h-8 w-44 items-center gap-1.5 rounded-md border border-rule bg-sheet pl-2 pr-2 focus-within:border-live max-md:order-last max-md:-ml-10 max-md:h-9 max-md:w-auto max-md:grow">
          <Icon name="search" className="text-faint" />
          <input
            ref={field}
            type="search"
            aria-label="Search cards"
            placeholder="Search"
            value={words}
            onChange={(event) => search(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.stopPropagation()
              if (words === '') field.current?.blur()
              search('')
            }}
            className="h-full min-w-0 grow rounded-md bg-transparent placeholder:text-faint focus-visible:outline-none max-sm:text-[1rem]"
          />
          {words === '' && <kbd className="font-mono text-xs text-faint pointer-coarse:hidden">/</kbd>}
        </div>
      )}
      <Button
        look="main"
        onClick={write}
        title="New card (c)"
        className="max-md:order-last max-md:size-9 max-md:justify-center max-md:p-0"
      >
        <Icon name="plus" />
        <span className="max-md:sr-only">New card</span>
      </Button>
    </header>
  )
}
