import type { BoardChanges } from '../api/boards.ts'
import { useDraft } from '../ui/draft.ts'

/** What a draft holds; nothing where it can't be read as changes. */
export function changesOf(text: string): BoardChanges {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

/** Changes of a board's settings that aren't saved yet; they outlive a change of place and a reload. */
export function useBoardChanges(boardId: string) {
  const draft = useDraft(`${boardId}.settings`)
  const changes = changesOf(draft.text)
  return {
    changes,
    set: (more: BoardChanges) => draft.set(JSON.stringify({ ...changes, ...more })),
    discard: draft.clear,
    saved: (sent: BoardChanges) => draft.sent(JSON.stringify(sent)),
  }
}
