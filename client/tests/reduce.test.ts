import { expect, test } from 'vitest'
import type { SseMsg } from '../src/lib/index.ts'
import { parseMessage } from '../src/lib/messages.ts'
import { MAX_ATTEMPTS, reduceAll, reduceBoard, type Told } from '../src/lib/reduce.ts'
import { emptyBoard } from '../src/lib/views.ts'
import { boardState } from './scene.ts'

const told = (seq: number, event: SseMsg['event'], data: object): Told => {
  const msg = parseMessage(event, JSON.stringify({ boardId: 'b', ...data }))
  if (msg === null) throw new Error(`no ${event}`)
  return { seq, at: '2026-01-01T00:00:09.000Z', msg }
}

const ts = '2026-01-01T00:00:01.000Z'
const state = (titles: string[]) => told(3, 'state', boardState('b', 3, titles))
const status = (seq: number, attemptId: string, cardId: string, more: object = {}) =>
  told(seq, 'attempt_status', {
    ...{ attemptId, cardId, agent: 'x', status: 'running', previousStatus: null, needsInput: false },
    ...{ startedAt: null, endedAt: null, error: null, ts, ...more },
  })
const line = (seq: number, attemptId: string, message: string) =>
  told(seq, 'attempt_log', { attemptId, level: 'info', message, ts })
const item = (seq: number, id: string, text: string) =>
  told(seq, 'conversation_item', { attemptId: 'a', item: { id, timestamp: ts, type: 'error', text } })

const folded = (...all: Told[]) => reduceAll(emptyBoard('b'), all)

test('a batch gives what one by one gives, and changes no view before it', () => {
  const all = [
    state(['one', 'two']),
    status(4, 'a', 'one'),
    ...[5, 6, 7].map((seq) => line(seq, seq === 6 ? 'c' : 'a', `line ${seq}`)),
    item(8, 'i', 'old'),
    item(9, 'j', 'other'),
    item(10, 'i', 'new'),
    status(11, 'c', 'one'),
    told(12, 'attempt_todos', { attemptId: 'a', todos: { total: 2, completed: 1, items: [] } }),
    told(13, 'git_status', { attemptId: '', status: { branch: 'main' } }),
  ]
  const views = [emptyBoard('b')]
  for (const each of all) views.push(reduceBoard(views.at(-1) ?? emptyBoard('b'), each))
  const copies = structuredClone(views)
  expect(reduceAll(emptyBoard('b'), all)).toEqual(views.at(-1))
  for (let at = 0; at < all.length; at += 1) {
    const from = views[at]
    if (from !== undefined) expect(reduceAll(from, all.slice(at))).toEqual(views.at(-1))
  }
  expect(structuredClone(views)).toEqual(copies)
})

test('a newer version of an item stands where the older one stood', () => {
  const view = folded(state([]), item(4, 'i', 'old'), item(5, 'j', 'other'), item(6, 'i', 'new'))
  expect(view.attempts.a?.items.map(({ seq, item }) => [seq, item.id])).toEqual([
    [6, 'i'],
    [5, 'j'],
  ])
})

test('the youngest attempt is shown on its card, also when an older one speaks again', () => {
  const view = folded(state(['one']), status(4, 'a', 'one'), status(5, 'c', 'one'), status(6, 'a', 'one'))
  expect(view.latestAttempt.one).toBe('c')
})

test('replayed statuses are no news', () => {
  expect(folded(state(['one']), status(4, 'a', 'one', { replayed: true })).activity).toEqual([])
})

test('a deleted card takes its attempts with it', () => {
  const removal = told(9, 'state_patch', {
    ...{ seq: 9, baseSeq: 3 },
    patch: [
      { op: 'remove', path: '/cards/one' },
      { op: 'remove', path: '/columns/todo/cardIds/0' },
      { op: 'replace', path: '/seq', value: 9 },
    ],
  })
  const view = folded(state(['one', 'two']), status(4, 'a', 'one'), status(5, 'c', 'two'), removal)
  expect(Object.keys(view.attempts)).toEqual(['c'])
  expect(Object.keys(view.latestAttempt)).toEqual(['two'])
  expect(view.activity.at(-1)).toMatchObject({ changes: [{ what: 'card_removed', cardId: 'one' }] })
})

test('names of inherited members are names like others', () => {
  const view = folded(state(['one']), line(4, '__proto__', 'hi'), status(5, 'constructor', '__proto__'))
  expect(Object.keys(view.attempts)).toEqual(['__proto__', 'constructor'])
  expect(Object.entries(view.latestAttempt)).toContainEqual(['__proto__', 'constructor'])
  expect(view.latestAttempt.toString).toBeUndefined()
})

test('attempts without end do not fill the memory', () => {
  const all = Array.from({ length: MAX_ATTEMPTS * 2 }, (_, n) => line(n, `a${n}`, 'x'))
  const names = Object.keys(folded(...all).attempts)
  expect(names.length).toBeLessThanOrEqual(MAX_ATTEMPTS)
  expect(names.at(-1)).toBe(`a${MAX_ATTEMPTS * 2 - 1}`)
})

test('long lines take less of the tail', () => {
  const all = Array.from({ length: 20 }, (_, n) => line(n, 'a', `${n}`.padEnd(1024 * 1024)))
  const attempt = folded(...all).attempts.a
  expect(attempt?.lines.length).toBe(8)
  expect(attempt?.dropped).toBe(12)
})
