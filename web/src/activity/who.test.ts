import { expect, test } from 'vitest'
import { who } from './who.ts'

const nameless = { name: null, via: null }

test('whoever caused something is named as the server knows it', () => {
  expect(who({ kind: 'token', name: 'CI', via: null })).toBe('CI')
  expect(who({ kind: 'source', name: '/builds', via: 'CI' })).toBe('/builds (CI)')
  expect(who({ kind: 'source', name: '/builds', via: null })).toBe('/builds')
  expect(who({ kind: 'agent', ...nameless })).toBe('the agent')
})
