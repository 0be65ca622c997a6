import { type Activity, type AttemptView, newAttempt } from '@boardcast/client'
import { expect, test } from 'vitest'
import { heardAt } from './heard.ts'

const attempt = (updatedAt: string | null): AttemptView => ({ ...newAttempt('a'), status: 'running', updatedAt })
const told = (attemptId: string, at: string): Activity => ({
  kind: 'fact',
  seq: 1,
  at,
  msg: { event: 'attempt_session', data: { boardId: 'b', attemptId, sessionId: 's' } },
})
const [EARLY, LATE] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:09.000Z']

test('the last thing heard counts, of this attempt only', () => {
  expect(heardAt([], attempt(null))).toBeNull()
  expect(heardAt([], attempt(EARLY))).toBe(Date.parse(EARLY))
  expect(heardAt([told('a', LATE)], attempt(EARLY))).toBe(Date.parse(LATE))
  expect(heardAt([told('a', EARLY)], attempt(LATE))).toBe(Date.parse(LATE))
  expect(heardAt([told('other', LATE)], attempt(EARLY))).toBe(Date.parse(EARLY))
})
