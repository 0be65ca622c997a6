import type { Activity, BoardState } from '@boardcast/client'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../api/events.ts'
import { feed, joined } from './feed.ts'
import { fromLog } from './from-log.ts'

const state: BoardState = {
  boardId: 'b',
  seq: 3,
  columnOrder: ['doing'],
  columns: { doing: { id: 'doing', key: 'inProgress', title: 'Doing', cardIds: ['c'] } },
  cards: {
    c: {
      id: 'c',
      ticketKey: 'T-1',
      title: 'Undo',
      description: null,
      ticketType: null,
      isEnhanced: false,
      dependsOn: [],
      prUrl: null,
      createdAt: '',
      updatedAt: '',
    },
  },
}
const commit = (seq: number, time: string): LoggedEvent => ({
  seq,
  time,
  type: 'git.commit.created',
  data: { boardId: 'b', attemptId: '', shortSha: `s${seq}`, sha: '', subject: 'one', ts: time },
})
const grown = (seq: number, text: string): LoggedEvent => ({
  seq,
  time: '2026-01-01T10:00:30.000Z',
  type: 'attempt.conversation.appended',
  data: {
    boardId: 'b',
    attemptId: 'a',
    item: { type: 'message', id: 'm', timestamp: '', role: 'assistant', format: 'plaintext', text },
  },
})
const told = (...events: LoggedEvent[]) => feed(events.map((event) => fromLog(event, state)))
const words = (...events: LoggedEvent[]) => told(...events).map(({ lines }) => lines.map((line) => line.words))

test('lines are grouped by the minute', () => {
  const times = ['10:01:59', '10:01:00', '10:00:59'].map((time) => `2026-01-01T${time}.000Z`)
  expect(words(...times.map((time, nth) => commit(9 - nth, time)))).toEqual([
    ['Committed s9 one', 'Committed s8 one'],
    ['Committed s7 one'],
  ])
})

test('a message that grew is told once, as it is now', () => {
  expect(words(grown(3, 'all of it'), grown(2, 'a part'))).toEqual([['all of it']])
})

test('output in a row is one line that says how much it stands for', () => {
  const time = '2026-01-01T10:00:30.000Z'
  const line = (seq: number, level: 'info' | 'error'): LoggedEvent => ({
    seq,
    time,
    type: 'attempt.log.appended',
    data: { boardId: 'b', attemptId: 'a', level, message: `line ${seq}`, ts: time },
  })
  const [minute] = told(line(9, 'info'), line(8, 'info'), line(7, 'info'), line(6, 'error'), line(5, 'info'))
  expect(minute?.lines.map(({ words, more }) => [words, more])).toEqual([
    ['line 9', 2],
    ['line 6', 0],
    ['line 5', 0],
  ])
})

test('a patch of the log is told by what it did', () => {
  const patch = (...ops: Extract<LoggedEvent, { type: 'board.state.changed' }>['data']['patch']): LoggedEvent => ({
    seq: 3,
    time: '2026-01-01T10:00:00.000Z',
    type: 'board.state.changed',
    data: { boardId: 'b', seq: 3, baseSeq: 2, patch: ops },
  })
  const place = { op: 'add', path: '/columns/doing/cardIds/0', value: 'c' } as const
  expect(words(patch(place, { op: 'replace', path: '/seq', value: 3 }))).toEqual([['Moved to Doing']])
  expect(words(patch({ op: 'add', path: '/cards/c', value: { title: 'Undo' } }, place))).toEqual([['New card: Undo']])
  expect(words(patch({ op: 'replace', path: '/seq', value: 3 }))).toEqual([])
})

test('the stream goes on where the pages end, and nothing is told twice', () => {
  const entry = (seq: number): Activity => ({ kind: 'board', seq, at: '', changes: [] })
  const all = joined([entry(4), entry(5), entry(6)], [[entry(5), entry(4)], [entry(2)]], 5)
  expect(all.map(({ seq }) => seq)).toEqual([6, 5, 4, 2])
})
