import type { ConversationItem } from '@boardcast/client'
import { expect, test } from 'vitest'
import { diffFiles } from './diff-parts.ts'
import { itemsJoin, linesJoin, mergeItems, mergeLines, openRequests, plain } from './merge.ts'

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
  expect(linesJoin([line(3)], [line(9)], 0)).toBe(true)
  expect(linesJoin([line(3)], [line(9)], 5)).toBe(false)
  expect(linesJoin([line(9)], [line(9)], 5)).toBe(true)
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

test('a diff is told file by file, also when a changed line looks like a header', () => {
  const files = diffFiles(
    [
      'diff --git a/old.js b/new.js',
      'rename from old.js',
      'rename to new.js',
      '--- a/old.js',
      '+++ b/new.js',
      '@@ -1,2 +1,2 @@',
      ' same',
      '--- gone',
      '+diff --git a/x b/x',
      'diff --git a/pic.png b/pic.png',
      'Binary files a/pic.png and b/pic.png differ',
      '',
    ].join('\n'),
  )
  expect(files).toMatchObject([
    { path: 'new.js', oldPath: 'old.js', added: 1, removed: 1, isBinary: false },
    { path: 'pic.png', isBinary: true, added: 0 },
  ])
  expect(files[0]?.lines.map(({ kind }) => kind)).toEqual(['hunk', 'context', 'removed', 'added'])
})
