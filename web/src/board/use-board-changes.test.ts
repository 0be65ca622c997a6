import { expect, test } from 'vitest'
import { changesOf } from './use-board-changes.ts'

test('a draft reads back as the changes it holds', () => {
  expect(changesOf(JSON.stringify({ name: 'New', autoPush: true }))).toEqual({ name: 'New', autoPush: true })
})

test('what is no draft of changes is none', () => {
  for (const text of ['', '{', 'null', '[1]', '"name"']) expect(changesOf(text)).toEqual({})
})
