import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Draft, useDraft } from './draft.ts'

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true)

let shown: Draft
const Probe = ({ of, initial }: { of: string; initial: string }) => {
  shown = useDraft(of, initial)
  return null
}
let root = createRoot(document.createElement('div'))
const show = (of: string, initial = '') => act(() => root.render(<Probe of={of} initial={initial} />))
const reload = () => {
  act(() => root.unmount())
  root = createRoot(document.createElement('div'))
}

beforeEach(() => localStorage.clear())
afterEach(reload)

test('typed text is there again after the page was opened anew', () => {
  show('a')
  act(() => shown.set('half ty'))
  reload()
  show('a')
  expect(shown.text).toBe('half ty')
})

test('each place has its own text', () => {
  show('a')
  act(() => shown.set('mine'))
  show('b')
  expect(shown.text).toBe('')
  show('a')
  expect(shown.text).toBe('mine')
})

test('until something is typed the text follows what others write', () => {
  show('a', 'theirs')
  show('a', 'theirs, changed')
  expect([shown.text, shown.isOwn]).toEqual(['theirs, changed', false])
  act(() => shown.set('mine'))
  show('a', 'changed again')
  expect([shown.text, shown.isOwn]).toEqual(['mine', true])
})

test('what was sent leaves nothing behind', () => {
  show('a')
  act(() => shown.set('sent'))
  act(() => shown.sent('sent'))
  expect([shown.text, localStorage.length]).toEqual(['', 0])
})

test('what is typed while the answer is on its way stays', () => {
  show('a')
  act(() => shown.set('first'))
  const { sent } = shown
  act(() => shown.set('first, and more'))
  act(() => sent('first'))
  expect(shown.text).toBe('first, and more')
})
