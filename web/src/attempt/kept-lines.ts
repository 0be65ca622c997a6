import type { Line } from '@boardcast/client'
import { useState } from 'react'

/** Lines that the stream told, from the first one on: the stream itself holds only the last of them. */
export interface Kept {
  readonly of: string
  readonly lines: readonly Line[]
  /** Where what is read over REST ends. */
  readonly before: number | null
  /** Counts the gaps: what came before one is read anew. */
  readonly start: number
}

export const begin = (of: string, tail: readonly Line[], start = 0): Kept => ({
  of,
  lines: tail,
  before: tail[0]?.seq ?? null,
  start,
})

/** With what the tail has more. An attempt has at most 50,000 lines, so all of them can be kept. */
export function keep(kept: Kept, of: string, tail: readonly Line[], dropped: number): Kept {
  if (kept.of !== of) return begin(of, tail)
  const [first, newest, last] = [tail[0], tail.at(-1), kept.lines.at(-1)]
  if (!first || !newest || (last && newest.seq <= last.seq)) return kept
  // A page that slept, say, has missed more than the tail holds.
  if (last ? first.seq > last.seq : dropped > 0) return begin(of, tail, kept.start + 1)
  const more = last ? tail.slice(tail.findLastIndex(({ seq }) => seq <= last.seq) + 1) : tail
  return { ...kept, lines: [...kept.lines, ...more] }
}

export function useKept(of: string, tail: readonly Line[], dropped: number): Kept {
  const [kept, setKept] = useState(() => begin(of, tail))
  const next = keep(kept, of, tail, dropped)
  if (next !== kept) setKept(next)
  return next
}
