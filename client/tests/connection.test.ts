import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, type Next, type State, TRANSITIONS } from '../src/lib/connection.ts'

const events: Event[] = [
  'wanted',
  'unwanted',
  'changed',
  'opened',
  'lost',
  'exhausted',
  'refused',
  'due',
  'online',
  'visible',
  'woken',
  'ready',
  'reconnect',
]

describe('whatever happens in whatever order', () => {
  /** What a stream and a timer do is exactly what the actions say. */
  const walk = (steps: readonly Event[]) => {
    let state: State = 'idle'
    let isOpen = false
    for (const event of steps) {
      const { to, action }: Next = TRANSITIONS[state][event]
      if (action === 'open') isOpen = true
      if (action === 'close' || action === 'wait' || action === 'probe') isOpen = false
      expect(isOpen, `${state} -${event}-> ${to}`).toBe(['connecting', 'retrying', 'live'].includes(to))
      if (to === 'live' && state !== 'live') expect(event).toBe('opened')
      if (to === 'failed' && state !== 'failed') expect(event).toBe('exhausted')
      if (to === 'idle' && state !== 'idle') expect(event).toBe('unwanted')
      if (state === 'idle' && to !== 'idle') expect(event).toBe('wanted')
      state = to
    }
    return state
  }

  test('a stream is held exactly while it is connecting or live', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (steps) => void walk(steps)))
  })

  test('nobody wanting it ends it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (steps) => {
        expect(walk([...steps, 'unwanted'])).toBe('idle')
      }),
    )
  })
})

test.each(['online', 'visible', 'woken', 'ready', 'reconnect'] as const)('%s leaves failed', (event) => {
  expect(TRANSITIONS.failed[event]).toEqual({ to: 'retrying', action: 'open' })
})

test('a refusal is not tried again when the server is merely ready', () => {
  expect(TRANSITIONS.refused.ready).toEqual({ to: 'refused', action: 'nothing' })
})
