import type { AttemptView } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Icon } from '../ui/icon.tsx'
import { useNow } from '../ui/now.ts'
import { ago, elapsed } from '../ui/words.ts'
import { duration, isActive, MOOD_INK, MOOD_WORDS, mood } from './state.ts'

type Timed = Pick<AttemptView, 'startedAt' | 'endedAt' | 'status' | 'needsInput'>

const Ticking = ({ attempt }: { attempt: Timed }): string => {
  const seconds = duration(attempt, useNow())
  return seconds === null ? '' : elapsed(seconds)
}

/** How long: ticking while it runs, else what it took. */
export const Elapsed = ({ attempt }: { attempt: Timed }): ReactElement => {
  const took = duration(attempt, 0)
  return <time>{isActive(attempt.status) ? <Ticking attempt={attempt} /> : took === null ? '' : elapsed(took)}</time>
}

/** State and time: `● Running 2:05`, `✓ Succeeded 17 s`. */
export const StateLine = ({ attempt }: { attempt: Timed }): ReactElement => {
  const now = mood(attempt)
  const dot = `mx-0.5 size-1.75 shrink-0 rounded-full bg-current ${now === 'running' ? 'breathing' : ''}`
  return (
    <span className={`inline-flex shrink-0 items-center gap-1 font-medium ${MOOD_INK[now]}`}>
      {now === 'succeeded' ? (
        <Icon name="check" className="-mr-0.5 size-3.5! text-live" />
      ) : (
        <span className={dot} aria-hidden="true" />
      )}
      <span className={now === 'asks' ? 'rounded-sm bg-wait-wash px-1' : ''}>{MOOD_WORDS[now]}</span>
      <span className="font-normal">
        <Elapsed attempt={attempt} />
      </span>
    </span>
  )
}

/** A running attempt that is silent looks the same as one at work, but for this. */
export const Heard = ({ at }: { at: number }): ReactElement => (
  <span className="text-faint">Heard {ago((useNow() - at) / 1000)}</span>
)
