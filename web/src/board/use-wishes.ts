import type { BoardView } from '@boardcast/client'
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import { deleteCard, moveCard } from '../api/cards.ts'
import { notifyOf } from '../ui/notices.tsx'
import { type Layout, layout, type Spot, type Wish } from './layout.ts'
import { unsettled, wishes } from './wishes.ts'

const NOTHING: Layout = { columns: [] }

export interface Wishing {
  layout: Layout
  /** Whether it was granted; a refusal has then been told. */
  move: (cardId: string, to: Spot) => Promise<boolean>
  remove: (cardId: string) => void
}

/** Moves and deletions are drawn when they are made, settle when the log has them, and are undone when refused. */
export function useWishes({ boardId, state }: BoardView): Wishing {
  const [open, step] = useReducer(wishes, [])
  const lastId = useRef(0)
  const seq = state?.seq ?? 0
  useEffect(() => step({ step: 'shown', seq }), [seq])

  const ask = useCallback(async (wish: Wish, send: () => Promise<{ seq: number }>) => {
    const id = ++lastId.current
    step({ step: 'asked', id, wish })
    try {
      const answer = await send()
      step({ step: 'granted', id, seq: answer.seq })
      return true
    } catch (error) {
      step({ step: 'refused', id })
      notifyOf(error)
      return false
    }
  }, [])
  const move = useCallback(
    (cardId: string, to: Spot) =>
      ask({ kind: 'move', cardId, to }, () => moveCard(boardId, cardId, to.columnId, to.index)),
    [ask, boardId],
  )
  const remove = useCallback(
    (cardId: string) => void ask({ kind: 'delete', cardId }, () => deleteCard(boardId, cardId)),
    [ask, boardId],
  )
  const drawn = useMemo(() => (state ? layout(state, unsettled(open, state)) : NOTHING), [state, open])
  return { layout: drawn, move, remove }
}
