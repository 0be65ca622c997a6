import type { ConnectionView } from '@boardcast/client'
import { expect, test } from 'vitest'
import { pillWords } from './pill-words.ts'

const NOW = Date.UTC(2026, 0, 5, 12)
const view = (changes: Partial<ConnectionView>): ConnectionView => ({
  status: 'live',
  reason: null,
  code: null,
  lastEventAt: NOW - 14_000,
  staleSince: null,
  retryAt: null,
  ...changes,
})

test('a live stream is a quiet dot that says when it was last heard', () => {
  expect(pillWords(view({}), null, true, NOW)).toMatchObject({ tone: 'live', detail: 'Live: heard 14 s ago.' })
})

test('trouble shorter than three seconds is not shown', () => {
  const short = view({ status: 'reconnecting', staleSince: NOW - 2900 })
  expect(pillWords(short, NOW - 2900, true, NOW).tone).toBe('live')
})

test('a page that was never live does not say that it is', () => {
  const first = view({ status: 'connecting', lastEventAt: null })
  expect(pillWords(first, NOW - 100, true, NOW)).toMatchObject({ tone: 'quiet', words: '' })
})

test('after three seconds the pill says since when the page may be outdated', () => {
  const stale = view({
    status: 'reconnecting',
    reason: 'the connection was lost',
    staleSince: NOW - 3000,
    retryAt: NOW + 1200,
  })
  const words = pillWords(stale, NOW - 3000, true, NOW)
  expect(words).toMatchObject({ tone: 'stale', canRetry: true })
  expect(words.words).toMatch(/^As of \d\d:\d\d$/)
  expect(words.detail).toBe('the connection was lost; heard 14 s ago; next try in 2 s')
})

test('a page that never had data does not claim a time', () => {
  const first = view({ status: 'connecting', lastEventAt: null })
  expect(pillWords(first, NOW - 4000, true, NOW).words).toBe('Connecting…')
  expect(pillWords(first, NOW - 4000, false, NOW).words).toBe('Offline')
})

test('giving up is said at once, with a way to go on', () => {
  const failed = view({ status: 'failed', code: 'gave_up', reason: 'The server does not answer.' })
  expect(pillWords(failed, NOW, true, NOW)).toMatchObject({ tone: 'failed', words: "Couldn't connect", canRetry: true })
})
