/** Real streams of the server, folded: the same files are folded in Rust. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { BoardView } from '../src/lib/index.ts'
import { following } from './scene.ts'

const folder = new URL('../../shared/tests/streams/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.sse'))
  .map((name) => name.slice(0, -'.sse'.length))

const folded = async (name: string, chunk: number): Promise<BoardView> => {
  const bytes = readFileSync(new URL(`${name}.sse`, folder))
  const boardId = /"boards":\["([^"]+)"\]/.exec(bytes.toString())?.[1] ?? ''
  const { world, source } = await following(boardId)
  await world.stream.open()
  for (let from = 0; from < bytes.length; from += chunk) await world.stream.send(bytes.subarray(from, from + chunk))
  await world.pass(20)
  return source.snapshot()
}

test('there are streams', () => {
  expect(names.length).toBeGreaterThanOrEqual(3)
})

describe.each(names)('%s', (name) => {
  const after = JSON.parse(readFileSync(new URL(`${name}.state.json`, folder)).toString())

  test('gives the board that the server shows', async () => {
    const view = await folded(name, 65_536)
    expect(view.connection.status).toBe('live')
    expect(view.state).toEqual(after)
  })

  test('gives the same in small pieces', async () => {
    expect((await folded(name, 997)).state).toEqual(after)
  })
})

test('an attempt is told whole', async () => {
  const view = await folded('attempts', 65_536)
  const [attempt] = Object.values(view.attempts)
  expect(attempt).toMatchObject({
    agent: 'recorder',
    status: 'succeeded',
    branchName: 'b',
    baseBranch: 'main',
    error: null,
  })
  expect(attempt?.todos).toMatchObject({ total: 1, completed: 0 })
  expect(attempt?.lines.map(({ message }) => message)).toEqual(['one\r\ntwo \u2028 😀'])
  expect(attempt?.items.map(({ item }) => 'text' in item && item.text)).toEqual(['Hello'])
  expect(view.latestAttempt[attempt?.cardId ?? '']).toBe(attempt?.attemptId)
  expect(view.activity.at(-1)).toMatchObject({ kind: 'board', changes: [{ what: 'card_moved', to: 'Review' }] })
})
