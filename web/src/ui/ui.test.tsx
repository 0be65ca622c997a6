import { beforeEach, expect, test } from 'vitest'
import { isTyping, keyName } from './keys.ts'
import { ago, bytes, clock, count, elapsed, folderName } from './words.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

test('how long is told in the smallest words that are exact', () => {
  expect([0, 9.9, 60, 125, 3600, 3729, 273_600].map(elapsed)).toEqual([
    '0 s',
    '9 s',
    '1:00',
    '2:05',
    '1:00:00',
    '1:02:09',
    '3 d 4 h',
  ])
})

test('bytes are told in the largest unit that fits', () => {
  expect([0, 320, 1500, 12_000_000, 5e9, 7e12].map(bytes)).toEqual([
    '0 B',
    '320 B',
    '1.5 KB',
    '12 MB',
    '5.0 GB',
    '7000 GB',
  ])
})

test('how long ago is told roughly', () => {
  expect([-3, 4, 14, 300, 7200, 200_000].map(ago)).toEqual([
    'just now',
    'just now',
    '14 s ago',
    '5 min ago',
    '2 h ago',
    '2 d ago',
  ])
})

test('a time of another day comes with its day', () => {
  const noon = new Date(2026, 4, 3, 12, 5).getTime()
  expect(clock(noon, noon + 1000)).toMatch(/^12:05$/)
  expect(clock(noon, noon + 86_400_000)).toMatch(/\S+ \S+ 12:05$/)
})

test('a board is named after its folder', () => {
  expect(['/home/me/project/', '/srv/notes', ''].map(folderName)).toEqual(['project', 'notes', ''])
  expect([count(1, 'card'), count(2, 'card'), count(0, 'reply', 'replies')]).toEqual(['1 card', '2 cards', '0 replies'])
})

test('a letter is no command where text is typed', () => {
  document.body.innerHTML = '<input><input type="checkbox"><button></button><textarea></textarea>'
  expect([...document.body.children].map(isTyping)).toEqual([true, false, false, true])
})

test('Ctrl and Cmd are one key', () => {
  const press = { key: 'K', ctrlKey: false, metaKey: false, altKey: false }
  expect(keyName({ ...press, ctrlKey: true })).toBe('mod+k')
  expect(keyName({ ...press, metaKey: true })).toBe('mod+k')
  expect(keyName({ ...press, key: '?' })).toBe('?')
})
