import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

test('variables are names with values, which may hold anything', () => {
  expect(readEnvironment('A=1\n\n B_2 =x=y \nEMPTY=')).toEqual({ env: { A: '1', B_2: 'x=y ', EMPTY: '' }, error: null })
  expect(readEnvironment('')).toEqual({ env: {}, error: null })
})

test('what is no variable is named, without a value that may be secret', () => {
  for (const [typed, named] of [
    ['KEY', 'KEY'],
    ['=x', ''],
    ['1ST=secret', '1ST'],
    ['A B=secret', 'A B'],
  ] as const) {
    expect(readEnvironment(typed).error).toBe(`Not NAME=value: ${named}`)
  }
})
