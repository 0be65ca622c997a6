import type { AttemptView, Card } from '@boardcast/client'
import { memo, type ReactElement, useRef } from 'react'
import { Link } from 'react-router'
import { StateLine } from '../attempt/elapsed.tsx'
import { lastWords } from '../attempt/last-words.ts'
import { isActive, mood } from '../attempt/state.ts'
import { Icon } from '../ui/icon.tsx'
import { CardMenu } from './card-menu.tsx'
import { PullChip } from './pull-chip.tsx'
import { useDraggableCard } from './use-mouse-drag.ts'

interface CardTileProps {
  boardId: string
  card: Card
  attempt: AttemptView | null
  /** The keys of the cards that it waits for. */
  waitsFor: string
  /** Picked up, by pointer or keyboard. */
  isHeld: boolean
  /** It stands in a column where nothing is expected of it any more. */
  isDone: boolean
  /** Its panel is open. */
  isOpen: boolean
}

const TAPE = {
  asks: 'bg-wait',
  queued: 'bg-faint',
  running: 'bg-live',
  stopping: 'bg-faint',
  succeeded: 'bg-transparent',
  failed: 'bg-fail',
  stopped: 'bg-transparent',
} as const

export const cardPath = (boardId: string, cardId: string, attempt: AttemptView | null): string =>
  attempt ? `/boards/${boardId}/attempts/${attempt.attemptId}/conversation` : `/boards/${boardId}/cards/${cardId}`

/** One card. The link of its title covers it, so that all of it can be activated; only its menu stands above. */
export const CardTile = memo(
  ({ boardId, card, attempt, waitsFor, isHeld, isDone, isOpen }: CardTileProps): ReactElement => {
    const element = useRef<HTMLLIElement>(null)
    useDraggableCard(element, card.id)
    const held = isHeld ? 'opacity-60 ring-2 ring-live' : ''
    return (
      <li
        ref={element}
        data-card-id={card.id}
        className={`group relative mb-1.5 select-none overflow-clip rounded-md border bg-sheet py-1.5 pr-2 pl-3 shadow-card [-webkit-touch-callout:none] [overflow-clip-margin:4px] has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-live ${held} ${isOpen ? 'border-ink' : 'border-rule hover:border-faint'}`}
      >
        {attempt && <span className={`absolute inset-y-0 left-0 w-0.75 ${TAPE[mood(attempt)]}`} aria-hidden="true" />}
        <div className="flex h-5 items-center gap-1.5 text-xs text-faint">
          <span className="font-mono">{card.ticketKey}</span>
          {card.ticketType && <span className="rounded-sm bg-sunken px-1 text-soft">{card.ticketType}</span>}
          {waitsFor && (
            <span className="flex min-w-0 items-center text-soft" title={`Waits for ${waitsFor}`}>
              <Icon name="lock" className="size-3.5!" />
              <span className="truncate">{waitsFor}</span>
            </span>
          )}
          <span className="ml-auto" />
          <PullChip pr={attempt?.pr ?? null} url={card.prUrl} />
          <CardMenu card={card} attempt={attempt} />
        </div>
        <Link
          to={cardPath(boardId, card.id, attempt)}
          data-card-link
          draggable={false}
          aria-current={isOpen ? 'true' : undefined}
          className="line-clamp-2 font-medium [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:outline-none"
        >
          {card.title}
        </Link>
        {attempt && <Work attempt={attempt} isBrief={isDone && !isActive(attempt.status)} />}
      </li>
    )
  },
)

const Work = ({ attempt, isBrief }: { attempt: AttemptView; isBrief: boolean }): ReactElement => {
  const { todoCount } = attempt
  const words = lastWords(attempt)
  const line = attempt.status === 'failed' ? (attempt.error ?? words) : words
  return (
    <div className="mt-1 grid gap-0.5 text-sm text-soft">
      <p className="flex min-w-0 items-center gap-2">
        <StateLine attempt={attempt} />
        <span className="truncate text-faint">{attempt.agent}</span>
        {todoCount && todoCount.total > 0 && (
          <span className="ml-auto shrink-0" title="Todos done">
            {todoCount.completed}/{todoCount.total}
          </span>
        )}
      </p>
      {line && !isBrief && (
        <p className={`truncate font-mono text-xs ${attempt.status === 'failed' ? 'text-fail' : 'text-faint'}`}>
          {line}
        </p>
      )}
    </div>
  )
}
