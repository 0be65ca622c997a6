import { expect, test } from 'vitest'
import { type DiffFile, diffFiles } from './parts.ts'
import { sideBySide } from './rows.ts'
import { fileTree, inOrder } from './tree.ts'

const diff = (...lines: string[]) => diffFiles([...lines, ''].join('\n'))
const only = (...lines: string[]): DiffFile => {
  const [file] = diff('diff --git a/f b/f', '--- a/f', '+++ b/f', ...lines)
  if (!file) throw new Error('no file')
  return file
}

test('a diff is told file by file, also when a changed line looks like a header', () => {
  const files = diff(
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
    'new file mode 100644',
    'Binary files /dev/null and b/pic.png differ',
  )
  expect(files).toMatchObject([
    { path: 'new.js', oldPath: 'old.js', change: 'renamed', added: 1, removed: 1, isBinary: false },
    { path: 'pic.png', change: 'added', isBinary: true, added: 0 },
  ])
  expect(files[0]?.lines.map(({ kind }) => kind)).toEqual(['hunk', 'context', 'removed', 'added'])
})

test('names with spaces, with quotes and in other scripts are read as they are', () => {
  const paths = diff(
    'diff --git a/a b/c d.txt b/a b/c d.txt',
    String.raw`diff --git "a/say \"hi\".txt" "b/say \"hi\".txt"`,
    String.raw`diff --git "a/\303\244.txt" "b/\303\244.txt"`,
    String.raw`diff --git "a/tab\there" "b/tab\there"`,
  )
  expect(paths.map(({ path }) => path)).toEqual(['a b/c d.txt', 'say "hi".txt', 'ä.txt', 'tab\there'])
})

test('each line has its number before and now', () => {
  const { lines } = only('@@ -10,3 +20,3 @@ fn main() {', ' a', '-b', '+c', ' d', '\\ No newline at end of file')
  expect(lines.map((line) => [line.text, line.old, line.new])).toEqual([
    ['@@ -10,3 +20,3 @@ fn main() {', null, null],
    ['a', 10, 20],
    ['b', 11, null],
    ['c', null, 21],
    ['d', 12, 22],
  ])
})

test('what was removed stands beside what came instead', () => {
  const { lines } = only('@@ -1,5 +1,4 @@', ' a', '-b', '-c', '+B', ' d', '+e')
  const rows = sideBySide(lines).map(({ left, right }) => [left?.line.text ?? null, right?.line.text ?? null])
  expect(rows).toEqual([
    ['@@ -1,5 +1,4 @@', '@@ -1,5 +1,4 @@'],
    ['a', 'a'],
    ['b', 'B'],
    ['c', null],
    ['d', 'd'],
    [null, 'e'],
  ])
})

test('files are a tree in which a folder with nothing but a folder is one with it', () => {
  const files = diff(
    ...['web/src/b.ts', 'web/src/a.ts', 'README.md', 'e2e/x/y.ts'].map((f) => `diff --git a/${f} b/${f}`),
  )
  const tree = fileTree(files)
  expect(tree.folders.map(({ name, files }) => [name, files.map(({ path }) => path)])).toEqual([
    ['e2e/x', ['e2e/x/y.ts']],
    ['web/src', ['web/src/a.ts', 'web/src/b.ts']],
  ])
  expect(inOrder(tree).map(({ path }) => path)).toEqual(['e2e/x/y.ts', 'web/src/a.ts', 'web/src/b.ts', 'README.md'])
})
