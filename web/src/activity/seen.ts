/** How far somebody has read a board: a place in the log, and when they last looked. */
export interface Seen {
  cursor: string
  at: number
}

/** Whoever was away for less has missed nothing that needs telling. */
export const AWAY_MS = 5 * 60_000

const place = (boardId: string) => `boardcast.seen.${boardId}`

export function readSeen(boardId: string): Seen | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(place(boardId)) ?? 'null')
    if (typeof value !== 'object' || value === null) return null
    const [cursor, at]: unknown[] = [Reflect.get(value, 'cursor'), Reflect.get(value, 'at')]
    return typeof cursor === 'string' && typeof at === 'number' ? { cursor, at } : null
  } catch {
    return null
  }
}

/** Storage may be full or forbidden: nothing is told on return then. */
export function writeSeen(boardId: string, seen: Seen): void {
  try {
    localStorage.setItem(place(boardId), JSON.stringify(seen))
  } catch {
    // Nothing to be done.
  }
}

/** Where to go on reading after a longer absence; null for whoever was here all along, or never. */
export function awaySince(seen: Seen | null, now: number): string | null {
  return seen !== null && now - seen.at >= AWAY_MS ? seen.cursor : null
}

const parts = (cursor: string) => {
  const at = cursor.lastIndexOf('-')
  return { epoch: cursor.slice(0, at), seq: Number(cursor.slice(at + 1)) }
}

/** Whether both are places in the same log: one that was restored is another. */
export const isSameLog = (a: string, b: string): boolean => parts(a).epoch === parts(b).epoch

/** The later place: the log's head when it was asked for, or what the stream has told since. */
export const reached = (head: string, told: number): string => {
  const { epoch, seq } = parts(head)
  return `${epoch}-${Math.max(seq, told)}`
}
