import { describe, expect, test } from 'vitest'
import { clampedRetry, delayBeforeRetry, jittered, retryAfter } from '../src/lib/backoff.ts'

describe('the delay before a try', () => {
  test('grows to 12 s, and after eight tries there is none', () => {
    const delays = Array.from({ length: 9 }, (_, tries) => delayBeforeRetry(tries))
    expect(delays).toEqual([1_500, 3_000, 6_000, 12_000, 12_000, 12_000, 12_000, 12_000, null])
  })

  test('is up to a fifth shorter', () => {
    expect(jittered(1_000, () => 0)).toBe(1_000)
    expect(jittered(1_000, () => 0.999_999)).toBeCloseTo(800)
  })

  test('begins where the server says, within reason', () => {
    expect([0, 499, 700, 12_001, 1e12].map(clampedRetry)).toEqual([500, 500, 700, 12_000, 12_000])
    expect(delayBeforeRetry(1, 700)).toBe(1_400)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  test.each([
    ['3', 3_000],
    ['0', 0],
    ['86400', 12_000],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfter(header, now)).toBe(ms)
  })
})
