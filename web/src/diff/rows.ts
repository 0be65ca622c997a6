import type { DiffLine } from './parts.ts'

/** A line among the lines of its file. */
export interface Placed {
  line: DiffLine
  nth: number
}

/** What stands beside each other: before and now. A hunk's head takes the place of both. */
export interface DiffRow {
  left: Placed | null
  right: Placed | null
}

/** The lines of a file in two columns: what was removed stands beside what came instead. */
export function sideBySide(lines: readonly DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = []
  let removed: Placed[] = []
  let added: Placed[] = []
  const settle = () => {
    for (let nth = 0; nth < Math.max(removed.length, added.length); nth++) {
      rows.push({ left: removed[nth] ?? null, right: added[nth] ?? null })
    }
    removed = []
    added = []
  }
  for (const [nth, line] of lines.entries()) {
    const placed = { line, nth }
    if (line.kind === 'added') added.push(placed)
    else if (line.kind === 'removed') {
      // What is removed after something was added begins a pair of its own.
      if (added.length > 0) settle()
      removed.push(placed)
    } else {
      settle()
      rows.push({ left: placed, right: placed })
    }
  }
  settle()
  return rows
}
