import { type KeyboardEvent, type ReactElement, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { type ButtonLook, buttonLook } from './button.tsx'

export interface MenuItem {
  words: ReactNode
  act: () => void
  /** Why it can't be chosen now; it then stays readable. */
  refused?: string
  /** It can't be undone: the first choice only changes its words to these. */
  sure?: string
  current?: boolean
}

interface MenuProps {
  label: string
  look?: ButtonLook
  className?: string
  children: ReactNode
  /** Groups are parted by a rule; asked for when it opens. */
  groups: MenuGroups | (() => MenuGroups)
}

type MenuGroups = readonly (readonly MenuItem[])[]

const GAP = 4

/** Under its button, or above it where there is no room; inside the window in any case. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = menu
  const below = at.bottom + GAP + height <= innerHeight
  menu.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - height)}px`
  menu.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`
}

const items = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLElement>('[role=menuitem]:not([disabled])')]

function walk(event: KeyboardEvent<HTMLElement>): void {
  const all = items(event.currentTarget)
  const here = all.findIndex((item) => item.matches(':focus'))
  const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }
  const to = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined
  event.stopPropagation()
  if (to === undefined) return
  event.preventDefault()
  all.at(to % all.length)?.focus()
}

/** A button with a native popover of commands; the browser closes it and gives the focus back. */
export const Menu = ({ label, look = 'icon', className = '', children, groups }: MenuProps): ReactElement => {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)
  // Counted, because the browser tells a menu that is closed and opened at once only that it is open.
  const [opening, setOpening] = useState(0)
  const isOpen = opening > 0
  // Its commands are drawn when it opens: before that it has no size, and nothing in it takes the focus.
  useLayoutEffect(() => {
    if (opening === 0 || !menu.current || !button.current) return
    place(menu.current, button.current)
    items(menu.current)[0]?.focus()
  }, [opening])
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        className={`${buttonLook(look)} ${className}`}
      >
        {children}
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        onToggle={({ newState }) => setOpening((before) => (newState === 'open' ? before + 1 : 0))}
        onKeyDown={walk}
        className="max-h-[70vh] min-w-44 max-w-72 overflow-y-auto rounded-lg border border-rule bg-sheet p-1 text-base text-ink shadow-float"
      >
        {isOpen &&
          (typeof groups === 'function' ? groups() : groups).map((group, nth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the groups of a menu never change places
            <div key={nth} className="border-rule not-first:mt-1 not-first:border-t not-first:pt-1">
              {group.map((item, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nor do its items while it is open
                <Item key={`${opening} ${at}`} item={item} close={() => menu.current?.hidePopover()} />
              ))}
            </div>
          ))}
      </div>
    </>
  )
}

const Item = ({ item, close }: { item: MenuItem; close: () => void }): ReactElement => {
  const [isAsking, setAsking] = useState(false)
  const choose = () => {
    if (item.refused) return
    if (item.sure && !isAsking) return setAsking(true)
    close()
    item.act()
  }
  return (
    <button
      type="button"
      role="menuitem"
      aria-disabled={item.refused ? true : undefined}
      aria-current={item.current ? 'true' : undefined}
      title={item.refused}
      onClick={choose}
      className={`flex min-h-7 w-full items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-sunken focus-visible:bg-sunken focus-visible:outline-none aria-disabled:opacity-50 max-sm:min-h-10 ${item.sure ? 'text-fail' : ''} ${item.current ? 'font-medium text-live' : ''}`}
    >
      {isAsking ? item.sure : item.words}
    </button>
  )
}
