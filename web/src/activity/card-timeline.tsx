import type { Card } from '@boardcast/client'
import { type ReactElement, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { Steps } from './steps.tsx'
import { useTimeline } from './use-timeline.ts'

const PLACE = 'boardcast.timeline'

const isFolded = (): boolean => {
  try {
    return localStorage.getItem(PLACE) === 'folded'
  } catch {
    return false
  }
}

const keepFolded = (folded: boolean): void => {
  try {
    localStorage.setItem(PLACE, folded ? 'folded' : 'open')
  } catch {
    // Kept while the page is open.
  }
}

/** How a card came to where it is and by whom: moves, attempts, commits, pushes and pull requests, newest first. */
export const CardTimeline = ({ card }: { card: Card }): ReactElement => {
  const [isOpen, setOpen] = useState(() => !isFolded())
  return (
    <details
      open={isOpen}
      onToggle={({ currentTarget: { open } }) => {
        setOpen(open)
        keepFolded(!open)
      }}
      className="group"
    >
      <summary className="flex h-8 cursor-pointer list-none items-center gap-1 text-sm text-soft hover:text-ink">
        <Icon name="right" className="-ml-1 text-faint transition-transform group-open:rotate-90" />
        <h3>Timeline</h3>
      </summary>
      {isOpen && <Told card={card} />}
    </details>
  )
}

const Told = ({ card: { id } }: { card: Card }): ReactElement => {
  const { data, error, refetch, steps, actorOf } = useTimeline(id)
  return (
    <div className="border-t border-rule pt-1">
      {error && <Trouble error={error} retry={() => void refetch()} />}
      {data && steps.length === 0 && <p className="text-faint">Nothing is kept of it.</p>}
      {data?.isCut && <p className="text-sm text-faint">Only a part of its log could be read.</p>}
      <Steps steps={steps} actorOf={actorOf} />
    </div>
  )
}
