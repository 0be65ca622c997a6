import type { BoardState, Card } from '@boardcast/client'
import { expect, test } from 'vitest'
import { dropIndex, edgeScroll } from './drop.ts'
import { blockers, doneCards, type Layout, layout, matches, spotOf } from './layout.ts'
import { neighbour, nudge } from './lift.ts'
import { unsettled, wishes } from './wishes.ts'

const card = (id: string, changes: Partial<Card> = {}): Card => ({
  id,
  ticketKey: `T-${id}`,
  title: `Card ${id}`,
  description: null,
  ticketType: null,
  isEnhanced: false,
  dependsOn: [],
  prUrl: null,
  createdAt: '',
  updatedAt: '',
  ...changes,
})

const state: BoardState = {
  boardId: 'b',
  seq: 7,
  columnOrder: ['todo', 'doing', 'done'],
  columns: {
    todo: { id: 'todo', key: 'backlog', title: 'To do', cardIds: ['1', '2', '3'] },
    doing: { id: 'doing', key: 'inProgress', title: 'Doing', cardIds: [] },
    done: { id: 'done', key: 'done', title: 'Done', cardIds: ['4'] },
  },
  cards: { 1: card('1', { dependsOn: ['2', '4'] }), 2: card('2'), 3: card('3'), 4: card('4') },
}
const ids = (view: Layout) => view.columns.map((column) => column.cardIds.join(''))

test('wishes are drawn on top of the state, in the order in which they were made', () => {
  const view = layout(state, [
    { kind: 'move', cardId: '1', to: { columnId: 'doing', index: 0 } },
    { kind: 'move', cardId: '3', to: { columnId: 'doing', index: 0 } },
    { kind: 'delete', cardId: '4' },
  ])
  expect(ids(view)).toEqual(['2', '31', ''])
  expect(spotOf(view, '1')).toEqual({ columnId: 'doing', index: 1 })
})

test('a wish for what is gone changes nothing', () => {
  expect(ids(layout(state, [{ kind: 'move', cardId: '9', to: { columnId: 'doing', index: 0 } }]))).toEqual([
    '123',
    '',
    '4',
  ])
  expect(ids(layout(state, [{ kind: 'move', cardId: '1', to: { columnId: 'gone', index: 0 } }]))).toEqual([
    '123',
    '',
    '4',
  ])
})

test('a granted wish leaves when the state has come as far as its place in the log', () => {
  const wish = { kind: 'delete', cardId: '1' } as const
  let open = wishes([], { step: 'asked', id: 1, wish })
  expect(wishes(open, { step: 'shown', seq: 99 })).toBe(open)
  open = wishes(open, { step: 'granted', id: 1, seq: 8 })
  expect(unsettled(open, state)).toEqual([wish])
  expect(unsettled(open, { ...state, seq: 8 })).toEqual([])
  expect(wishes(open, { step: 'shown', seq: 8 })).toEqual([])
})

test('a refused wish leaves at once', () => {
  const open = wishes([], { step: 'asked', id: 1, wish: { kind: 'delete', cardId: '1' } })
  expect(wishes(open, { step: 'refused', id: 1 })).toEqual([])
})

test('a card waits for what it depends on and what is not in a column of key done', () => {
  expect(blockers(state, doneCards(state), card('x', { dependsOn: ['2', '4'] })).map(({ id }) => id)).toEqual(['2'])
})

test('a search wants every word, in any order', () => {
  const found = card('1', { title: 'Search ignores accents', ticketType: 'fix' })
  expect([matches(found, 'ACCENTS fix'), matches(found, 't-1'), matches(found, 'accents feat')]).toEqual([
    true,
    true,
    false,
  ])
})

test('arrows move a lifted card by one and stop at the edges', () => {
  const view = layout(state, [])
  const lift = { cardId: '2', from: { columnId: 'todo', index: 1 }, to: { columnId: 'todo', index: 1 } }
  const go = (...keys: string[]) => keys.reduce((at, key) => nudge(at, key, view), lift).to
  expect(go('ArrowDown')).toEqual({ columnId: 'todo', index: 2 })
  expect(go('ArrowDown', 'ArrowDown')).toEqual({ columnId: 'todo', index: 2 })
  expect(go('ArrowRight')).toEqual({ columnId: 'doing', index: 0 })
  expect(go('ArrowLeft')).toEqual({ columnId: 'todo', index: 1 })
  expect(go('ArrowRight', 'ArrowRight', 'End')).toEqual({ columnId: 'done', index: 1 })
})

test('arrows lead from card to card over empty columns', () => {
  const view = layout(state, [])
  expect(neighbour(view, { columnId: 'todo', index: 2 }, 'ArrowRight')).toBe('4')
  expect(neighbour(view, { columnId: 'todo', index: 0 }, 'ArrowUp')).toBeNull()
})

test('the place of a drop is the one whose middle the pointer is above', () => {
  const cards = [
    { top: 0, bottom: 40 },
    { top: 50, bottom: 90 },
  ]
  expect([10, 30, 60, 80, 500].map((y) => dropIndex(cards, y))).toEqual([0, 1, 1, 2, 2])
})

test('a list scrolls only near its edges, faster the nearer', () => {
  const list = { top: 100, bottom: 700 }
  expect(edgeScroll(list, 400)).toBe(0)
  expect(edgeScroll(list, 100)).toBeLessThan(edgeScroll(list, 140))
  expect(edgeScroll(list, 690)).toBeGreaterThan(0)
})
