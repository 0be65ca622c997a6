import type { Activity, AttemptStatus, BoardChange, SseMsg } from '@boardcast/client'
import { expect, test } from 'vitest'
import { digest } from './digest.ts'
import { AWAY_MS, awaySince, isSameLog, reached } from './seen.ts'

let seq = 0
const fact = (msg: SseMsg): Activity => ({ kind: 'fact', seq: ++seq, at: '', msg })
const board = (...changes: BoardChange[]): Activity => ({ kind: 'board', seq: ++seq, at: '', changes })
const moved = (cardId: string, to: string) => board({ what: 'card_moved', cardId, title: cardId, from: '', to })
const status = (cardId: string, now: AttemptStatus, previousStatus: AttemptStatus | null, needsInput = false) =>
  fact({
    event: 'attempt_status',
    data: {
      boardId: 'b',
      attemptId: `of ${cardId}`,
      cardId,
      agent: 'demo',
      status: now,
      previousStatus,
      needsInput,
      startedAt: null,
      endedAt: null,
      error: null,
      ts: '',
    },
  })
const commit = (attemptId: string) =>
  fact({
    event: 'git_commit',
    data: { boardId: 'b', attemptId, shortSha: 'abc', sha: '', subject: 'Do it', ts: '' },
  })
const log = (attemptId: string) =>
  fact({ event: 'attempt_log', data: { boardId: 'b', attemptId, level: 'info', message: 'printed', ts: '' } })

const told = (...all: Activity[]) =>
  digest(all, { known: { cardId: 'x' } }).map(({ cardId, steps }) => [cardId, steps.map(({ words }) => words)])

test('what happened is told by card, the last one first, and only what is a step of the work', () => {
  const all = [
    moved('x', 'In Progress'),
    status('x', 'queued', null),
    status('x', 'running', 'queued'),
    log('of x'),
    moved('y', 'Done'),
    status('x', 'running', 'running', true),
    status('x', 'running', 'running'),
    commit('of x'),
    status('x', 'succeeded', 'running'),
  ]
  expect(told(...all)).toEqual([
    ['x', ['Moved to In Progress', 'Queued', 'Needs you', 'Committed abc Do it', 'Succeeded']],
    ['y', ['Moved to Done']],
  ])
})

test('a fact of an attempt that began before is told with its card, one of no attempt beside all', () => {
  expect(told(commit('known'), commit(''))).toEqual([
    [null, ['Committed abc Do it']],
    ['x', ['Committed abc Do it']],
  ])
})

test('edits in a row are one step, and a link to a pull request is none', () => {
  const edited = (...fields: string[]) => board({ what: 'card_edited', cardId: 'x', title: 'x', fields })
  expect(told(edited('title'), edited('description'))).toEqual([['x', ['Edited']]])
  expect(told(edited('prUrl', 'updatedAt'))).toEqual([])
})

test('only a longer absence is told of', () => {
  const seen = { cursor: 'e-7', at: 1000 }
  expect(awaySince(seen, 1000 + AWAY_MS)).toBe('e-7')
  expect(awaySince(seen, 999 + AWAY_MS)).toBeNull()
  expect(awaySince(null, AWAY_MS)).toBeNull()
})

test('a place is of its own log, and the later one counts', () => {
  expect([isSameLog('e-7', 'e-9'), isSameLog('e-7', 'f-7')]).toEqual([true, false])
  expect([reached('e-7', 3), reached('e-7', 9)]).toEqual(['e-7', 'e-9'])
})
