import { expect, test } from 'vitest'
import { type Comment, commentsOf, messageOf, strayed } from './comments.ts'
import { diffFiles } from './parts.ts'

const on = (more: Partial<Comment>): Comment => ({
  path: 'src/a.ts',
  side: 'new',
  line: 2,
  code: 'let b',
  words: 'Why?',
  ...more,
})

test('the agent is told each line with what was said of it, and nothing that is empty', () => {
  expect(
    messageOf([on({}), on({ line: 9, words: '  ' }), on({ side: 'old', code: 'var b', words: 'Keep it.\n' })]),
  ).toBe(
    [
      'Comments on your changes:',
      '',
      '`src/a.ts` line 2:',
      '> let b',
      'Why?',
      '',
      '`src/a.ts` line 2 (removed):',
      '> var b',
      'Keep it.',
    ].join('\n'),
  )
})

test('a comment whose line has changed has strayed', () => {
  const text = ['diff --git a/src/a.ts b/src/a.ts', '@@ -1,2 +1,2 @@', ' let a', '-var b', '+let b', ''].join('\n')
  const files = diffFiles(text)
  const gone = [on({ code: 'let c' }), on({ path: 'src/b.ts' }), on({ line: 3 })]
  expect(strayed([on({}), on({ side: 'old', code: 'var b' }), ...gone], files)).toEqual(gone)
})

test('what can not be read as comments is none', () => {
  expect(commentsOf(JSON.stringify([on({}), { path: 1 }, on({ words: '' })]))).toEqual([on({}), on({ words: '' })])
  expect([commentsOf(''), commentsOf('{}'), commentsOf('[null]')]).toEqual([[], [], []])
})
