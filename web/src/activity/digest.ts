import type { Activity } from '@boardcast/client'
import { cardsOfAttempts, type Milestone, milestones } from './milestones.ts'

/** What happened with one card; with none, what happened beside all of them. */
export interface Chapter {
  cardId: string | null
  steps: Milestone[]
}

/** Steps by card, the card of the last step first. Of the same words in a row the last are kept. */
export function digest(
  oldestFirst: readonly Activity[],
  known: Readonly<Record<string, { cardId: string }>>,
): Chapter[] {
  const cards = cardsOfAttempts(oldestFirst)
  const chapters = new Map<string | null, Chapter>()
  for (const step of milestones(oldestFirst)) {
    const ofAttempt = step.attemptId === null ? null : (cards.get(step.attemptId) ?? known[step.attemptId]?.cardId)
    const cardId = step.cardId ?? ofAttempt ?? null
    const steps = chapters.get(cardId)?.steps ?? []
    if (steps.at(-1)?.words === step.words) steps.pop()
    steps.push(step)
    // Taken out and put in again: a map keeps the order of its entries.
    chapters.delete(cardId)
    chapters.set(cardId, { cardId, steps })
  }
  return [...chapters.values()].reverse()
}
