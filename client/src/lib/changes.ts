/** What is different on a board, for people. */
import type { BoardState, Card, Column } from '@boardcast/shared'
import type { BoardChange } from './views.ts'

/** Ids are anybody's choice, `constructor` too: only what the record holds itself counts. */
const own = <T>(record: Readonly<Record<string, T>>, id: string): T | undefined =>
  Object.hasOwn(record, id) ? record[id] : undefined

/** The column of each card. */
const places = (state: BoardState): ReadonlyMap<string, Column> =>
  new Map(Object.values(state.columns).flatMap((column) => column.cardIds.map((id) => [id, column])))

const EDITABLE = ['title', 'description', 'ticketType', 'isEnhanced', 'dependsOn', 'prUrl'] as const

const editedFields = (before: Card, after: Card): string[] =>
  EDITABLE.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))

const editsOf = (before: BoardState, after: BoardState): BoardChange[] =>
  Object.values(after.cards).flatMap((card): BoardChange[] => {
    const old = own(before.cards, card.id)
    const fields = old === undefined || old === card ? [] : editedFields(old, card)
    return fields.length === 0 ? [] : [{ what: 'card_edited', cardId: card.id, title: card.title, fields }]
  })

/** Cards that came, went, or are in another column. */
const movesOf = (before: BoardState, after: BoardState): BoardChange[] => {
  const [from, to] = [places(before), places(after)]
  const now = Object.values(after.cards).flatMap(({ id: cardId, title }): BoardChange[] => {
    const [left, reached] = [from.get(cardId), to.get(cardId)]
    const place = reached?.title ?? ''
    if (own(before.cards, cardId) === undefined) return [{ what: 'card_added', cardId, title, to: place }]
    return left?.id === reached?.id ? [] : [{ what: 'card_moved', cardId, title, from: left?.title ?? '', to: place }]
  })
  const gone = Object.values(before.cards)
    .filter((card) => own(after.cards, card.id) === undefined)
    .map(({ id: cardId, title }): BoardChange => {
      return { what: 'card_removed', cardId, title, from: from.get(cardId)?.title ?? '' }
    })
  return [...now, ...gone]
}

const columnChanges = (before: BoardState, after: BoardState): BoardChange[] => [
  ...Object.values(after.columns).flatMap(({ id: columnId, title }): BoardChange[] => {
    const old = own(before.columns, columnId)
    if (old === undefined) return [{ what: 'column_added', columnId, title }]
    return old.title === title ? [] : [{ what: 'column_changed', columnId, title }]
  }),
  ...Object.values(before.columns)
    .filter((column) => own(after.columns, column.id) === undefined)
    .map(({ id: columnId, title }): BoardChange => ({ what: 'column_removed', columnId, title })),
]

/**
 * What became different from `before` to `after`. A card that only changed places within its column isn't told.
 * What both share isn't looked at: a change costs by what it touched.
 */
export const changesBetween = (before: BoardState, after: BoardState): readonly BoardChange[] => [
  ...(before.columns === after.columns ? [] : [...columnChanges(before, after), ...movesOf(before, after)]),
  ...(before.cards === after.cards ? [] : editsOf(before, after)),
]
