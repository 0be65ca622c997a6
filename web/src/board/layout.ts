import type { BoardState, Card, Column } from '@boardcast/client'

/** Where a card is to be. */
export interface Spot {
  columnId: string
  index: number
}

/** A wish that the log hasn't settled yet. */
export type Wish = { kind: 'move'; cardId: string; to: Spot } | { kind: 'delete'; cardId: string }

/** A board as it is drawn: columns in order, each with its cards. */
export interface Layout {
  columns: readonly (Column & { cards: readonly Card[] })[]
}

/** The log's state with the open wishes on top, oldest first. */
export function layout(state: BoardState, wishes: readonly Wish[]): Layout {
  const order = new Map(state.columnOrder.map((id) => [id, [...(state.columns[id]?.cardIds ?? [])]]))
  for (const wish of wishes) grant(order, wish)
  const columns = state.columnOrder.flatMap((id) => {
    const column = state.columns[id]
    if (!column) return []
    const cardIds = order.get(id) ?? []
    const cards = cardIds.flatMap((card) => state.cards[card] ?? [])
    return [{ ...column, cardIds, cards }]
  })
  return { columns }
}

function grant(order: Map<string, string[]>, wish: Wish): void {
  const target = wish.kind === 'move' ? order.get(wish.to.columnId) : undefined
  // The column or the card may be gone meanwhile: the log then decides alone.
  if (wish.kind === 'move' && !target) return
  let isThere = false
  for (const cards of order.values()) {
    const at = cards.indexOf(wish.cardId)
    if (at < 0) continue
    cards.splice(at, 1)
    isThere = true
  }
  if (isThere && wish.kind === 'move') target?.splice(wish.to.index, 0, wish.cardId)
}

export function spotOf({ columns }: Layout, cardId: string): Spot | null {
  for (const column of columns) {
    const index = column.cardIds.indexOf(cardId)
    if (index >= 0) return { columnId: column.id, index }
  }
  return null
}

export const sameSpot = (a: Spot | null, b: Spot | null): boolean =>
  a === b || (a !== null && b !== null && a.columnId === b.columnId && a.index === b.index)

/** The cards of which nothing is expected any more. */
export const doneCards = (state: BoardState): ReadonlySet<string> =>
  new Set(Object.values(state.columns).flatMap((column) => (column.key === 'done' ? column.cardIds : [])))

/** The cards that this one waits for. */
export const blockers = (state: BoardState, done: ReadonlySet<string>, card: Card): Card[] =>
  card.dependsOn.flatMap((id) => (done.has(id) ? [] : (state.cards[id] ?? [])))

/** Whether a card is meant by what was searched for: every word in key, title, type or text. */
export function matches(card: Card, words: string): boolean {
  const text = `${card.ticketKey} ${card.title} ${card.ticketType ?? ''} ${card.description ?? ''}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word)) // an empty word is in every text
}

/** A place among the cards that a search left over, as a place in the whole column. */
export function realSpot(whole: Layout, shown: Layout, cardId: string, { columnId, index }: Spot): Spot {
  const others = (view: Layout) =>
    view.columns.find(({ id }) => id === columnId)?.cardIds.filter((id) => id !== cardId) ?? []
  const [all, visible] = [others(whole), others(shown)]
  const next = visible[index]
  if (next !== undefined) return { columnId, index: all.indexOf(next) }
  const last = visible.at(-1)
  return { columnId, index: last === undefined ? all.length : all.indexOf(last) + 1 }
}

/** The same board with only the cards that are meant by a search. */
export function found(whole: Layout, words: string): Layout {
  if (words.trim() === '') return whole
  const columns = whole.columns.map((column) => {
    const cards = column.cards.filter((card) => matches(card, words))
    return { ...column, cards, cardIds: cards.map(({ id }) => id) }
  })
  return { columns }
}
