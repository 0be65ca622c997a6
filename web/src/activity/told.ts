import type { IconName } from '../ui/icon.tsx'

/** What a line of the feed says. */
export interface Told {
  icon: IconName
  words: string
  /** The same for a place where what it is about is in sight anyway; null for what isn't told there. */
  brief: string | null
  /** Output of a program rather than words. */
  isCode: boolean
  tone: 'plain' | 'live' | 'wait' | 'fail' | 'quiet'
  cardId: string | null
  attemptId: string | null
  /** A newer line about the same thing stands for the older ones. */
  about: string | null
  /** Lines in a row of the same kind, of which the newest stands for all. */
  run: string | null
}

/** A plain line about nothing in particular. */
export const base = {
  isCode: false,
  tone: 'plain',
  cardId: null,
  attemptId: null,
  about: null,
  run: null,
  brief: null,
} as const
