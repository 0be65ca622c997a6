import { expect, test } from 'vitest'
import type { BoardState } from '../src/lib/index.ts'
import { changesBetween, patched } from '../src/lib/index.ts'
import type { Operation } from '../src/lib/patch.ts'
import { card } from './scene.ts'

const before: BoardState = {
  boardId: 'b',
  seq: 1,
  columns: {
    todo: { id: 'todo', key: 'backlog', title: 'Same', cardIds: ['one', 'two'] },
    done: { id: 'done', key: 'done', title: 'Same', cardIds: [] },
  },
  columnOrder: ['todo', 'done'],
  cards: { one: card('one'), two: card('two') },
}

const isBoard = (value: unknown): value is BoardState => typeof value === 'object' && value !== null
const after = (...operations: Operation[]): BoardState => {
  const state = patched(before, operations)
  if (!isBoard(state)) throw new Error('no board')
  return state
}

test.each<[string, Operation[], object[]]>([
  ['nothing but the seq', [{ op: 'replace', path: '/seq', value: 2 }], []],
  ['another place in the column', [{ op: 'replace', path: '/columns/todo/cardIds', value: ['two', 'one'] }], []],
  [
    'a move between columns of one title',
    [
      { op: 'replace', path: '/columns/todo/cardIds', value: ['two'] },
      { op: 'replace', path: '/columns/done/cardIds', value: ['one'] },
    ],
    [{ what: 'card_moved', cardId: 'one', title: 'one', from: 'Same', to: 'Same' }],
  ],
  [
    'a card with the name of an inherited member',
    [
      { op: 'add', path: '/cards/constructor', value: card('constructor') },
      { op: 'add', path: '/columns/done/cardIds/0', value: 'constructor' },
    ],
    [{ what: 'card_added', cardId: 'constructor', title: 'constructor', to: 'Same' }],
  ],
  [
    'an edit',
    [
      { op: 'replace', path: '/cards/one/title', value: 'New' },
      { op: 'replace', path: '/cards/one/dependsOn', value: ['two'] },
    ],
    [{ what: 'card_edited', cardId: 'one', title: 'New', fields: ['title', 'dependsOn'] }],
  ],
  [
    'a deletion, and what depended on it',
    [
      { op: 'remove', path: '/cards/two' },
      { op: 'remove', path: '/columns/todo/cardIds/1' },
    ],
    [{ what: 'card_removed', cardId: 'two', title: 'two', from: 'Same' }],
  ],
  [
    'columns',
    [
      { op: 'add', path: '/columns/new', value: { id: 'new', key: null, title: 'New', cardIds: [] } },
      { op: 'replace', path: '/columns/todo/title', value: 'Later' },
      { op: 'remove', path: '/columns/done' },
    ],
    [
      { what: 'column_changed', columnId: 'todo', title: 'Later' },
      { what: 'column_added', columnId: 'new', title: 'New' },
      { what: 'column_removed', columnId: 'done', title: 'Same' },
    ],
  ],
])('%s', (_, operations, changes) => {
  expect(changesBetween(before, after(...operations))).toEqual(changes)
})
