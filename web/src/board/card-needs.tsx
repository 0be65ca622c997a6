import type { Card } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { useOpenBoard } from './board-context.ts'
import { blockers, doneCards } from './layout.ts'
import { useChangeCard } from './use-cards.ts'

/** What a card waits for: it can't go to In Progress before those are done. */
export const CardNeeds = ({ card }: { card: Card }): ReactElement | null => {
  const { boardId, view } = useOpenBoard()
  const change = useChangeCard(boardId, card.id)
  const { state } = view
  if (!state) return null
  const open = new Set(blockers(state, doneCards(state), card).map(({ id }) => id))
  const needs = card.dependsOn.flatMap((id) => state.cards[id] ?? [])
  const others = Object.values(state.cards).filter(({ id }) => id !== card.id && !card.dependsOn.includes(id))
  const set = (dependsOn: string[]) => change.mutate({ dependsOn })
  return (
    <section aria-labelledby="needs" className="grid grid-cols-1 gap-1">
      <h3 id="needs" className="text-sm text-soft">
        Waits for
      </h3>
      <ul>
        {needs.map(({ id, ticketKey, title }) => (
          <li key={id} className="flex h-8 items-center gap-2">
            <Icon name={open.has(id) ? 'lock' : 'check'} className={open.has(id) ? 'text-soft' : 'text-live'} />
            <span className="shrink-0 font-mono text-sm text-faint">{ticketKey}</span>
            <Link to={`/boards/${boardId}/cards/${id}`} className="truncate hover:underline">
              {title}
            </Link>
            <Button
              look="small"
              className="ml-auto"
              aria-label={`No longer wait for ${ticketKey}`}
              onClick={() => set(card.dependsOn.filter((one) => one !== id))}
            >
              <Icon name="close" />
            </Button>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <select
          aria-label="Wait for another card"
          value=""
          onChange={(event) => set([...card.dependsOn, event.target.value])}
          className="h-8 w-full max-w-80 rounded-md border border-rule bg-sheet px-1.5 text-soft"
        >
          <option value="">Add a card…</option>
          {others.map(({ id, ticketKey, title }) => (
            <option key={id} value={id}>
              {ticketKey} {title}
            </option>
          ))}
        </select>
      )}
      {change.error && <Trouble error={change.error} />}
    </section>
  )
}
