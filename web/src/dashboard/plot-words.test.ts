import type { Series } from '@boardcast/client'
import { expect, test } from 'vitest'
import { bucketWords, namedBuckets, quantity, shapeOf, tickWords, unitOf } from './plot-words.ts'

const DAY = 86_400
const series = (bucketSizeSeconds: number): Series => ({
  label: 'Attempts started',
  unit: 'attempts',
  points: [{ timestamp: '2026-11-23T00:00:00.000Z', value: 1, bucketSizeSeconds }],
  total: 1,
  trend: 'flat',
})

test('an axis says what it counts, and in which buckets', () => {
  expect([3600, DAY, 7 * DAY].map((size) => unitOf(series(size), 'counts'))).toEqual([
    'attempts per hour',
    'attempts per day',
    'attempts per week',
  ])
  expect(unitOf(series(DAY), 'level')).toBe('attempts')
  expect([shapeOf('cards.open'), shapeOf('attempts.started')]).toEqual(['level', 'counts'])
})

test('one is not told in the plural', () => {
  expect([0, 1, 2].map((n) => quantity(n, 'events'))).toEqual(['0 events', '1 event', '2 events'])
})

test('days are those of the buckets, wherever the reader is', () => {
  expect(bucketWords('2026-11-23T00:00:00.000Z', DAY)).toMatch(/23/)
  expect(bucketWords('2026-11-23T00:00:00.000Z', 7 * DAY)).toMatch(/^week of .*23/)
  expect(tickWords(new Date('2026-11-23T00:00:00.000Z'), DAY)).toMatch(/23/)
})

test('as many buckets are named as have room, the newest always', () => {
  expect(namedBuckets(7, 600)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(namedBuckets(24, 240)).toEqual([5, 11, 17, 23])
  expect(namedBuckets(90, 10)).toEqual([89])
  expect(namedBuckets(0, 240)).toEqual([])
})
