import type { Board, BoardState, BoardView } from '@boardcast/client'
import { useCallback, useLayoutEffect, useRef } from 'react'
import { startAttempt } from '../api/attempts.ts'
import { newKey } from '../api/request.ts'
import { isActive } from '../attempt/state.ts'
import { announce, notify } from '../ui/notices.tsx'
import { blockers, doneCards, type Spot, spotOf } from './layout.ts'
import type { Wishing } from './use-wishes.ts'

interface Drops {
  board: Board | null
  view: BoardView
  wishing: Wishing
}

/** A card that comes to In Progress is taken up by the board's own agent, once. */
export function useDrops(now: Drops): (cardId: string, to: Spot) => void {
  const latest = useRef(now)
  useLayoutEffect(() => {
    latest.current = now
  })
  const beginning = useRef(new Set<string>())
  return useCallback(async (cardId: string, to: Spot) => {
    const { board, view, wishing } = latest.current
    const agent = board?.defaultAgent ?? null
    const isWork = agent !== null && isTakenUp(latest.current, cardId, to) && !beginning.current.has(cardId)
    // A move to In Progress is refused while a card is blocked, an attempt isn't: that one brings the card along.
    const isBlocked = isWork && view.state !== null && waits(view.state, cardId)
    if (!isBlocked && !(await wishing.move(cardId, to))) return
    if (!isWork) return
    beginning.current.add(cardId)
    try {
      await startAttempt(view.boardId, cardId, {}, newKey())
      announce(`${agent} takes it up.`)
    } catch (error) {
      notify(`No attempt was started. ${error instanceof Error ? error.message : ''}`)
    } finally {
      beginning.current.delete(cardId)
    }
  }, [])
}

function isTakenUp({ view, wishing }: Drops, cardId: string, { columnId }: Spot): boolean {
  const column = wishing.layout.columns.find(({ id }) => id === columnId)
  const attempt = view.attempts[view.latestAttempt[cardId] ?? '']
  const isBusy = attempt !== undefined && isActive(attempt.status)
  return column?.key === 'inProgress' && spotOf(wishing.layout, cardId)?.columnId !== columnId && !isBusy
}

function waits(state: BoardState, cardId: string): boolean {
  const card = state.cards[cardId]
  return card !== undefined && blockers(state, doneCards(state), card).length > 0
}
