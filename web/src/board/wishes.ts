import type { BoardState } from '@boardcast/client'
import type { Wish } from './layout.ts'

/** A wish on its way: first asked, then known to be in the log at `seq`. */
export interface OpenWish {
  id: number
  wish: Wish
  seq: number | null
}

export type WishStep =
  | { step: 'asked'; id: number; wish: Wish }
  | { step: 'granted'; id: number; seq: number }
  | { step: 'refused'; id: number }
  | { step: 'shown'; seq: number }

/**
 * A wish stays on top of the log's state until that state holds it, so that nothing jumps back in between,
 * whichever of answer and stream comes first. A refused one simply leaves.
 */
export function wishes(open: readonly OpenWish[], step: WishStep): readonly OpenWish[] {
  switch (step.step) {
    case 'asked':
      return [...open, { id: step.id, wish: step.wish, seq: null }]
    case 'granted':
      return open.map((one) => (one.id === step.id ? { ...one, seq: step.seq } : one))
    case 'refused':
      return open.filter((one) => one.id !== step.id)
    case 'shown': {
      const left = open.filter((one) => one.seq === null || one.seq > step.seq)
      return left.length === open.length ? open : left
    }
    default:
      return step satisfies never
  }
}

/** What isn't in this state yet. */
export const unsettled = (open: readonly OpenWish[], state: BoardState): Wish[] =>
  open.filter((one) => one.seq === null || one.seq > state.seq).map((one) => one.wish)
