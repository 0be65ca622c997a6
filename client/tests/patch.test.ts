import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PatchOp } from '../src/lib/index.ts'
import { PatchError, patched } from '../src/lib/patch.ts'

const document = { cards: { a: { title: 'A' }, b: { title: 'B' } }, order: ['a', 'b'], 'x/y~z': 1 }

describe('each operation', () => {
  test.each<[PatchOp, unknown]>([
    [
      { op: 'add', path: '/cards/c', value: 1 },
      { ...document, cards: { ...document.cards, c: 1 } },
    ],
    [
      { op: 'add', path: '/order/0', value: 'c' },
      { ...document, order: ['c', 'a', 'b'] },
    ],
    [
      { op: 'add', path: '/order/-', value: 'c' },
      { ...document, order: ['a', 'b', 'c'] },
    ],
    [
      { op: 'add', path: '/order/2', value: 'c' },
      { ...document, order: ['a', 'b', 'c'] },
    ],
    [
      { op: 'replace', path: '/cards/a/title', value: 'Z' },
      { ...document, cards: { ...document.cards, a: { title: 'Z' } } },
    ],
    [
      { op: 'replace', path: '/order/1', value: 'z' },
      { ...document, order: ['a', 'z'] },
    ],
    [
      { op: 'replace', path: '/x~1y~0z', value: 2 },
      { ...document, 'x/y~z': 2 },
    ],
    [
      { op: 'remove', path: '/order/0' },
      { ...document, order: ['b'] },
    ],
    [
      { op: 'remove', path: '/cards/a' },
      { ...document, cards: { b: { title: 'B' } } },
    ],
    [{ op: 'add', path: '', value: [] }, []],
    [
      { op: 'add', path: '/', value: 1 },
      { ...document, '': 1 },
    ],
  ])('%j', (op, after) => {
    const before = structuredClone(document)
    expect(patched(document, [op])).toEqual(after)
    expect(document).toEqual(before)
  })
})

test.each<PatchOp>([
  { op: 'remove', path: '/cards/none' },
  { op: 'replace', path: '/none', value: 1 },
  { op: 'add', path: '/none/deep', value: 1 },
  { op: 'add', path: '/order/3', value: 1 },
  { op: 'add', path: '/order/01', value: 1 },
  { op: 'add', path: '/order/-1', value: 1 },
  { op: 'remove', path: '/order/-' },
  { op: 'add', path: '/x~1y~0z/deep', value: 1 },
  { op: 'add', path: 'cards', value: 1 },
  { op: 'remove', path: '' },
  { op: 'add', path: '/constructor/prototype/polluted', value: 1 },
  { op: 'add', path: '/__proto__/polluted', value: 1 },
])('what does not fit is refused: %j', (op) => {
  expect(() => patched(document, [op])).toThrow(PatchError)
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

test('a member named __proto__ is a member', () => {
  const after = patched({}, [{ op: 'add', path: '/__proto__', value: { polluted: 1 } }])
  expect(Object.getPrototypeOf(after)).toBe(Object.prototype)
  expect(Object.hasOwn(after ?? {}, '__proto__')).toBe(true)
})

test('what does not change is shared', () => {
  const after = patched(document, [{ op: 'replace', path: '/cards/a/title', value: 'Z' }])
  expect(after).toMatchObject({ cards: { b: document.cards.b } })
  expect(Object.values(Object(after).cards)[1]).toBe(document.cards.b)
  expect(Object(after).order).toBe(document.order)
})

test('adding and removing the same member any number of times leaves the document', () => {
  const name = fc.string().map((text) => text.replaceAll('~', '~0').replaceAll('/', '~1'))
  fc.assert(
    fc.property(fc.array(name), fc.jsonValue(), (names, value) => {
      const ops = names.flatMap((each): PatchOp[] => [
        { op: 'add', path: `/fresh-${each}`, value },
        { op: 'remove', path: `/fresh-${each}` },
      ])
      expect(patched(document, ops)).toEqual(document)
    }),
  )
})
