import { type KeyboardEvent, useState } from 'react'
import { announce } from '../ui/notices.tsx'
import { type Layout, type Spot, sameSpot, spotOf } from './layout.ts'
import { type Lift, neighbour, nudge, spotWords } from './lift.ts'

interface KeyboardMoves {
  lift: Lift | null
  onKeyDown: (event: KeyboardEvent) => void
}

const ARROWS = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'])

/** The card that has the focus itself, not one of the buttons on it. */
const focusedCard = (target: EventTarget): string | null =>
  target instanceof HTMLElement && target.matches('a[data-card-link]')
    ? (target.closest<HTMLElement>('[data-card-id]')?.dataset.cardId ?? null)
    : null

export const focusCard = (cardId: string): void =>
  document.querySelector<HTMLElement>(`[data-card-id="${CSS.escape(cardId)}"] a[data-card-link]`)?.focus()

/** Space picks a card up, arrows move it, Space drops it, Escape puts it back; without Space arrows walk over the board. */
export function useKeyboardMoves(view: Layout, dropped: (cardId: string, to: Spot) => void): KeyboardMoves {
  const [lift, setLift] = useState<Lift | null>(null)

  const pickUp = (cardId: string) => {
    const from = spotOf(view, cardId)
    if (!from) return
    setLift({ cardId, from, to: from })
    announce(`Picked up. ${spotWords(view, from)}. Arrows move, Space drops, Escape cancels.`)
  }
  const drop = ({ cardId, from, to }: Lift) => {
    setLift(null)
    if (sameSpot(from, to)) announce('Put back.')
    else {
      announce(`Dropped. ${spotWords(view, to)}.`)
      dropped(cardId, to)
    }
  }
  const cancel = () => {
    setLift(null)
    announce('Cancelled, the card is where it was.')
  }
  const carry = (held: Lift, key: string) => {
    const next = nudge(held, key, view)
    setLift(next)
    announce(spotWords(view, next.to))
  }
  const whileHeld = (held: Lift, { key }: KeyboardEvent): boolean => {
    if (key === ' ' || key === 'Enter') drop(held)
    else if (key === 'Escape') cancel()
    else if (ARROWS.has(key)) carry(held, key)
    else return key === 'Tab'
    return true
  }
  const walk = (cardId: string, { key }: KeyboardEvent): boolean => {
    const here = spotOf(view, cardId)
    const next = here && ARROWS.has(key) ? neighbour(view, here, key) : null
    if (next === null) return false
    focusCard(next)
    return true
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const cardId = focusedCard(event.target)
    if (cardId === null || event.ctrlKey || event.metaKey || event.altKey) return
    let isTaken = true
    if (lift?.cardId === cardId) isTaken = whileHeld(lift, event)
    else if (event.key === ' ') pickUp(cardId)
    else isTaken = walk(cardId, event)
    if (!isTaken) return
    event.preventDefault()
    event.stopPropagation()
  }
  return { lift, onKeyDown }
}
