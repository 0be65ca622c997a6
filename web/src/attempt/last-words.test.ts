import { type AttemptView, type ConversationItem, newAttempt } from '@boardcast/client'
import { expect, test } from 'vitest'
import { lastWords } from './last-words.ts'

const timestamp = '2026-01-01T00:00:00.000Z'
const message = (text: string): ConversationItem => ({
  type: 'message',
  id: 'm',
  timestamp,
  role: 'assistant',
  text,
  format: 'markdown',
})
const attempt = (more: Partial<AttemptView>): AttemptView => ({ ...newAttempt('a'), ...more })
const line = { seq: 5, ts: timestamp, level: 'info', message: 'compiled' } as const

test('what came later counts, said or printed', () => {
  const both = { lines: [line], lastLine: 'compiled' }
  expect(lastWords(attempt({ ...both, items: [{ seq: 6, item: message('It compiles.\nNow the tests.\n') }] }))).toBe(
    'Now the tests.',
  )
  expect(lastWords(attempt({ ...both, items: [{ seq: 4, item: message('I compile it.') }] }))).toBe('compiled')
})

test('without anything told since, it is what the server knows', () => {
  expect(lastWords(attempt({ lastLine: '\u001b[31mred\u001b[0m' }))).toBe('red')
  expect(lastWords(attempt({}))).toBeNull()
})

test('an empty message tells nothing', () => {
  expect(lastWords(attempt({ items: [{ seq: 6, item: message(' \n') }], lastLine: 'before' }))).toBe('before')
})
