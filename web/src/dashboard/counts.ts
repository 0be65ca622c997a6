import type { BoardView } from '@boardcast/client'
import { isActive, mood } from '../attempt/state.ts'

/** What a board's latest attempts come to. */
export interface Counts {
  running: number
  asks: number
  failed: number
}

export function counts({ state, attempts, latestAttempt }: BoardView): Counts {
  const found: Counts = { running: 0, asks: 0, failed: 0 }
  for (const cardId of Object.keys(state?.cards ?? {})) {
    const attempt = attempts[latestAttempt[cardId] ?? '']
    if (!attempt) continue
    if (mood(attempt) === 'asks') found.asks++
    else if (isActive(attempt.status)) found.running++
    else if (attempt.status === 'failed') found.failed++
  }
  return found
}
