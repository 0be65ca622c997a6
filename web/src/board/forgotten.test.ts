import { type AttemptView, type BoardView, createBoardcast, newAttempt } from '@boardcast/client'
import { expect, test } from 'vitest'
import { without } from './forgotten.ts'

const attempt = (attemptId: string, startedAt: string): AttemptView => ({ ...newAttempt(attemptId, 'card'), startedAt })

const board: BoardView = {
  ...createBoardcast().board('board').snapshot(),
  attempts: { old: attempt('old', '2026-01-01'), mid: attempt('mid', '2026-01-02'), new: attempt('new', '2026-01-03') },
  latestAttempt: { card: 'new' },
}

test('a card shows the newest attempt that is left', () => {
  expect(without(board, new Set())).toBe(board)
  const { attempts, latestAttempt } = without(board, new Set(['new']))
  expect(Object.keys(attempts)).toEqual(['old', 'mid'])
  expect({ ...latestAttempt }).toEqual({ card: 'mid' })
  expect(attempts.constructor).toBeUndefined()
})

test('a card whose attempts are all gone shows none', () => {
  expect({ ...without(board, new Set(['old', 'mid', 'new'])).latestAttempt }).toEqual({})
})
