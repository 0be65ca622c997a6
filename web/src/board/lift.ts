import type { Layout, Spot } from './layout.ts'

/** A card picked up by the keyboard, and where it would land. */
export interface Lift {
  cardId: string
  from: Spot
  to: Spot
}

/** An arrow moves a lifted card by one place; at the edge it stays. `view` shows the board without it being dropped. */
export function nudge(lift: Lift, key: string, view: Layout): Lift {
  const at = view.columns.findIndex((column) => column.id === lift.to.columnId)
  const others = (nth: number) => view.columns[nth]?.cardIds.filter((id) => id !== lift.cardId).length ?? 0
  const to = (nth: number, index: number): Lift => {
    const column = view.columns[nth]
    return column ? { ...lift, to: { columnId: column.id, index: Math.max(0, Math.min(index, others(nth))) } } : lift
  }
  switch (key) {
    case 'ArrowUp':
      return to(at, lift.to.index - 1)
    case 'ArrowDown':
      return to(at, lift.to.index + 1)
    case 'ArrowLeft':
      return to(at - 1, lift.to.index)
    case 'ArrowRight':
      return to(at + 1, lift.to.index)
    case 'Home':
      return to(at, 0)
    case 'End':
      return to(at, others(at))
    default:
      return lift
  }
}

/** What a screen reader hears of a place. */
export function spotWords(view: Layout, { columnId, index }: Spot): string {
  const column = view.columns.find(({ id }) => id === columnId)
  return column ? `${column.title}, position ${index + 1} of ${Math.max(column.cardIds.length, index + 1)}` : ''
}

/** The card that an arrow leads to from another one; the same height in the next column that has cards. */
export function neighbour(view: Layout, { columnId, index }: Spot, key: string): string | null {
  const at = view.columns.findIndex(({ id }) => id === columnId)
  const here = view.columns[at]?.cardIds ?? []
  if (key === 'ArrowUp') return here[index - 1] ?? null
  if (key === 'ArrowDown') return here[index + 1] ?? null
  const sideways = key === 'ArrowLeft' ? view.columns.slice(0, at).reverse() : view.columns.slice(at + 1)
  const next = sideways.find(({ cardIds }) => cardIds.length > 0)?.cardIds
  return next?.[Math.min(index, next.length - 1)] ?? null
}
