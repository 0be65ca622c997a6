import { expect, test } from 'vitest'
import { piecesOf } from './highlight.ts'
import { type DiffFile, diffFiles } from './parts.ts'

const file = (path: string, ...lines: string[]): DiffFile => {
  const [found] = diffFiles([`diff --git a/${path} b/${path}`, '@@ -1,9 +1,9 @@', ...lines, ''].join('\n'))
  if (!found) throw new Error('no file')
  return found
}

test('each line keeps its text, and a comment over several lines is one on each', () => {
  const changed = file('a.rs', ' /* one', '-   two */', '+   2 */ fn f() {}', ' let x = "s";')
  const pieces = piecesOf(changed)
  const texts = pieces?.map((line) => line.map(({ text }) => text).join(''))
  expect(texts).toEqual(changed.lines.map(({ text }) => text))
  expect(pieces?.slice(1, 4).map(([first]) => first?.kind)).toEqual(['hljs-comment', 'hljs-comment', 'hljs-comment'])
  expect(pieces?.[3]).toContainEqual({ text: 'fn', kind: 'hljs-keyword' })
  expect(pieces?.[4]).toContainEqual({ text: '"s"', kind: 'hljs-string' })
})

test('files of no known language and very long ones stay plain', () => {
  expect(piecesOf(file('notes.unheard', ' let a'))).toBeNull()
  expect(piecesOf(file('a.js', ` ${'x'.repeat(5000)}`))).toBeNull()
  expect(piecesOf(file('Makefile', '+all: test'))).not.toBeNull()
})
