import { expect, test } from 'vitest'
import { configOf, errorsOf, summaryOf, textOf } from './config.ts'

const nothing = textOf({})

test('what is not typed is not sent, and what this page does not know stays', () => {
  expect(configOf(nothing, {})).toEqual({})
  const before = {
    model: 'opus',
    temperature: 0.2,
    timeLimit: 1800,
    args: ['--fast', '-v'],
    permissionPolicy: 'allowAll',
  }
  expect(configOf(textOf(before), before)).toEqual(before)
  expect(configOf({ ...textOf(before), model: ' ', permissionPolicy: 'ask' }, before)).toEqual({
    temperature: 0.2,
    timeLimit: 1800,
    args: ['--fast', '-v'],
    permissionPolicy: 'ask',
  })
})

test('values of the environment are given anew or kept by their names', () => {
  const before = { env: ['A', 'B'] }
  expect(textOf(before).env).toBe('A\nB')
  expect(configOf(textOf(before), before)).toEqual(before)
  expect(configOf({ ...nothing, env: 'A=1=2\n\nB=' }, before)).toEqual({ env: { A: '1=2', B: '' } })
  expect(configOf({ ...nothing, env: '' }, before)).toEqual({})
})

test('what is wrong is told at its field', () => {
  expect(errorsOf(nothing)).toEqual({})
  expect(Object.keys(errorsOf({ ...nothing, env: '1A=x', timeLimit: 'long' }))).toEqual(['env', 'timeLimit'])
  expect(errorsOf({ ...nothing, timeLimit: '0' }).timeLimit).toBeDefined()
  expect(errorsOf({ ...nothing, env: 'A=1\nA=2' }).env).toBe('A is there twice.')
  expect(errorsOf({ ...nothing, env: 'A\nB=2' }).env).toMatch(/^Give A its value again/)
})

test('a profile is told in a line', () => {
  const config = { model: 'opus', permissionPolicy: 'allowReads', timeLimit: 90, env: ['KEY'] }
  expect(summaryOf(config)).toBe('opus · Allow reading, ask for the rest · 1.5 min · KEY')
})
