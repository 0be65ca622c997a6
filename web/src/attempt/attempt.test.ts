import type { ConversationItem } from '@boardcast/client'
import { expect, test } from 'vitest'
import { begin, keep } from './kept-lines.ts'
import { itemsJoin, mergeItems, mergeLines, openRequests, plain } from './merge.ts'

const said = (id: string, text = id): ConversationItem => ({
  type: 'message',
  id,
  timestamp: '',
  role: 'assistant',
  text,
  format: 'markdown',
})
const line = (seq: number) => ({ seq, ts: '', level: 'info', message: `line ${seq}` }) as const
const texts = (items: ConversationItem[]) => items.map((item) => (item.type === 'message' ? item.text : item.type))

test('pages and stream make one conversation, newer versions in the place of the first', () => {
  const pages = [
    [said('c'), said('d')],
    [said('a'), said('b')],
  ]
  const told = [
    { seq: 9, item: said('b', 'b, longer') },
    { seq: 10, item: said('e') },
  ]
  expect(texts(mergeItems(pages, told))).toEqual(['a', 'b, longer', 'c', 'd', 'e'])
})

test('a full tail that the newest page no longer reaches into leaves a gap', () => {
  const told = Array.from({ length: 500 }, (_, n) => ({ seq: n, item: said(`new ${n}`) }))
  expect(itemsJoin([said('old')], told)).toBe(false)
  expect(itemsJoin([said('old'), said('new 0')], told)).toBe(true)
  expect(itemsJoin([said('old')], told.slice(1))).toBe(true)
})

test('lines of pages end where the tail begins', () => {
  const lines = mergeLines(
    [
      [line(3), line(4), line(5)],
      [line(1), line(2)],
    ],
    [line(4), line(5), line(6)],
  )
  expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
})

const seqs = ({ lines }: { lines: readonly { seq: number }[] }) => lines.map(({ seq }) => seq)

test('what the stream told is kept when its tail has moved on', () => {
  const first = begin('a', [line(2), line(4)])
  expect(keep(first, 'a', [line(2), line(4)], 0)).toBe(first)
  const moved = keep(first, 'a', [line(4), line(6), line(9)], 1)
  expect(seqs(moved)).toEqual([2, 4, 6, 9])
  expect([moved.before, moved.start]).toEqual([2, 0])
  expect(seqs(keep(begin('a', []), 'a', [line(7)], 0))).toEqual([7])
})

test('what was missed is read anew, and so is another attempt', () => {
  const missed = keep(begin('a', [line(2), line(4)]), 'a', [line(9), line(11)], 70)
  expect([seqs(missed), missed.before, missed.start]).toEqual([[9, 11], 9, 1])
  const late = keep(begin('a', []), 'a', [line(9)], 70)
  expect([late.before, late.start]).toEqual([9, 1])
  expect(seqs(keep(missed, 'b', [line(12)], 0))).toEqual([12])
})

test('only requests without an answer are open', () => {
  const asked = (id: string, outcome: string | null): ConversationItem => ({
    type: 'permission',
    id,
    timestamp: '',
    request: { requestId: id, title: id, options: [], outcome },
  })
  expect(openRequests([asked('1', 'yes'), asked('2', null)]).map(({ requestId }) => requestId)).toEqual(['2'])
})

test('colours of a terminal are no text', () => {
  expect(plain('\u001b[1;31merror\u001b[0m: no')).toBe('error: no')
})
