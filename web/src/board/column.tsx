import type { Column as BoardColumn, Card } from '@boardcast/client'
import { type ReactElement, type ReactNode, useRef, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { count } from '../ui/words.ts'
import { Composer } from './composer.tsx'
import { useDropColumn } from './use-mouse-drag.ts'

interface ColumnProps {
  boardId: string
  column: BoardColumn & { cards: readonly Card[] }
  /** How many there are when a search hides some. */
  total: number
  isComposing: boolean
  compose: (columnId: string | null) => void
  /** Between which cards a dragged one would land. */
  dropAt: number | null
  heldId: string | null
  tile: (card: Card, column: BoardColumn) => ReactNode
  /** Nothing is on the board yet, and this is where its first card goes. */
  isBeginning: boolean
  className?: string
}

export const COLUMN_DOT = { backlog: 'bg-faint', inProgress: 'bg-live', review: 'bg-look', done: 'bg-ink' } as const

/** More cards than anybody looks at are drawn when asked for. */
const DRAWN = 100

/** How a board begins. */
const Beginning = ({ write }: { write: () => void }): ReactElement => (
  <div className="grid justify-items-start gap-2 px-1 pt-1 text-soft">
    <p>Nothing is to be done yet. Write a card, and drop it on In Progress when an agent may take it up.</p>
    <Button onClick={write}>
      <Icon name="plus" />
      Write the first card
    </Button>
  </div>
)

export const Column = (props: ColumnProps): ReactElement => {
  const { boardId, column, total, isComposing, compose, dropAt, heldId, tile, isBeginning, className = '' } = props
  const element = useRef<HTMLElement>(null)
  useDropColumn(element)
  const [limit, setLimit] = useState(DRAWN)
  const drawn = column.cards.slice(0, limit)
  const others = drawn.filter((card) => card.id !== heldId)
  const isHidden = column.cards.length < total
  const line = <li key="drop" aria-hidden="true" className="-mt-1.25 mb-0.75 h-0.5 rounded-full bg-live" />
  return (
    <section
      ref={element}
      data-column-id={column.id}
      aria-label={`${column.title}, ${count(total, 'card')}`}
      className={`flex min-h-0 min-w-0 flex-col ${dropAt === null ? '' : 'bg-live-wash/40'} ${className}`}
    >
      <header className="flex h-10 shrink-0 items-center gap-2 px-2.5">
        <span className={`size-2 rounded-full ${COLUMN_DOT[column.key ?? 'backlog']}`} aria-hidden="true" />
        <h2 className="truncate font-semibold">{column.title}</h2>
        <span className="text-sm text-faint">{isHidden ? `${column.cards.length} of ${total}` : total}</span>
        <Button
          look="small"
          className="ml-auto"
          aria-label={`Add a card to ${column.title}`}
          title="New card"
          onClick={() => compose(isComposing ? null : column.id)}
        >
          <Icon name="plus" />
        </Button>
      </header>
      <div data-scrolls className="min-h-0 grow overflow-y-auto px-2 pt-0.5 pb-6">
        {isComposing && <Composer boardId={boardId} columnId={column.id} close={() => compose(null)} />}
        {isBeginning && !isComposing && <Beginning write={() => compose(column.id)} />}
        <ul>
          {drawn.flatMap((card) =>
            dropAt !== null && others[dropAt] === card ? [line, tile(card, column)] : [tile(card, column)],
          )}
          {dropAt !== null && dropAt >= others.length && line}
        </ul>
        {column.cards.length > limit && (
          <Button look="quiet" className="w-full justify-center" onClick={() => setLimit(limit + DRAWN)}>
            {column.cards.length - limit} more
          </Button>
        )}
      </div>
    </section>
  )
}
