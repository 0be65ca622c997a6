import { expect, test } from 'vitest'
import { configOf, errorsOf, filled, summaryOf, textOf } from './config.ts'

const nothing = textOf({})

const said = (config: object) => Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null))

test('what is not typed is not said, and what is known comes back as it was', () => {
  expect(said(configOf(nothing))).toEqual({})
  const before = {
    model: 'opus',
    mode: 'plan',
    timeLimitSeconds: 1800,
    args: ['--fast', '-v'],
    permissionPolicy: 'allow-all',
    promptTemplate: 'Do {{title}}\n',
    env: ['A', 'B'],
  }
  expect(configOf(textOf(before))).toEqual({ ...before, env: { A: null, B: null } })
  expect(said(configOf({ ...textOf(before), model: ' ', permissionPolicy: 'ask', env: '' }))).toEqual({
    mode: 'plan',
    timeLimitSeconds: 1800,
    args: ['--fast', '-v'],
    promptTemplate: 'Do {{title}}\n',
  })
})

test('values of the environment are given anew or kept by their names', () => {
  expect(textOf({ env: ['A', 'B'] }).env).toBe('A\nB')
  expect(configOf({ ...nothing, env: 'A=1=2\n\nB=' }).env).toEqual({ A: '1=2', B: '' })
  expect(configOf({ ...nothing, env: 'A\nB=2' }).env).toEqual({ A: null, B: '2' })
})

test('what is wrong is told at its field', () => {
  expect(errorsOf(nothing)).toEqual({})
  expect(Object.keys(errorsOf({ ...nothing, env: '1A=x', timeLimitSeconds: 'long' }))).toEqual([
    'env',
    'timeLimitSeconds',
  ])
  for (const timeLimitSeconds of ['0', '-1', '0.001', '10081', 'NaN']) {
    expect(errorsOf({ ...nothing, timeLimitSeconds }).timeLimitSeconds).toBeDefined()
  }
  expect(errorsOf({ ...nothing, timeLimitSeconds: '0.1' })).toEqual({})
  expect(errorsOf({ ...nothing, env: 'A=1\nA=2' }).env).toBe('A is there twice.')
})

test('a template names only fields of a card', () => {
  const told = (promptTemplate: string) => errorsOf({ ...nothing, promptTemplate }).promptTemplate
  expect(told('Do {{title}}: {{ description }}, {{ticketKey}}{{ticketType}} {a}')).toBeUndefined()
  expect(told('Do {{titel}}')).toBe('{{titel}} is no field of a card.')
  expect(told('Do {{{title}}}')).toBe('{{{title}} is no field of a card.')
  expect(told('Do {{title}} {{')).toBe('A {{ is not closed.')
})

test('a template is filled once', () => {
  const card = { title: 'Say {{description}}', description: null, ticketKey: 'A-1', ticketType: 'fix' } as const
  expect(filled('{{ticketType}}: {{ title }} ({{ticketKey}}){{description}}', card)).toBe(
    'fix: Say {{description}} (A-1)',
  )
})

test('a profile is told in a line', () => {
  const config = { model: 'opus', permissionPolicy: 'allow-reads', timeLimitSeconds: 90, env: ['KEY'] }
  expect(summaryOf(config)).toBe('opus · Allow reading, ask for the rest · 1.5 min · KEY')
})
