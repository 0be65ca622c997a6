import type { BoardChange } from '@boardcast/client'
import { base, type Told } from './told.ts'

/** A new card is put into its column by the same change: that is one thing to tell. */
export function changes(all: readonly BoardChange[]): Told[] {
  const added = new Set(all.flatMap((change) => (change.what === 'card_added' ? [change.cardId] : [])))
  return all.flatMap((change) =>
    change.what === 'card_moved' && added.has(change.cardId) ? [] : [boardChange(change)],
  )
}

function boardChange(change: BoardChange): Told {
  switch (change.what) {
    case 'card_added':
      return { ...base, icon: 'plus', words: `New card: ${change.title}`, brief: change.title, cardId: change.cardId }
    case 'card_removed':
      return { ...base, icon: 'bin', words: `Deleted: ${change.title}`, brief: 'A card was deleted' }
    case 'card_moved': {
      const words = change.from === change.to ? `Moved within ${change.to}` : `Moved to ${change.to}`
      return { ...base, icon: 'right', words, brief: words, cardId: change.cardId }
    }
    case 'card_edited':
      return { ...base, icon: 'pencil', words: 'Edited', tone: 'quiet', cardId: change.cardId }
    case 'column_added':
      return { ...base, icon: 'board', words: `New column ${change.title}` }
    case 'column_changed':
      return { ...base, icon: 'board', words: `Changed the column ${change.title}` }
    case 'column_removed':
      return { ...base, icon: 'board', words: `Deleted the column ${change.title}` }
    default:
      return change satisfies never
  }
}
