import { expect, test } from 'vitest'
import { find } from './find.ts'

const goal = (words: string, hint = '') => ({ key: words, kind: '', words, hint })
const goals = [goal('Dashboard'), goal('Boards'), goal('Keyboard shortcuts', 'DEMO-4'), goal('Board settings')]
const found = (typed: string) => find(goals, typed).map(({ words }) => words)

test('everything is there until something is typed', () => {
  expect(found(' ')).toHaveLength(4)
})

test('the start of a word fits better than its middle', () => {
  expect(found('board')).toEqual(['Boards', 'Board settings', 'Dashboard', 'Keyboard shortcuts'])
})

test('every word has to fit, also in the key', () => {
  expect(found('demo-4 key')).toEqual(['Keyboard shortcuts'])
  expect(found('board nothing')).toEqual([])
})
