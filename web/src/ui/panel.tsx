import { type ReactElement, type ReactNode, useEffect, useRef } from 'react'
import { useSearchParams } from 'react-router'
import { ConnectionPill } from '../connection/pill.tsx'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { useHotkeys } from './keys.ts'

interface PanelProps {
  /** What it is about, for screen readers. */
  label: string
  /** Another thing in it takes the focus anew. */
  about: string
  head: ReactNode
  children: ReactNode
  close: () => void
}

/** Beside the board, never over what is being read; all of the place on a phone or when widened. */
export const Panel = ({ label, about, head, children, close }: PanelProps): ReactElement => {
  const element = useRef<HTMLElement>(null)
  const [search, setSearch] = useSearchParams()
  const isWide = search.has('wide')
  useHotkeys({ Escape: close })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it is about decides
  useEffect(() => element.current?.focus({ preventScroll: true }), [about])
  return (
    <aside
      ref={element}
      tabIndex={-1}
      aria-label={label}
      className={`flex min-h-0 flex-col border-l border-rule bg-sheet focus-visible:outline-none max-md:fixed max-md:inset-0 max-md:z-30 max-md:border-0 md:max-xl:absolute md:max-xl:inset-y-0 md:max-xl:right-0 md:max-xl:z-10 md:max-xl:shadow-float ${isWide ? 'md:w-full md:max-xl:left-0 xl:w-[min(72rem,100%)]' : 'md:w-120 2xl:w-140'} shrink-0`}
    >
      <header className="flex shrink-0 items-start gap-1 py-2 pr-2 pl-4">
        <div className="min-w-0 grow">{head}</div>
        {/* On a phone the panel covers the head of the board, with its pill. */}
        <div className="md:hidden">
          <ConnectionPill />
        </div>
        <Button
          look="icon"
          aria-label={isWide ? 'Narrow' : 'Widen'}
          title={isWide ? 'Narrow' : 'Widen'}
          className="max-md:hidden"
          onClick={() => setSearch(isWide ? {} : { wide: '' }, { replace: true })}
        >
          <Icon name={isWide ? 'right' : 'back'} />
        </Button>
        <Button look="icon" aria-label="Close" title="Close (Esc)" onClick={close}>
          <Icon name="close" />
        </Button>
      </header>
      {children}
    </aside>
  )
}
