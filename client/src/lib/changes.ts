/** What is different on a board, for people. */
import type { BoardState, Card } from '@boardcast/shared'
import type { BoardChange } from './views.ts'

/** The title of each card's column. */
const places = (state: BoardState): ReadonlyMap<string, string> =>
  new Map(Object.values(state.columns).flatMap((column) => column.cardIds.map((id) => [id, column.title])))

const EDITABLE = ['title', 'description', 'ticketType', 'isEnhanced', 'dependsOn', 'prUrl'] as const

const editedFields = (before: Card, after: Card): string[] =>
  EDITABLE.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))

const cardChanges = (before: BoardState, after: BoardState): BoardChange[] => {
  const [from, to] = [places(before), places(after)]
  const now = Object.values(after.cards).flatMap((card): BoardChange[] => {
    const { id: cardId, title } = card
    const [old, oldPlace, place] = [before.cards[cardId], from.get(cardId) ?? '', to.get(cardId) ?? '']
    if (old === undefined) return [{ what: 'card_added', cardId, title, to: place }]
    const fields = old === card ? [] : editedFields(old, card)
    return [
      ...(oldPlace === place ? [] : [{ what: 'card_moved', cardId, title, from: oldPlace, to: place } as const]),
      ...(fields.length === 0 ? [] : [{ what: 'card_edited', cardId, title, fields } as const]),
    ]
  })
  const gone = Object.values(before.cards).filter((card) => after.cards[card.id] === undefined)
  return [
    ...now,
    ...gone.map(
      ({ id: cardId, title }) => ({ what: 'card_removed', cardId, title, from: from.get(cardId) ?? '' }) as const,
    ),
  ]
}

const columnChanges = (before: BoardState, after: BoardState): BoardChange[] => [
  ...Object.values(after.columns).flatMap(({ id: columnId, title }): BoardChange[] => {
    const old = before.columns[columnId]
    if (old === undefined) return [{ what: 'column_added', columnId, title }]
    return old.title === title ? [] : [{ what: 'column_changed', columnId, title }]
  }),
  ...Object.values(before.columns)
    .filter((column) => after.columns[column.id] === undefined)
    .map(({ id: columnId, title }) => ({ what: 'column_removed', columnId, title }) as const),
]

/** What became different from `before` to `after`. A card that only changed places within its column isn't told. */
export const changesBetween = (before: BoardState, after: BoardState): readonly BoardChange[] => [
  ...columnChanges(before, after),
  ...cardChanges(before, after),
]
