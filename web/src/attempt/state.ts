import type { AttemptStatus } from '@boardcast/client'

/** What a person calls the state of an attempt; asking comes before everything. */
export type Mood = 'asks' | 'queued' | 'running' | 'stopping' | 'succeeded' | 'failed' | 'stopped'

export const isActive = (status: AttemptStatus): boolean =>
  status === 'queued' || status === 'running' || status === 'stopping'

export const mood = (attempt: { status: AttemptStatus; needsInput: boolean }): Mood =>
  attempt.needsInput && isActive(attempt.status) ? 'asks' : attempt.status

export const MOOD_WORDS: Record<Mood, string> = {
  asks: 'Needs you',
  queued: 'Queued',
  running: 'Running',
  stopping: 'Stopping',
  succeeded: 'Succeeded',
  failed: 'Failed',
  stopped: 'Stopped',
}

/** Colour means state, and the same one everywhere. */
export const MOOD_INK: Record<Mood, string> = {
  asks: 'text-wait',
  queued: 'text-faint',
  running: 'text-live',
  stopping: 'text-faint',
  succeeded: 'text-soft',
  failed: 'text-fail',
  stopped: 'text-faint',
}

/** How long it took, or has been taking until `now`, in seconds; null before it began. */
export function duration(attempt: { startedAt: string | null; endedAt: string | null }, now: number): number | null {
  if (attempt.startedAt === null) return null
  const end = attempt.endedAt === null ? now : Date.parse(attempt.endedAt)
  return Math.max(0, (end - Date.parse(attempt.startedAt)) / 1000)
}

/** The server went away while it ran: its session can be taken up again. */
export const isInterrupted = ({ status, error }: { status: AttemptStatus; error: string | null }): boolean =>
  status === 'failed' && error === 'interrupted by a restart'
