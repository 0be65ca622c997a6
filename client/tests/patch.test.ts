import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PatchOp } from '../src/lib/index.ts'
import { type Operation, PatchError, patched } from '../src/lib/patch.ts'

const document = { cards: { a: { title: 'A' }, b: { title: 'B' } }, order: ['a', 'b'], 'x/y~z': 1 }

describe('each operation', () => {
  test.each<[Operation, unknown]>([
    [
      { op: 'move', from: '/cards/a', path: '/order/0' },
      { ...document, cards: { b: { title: 'B' } }, order: [{ title: 'A' }, 'a', 'b'] },
    ],
    [
      { op: 'move', from: '/order/0', path: '/order/1' },
      { ...document, order: ['b', 'a'] },
    ],
    [{ op: 'move', from: '/order', path: '/order' }, document],
    [
      { op: 'copy', from: '/cards/a', path: '/cards/c' },
      { ...document, cards: { ...document.cards, c: { title: 'A' } } },
    ],
    [{ op: 'test', path: '/cards', value: { b: { title: 'B' }, a: { title: 'A' } } }, document],
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

test.each<Operation>([
  { op: 'remove', path: '/cards/none' },
  { op: 'move', from: '/none', path: '/x' },
  { op: 'move', from: '/cards', path: '/cards/a/deep' },
  { op: 'copy', from: '/order/-', path: '/x' },
  { op: 'test', path: '/order', value: ['b', 'a'] },
  { op: 'test', path: '/cards/a', value: { title: 'A', more: undefined } },
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

test('an operation that is none is refused', () => {
  const ops: Operation[] = JSON.parse('[{"op":"increment","path":"/x"}]')
  expect(() => patched(document, ops)).toThrow(PatchError)
})

test('what was copied changes alone', () => {
  const after = patched({ a: { n: 1 } }, [
    { op: 'replace', path: '/a/n', value: 2 },
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'replace', path: '/b/n', value: 3 },
  ])
  expect(after).toEqual({ a: { n: 2 }, b: { n: 3 } })
})

test('a value of a patch is not changed by a later operation', () => {
  const value = { n: 1 }
  patched({}, [
    { op: 'add', path: '/a', value },
    { op: 'replace', path: '/a/n', value: 2 },
  ])
  expect(value).toEqual({ n: 1 })
})

/** What a step does, told in the plainest way. */
interface Step {
  readonly kind: 'card' | 'title' | 'gone' | 'order'
  readonly n: number
}

test('any sequence gives what plain changes give, in one patch or one by one', () => {
  const step = fc.record({ kind: fc.constantFrom<Step['kind'][]>('card', 'title', 'gone', 'order'), n: fc.nat(5) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const cards = new Map<string, { title: string }>()
      const order: string[] = []
      const ops = steps.flatMap(({ kind, n }, at): Operation[] => {
        const id = `c${n}`
        if (kind === 'order') {
          order.splice(Math.min(n, order.length), 0, id)
          return [{ op: 'add', path: `/order/${Math.min(n, order.length - 1)}`, value: id }]
        }
        if (kind !== 'card' && !cards.has(id)) return []
        if (kind === 'gone') {
          cards.delete(id)
          return [{ op: 'remove', path: `/cards/${id}` }]
        }
        cards.set(id, { title: `${at}` })
        return kind === 'title'
          ? [{ op: 'replace', path: `/cards/${id}/title`, value: `${at}` }]
          : [{ op: 'add', path: `/cards/${id}`, value: { title: `${at}` } }]
      })
      const start = Object.freeze({ cards: Object.freeze({}), order: Object.freeze([]) })
      const after = { cards: Object.fromEntries(cards), order }
      expect(patched(start, ops)).toEqual(after)
      expect(ops.reduce((value: unknown, op) => patched(Object.freeze(value), [op]), start)).toEqual(after)
    }),
  )
})
