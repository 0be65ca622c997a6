/** What no honest server sends: each costs a try at most, never a loop, a crash or a wrong board. */
import { expect, test } from 'vitest'
import { added, at, boardState, following, hello, openFresh } from './scene.ts'
import { frame } from './world.ts'

test('a 404 that names a board nobody asked for is no reason to ask again at once', async () => {
  const { world, source } = await following()
  await world.stream.answer(404, { boardId: 'other' })
  await world.pass(20)
  expect(world.streams.length).toBe(1)
  expect(source.snapshot().connection).toMatchObject({ status: 'failed', code: 'not_found' })
})

test('a bye that names a board nobody asked for is an end like another', async () => {
  const { world, source } = await following()
  await openFresh(world.stream, 'b', 3)
  await world.stream.send(frame('bye', { reason: 'board_deleted', boardId: 'other', retryMs: 0 }))
  await world.pass(20)
  expect(world.streams.length).toBe(1)
  expect(source.snapshot().connection.status).toBe('reconnecting')
})

test.each([
  [-1, 500],
  [0, 500],
  [1e12, 12_000],
  ['soon', 1_500],
])('a bye with retryMs %s is followed by a try after %i ms', async (retryMs, ms) => {
  const { world } = await following()
  await openFresh(world.stream, 'b', 3)
  await world.stream.send(frame('bye', { reason: 'shutdown', boardId: null, retryMs }))
  await world.pass(ms - 1)
  expect(world.streams.length).toBe(1)
  await world.pass(1)
  expect(world.streams.length).toBe(2)
})

test.each([0, -5, 1e12, 'x', null])('a heartbeat of %s ms does not make it deaf or hasty', async (heartbeatMs) => {
  const { world } = await following()
  await world.stream.open()
  await world.stream.send(hello(['b'], 3, 'none', { heartbeatMs }) + frame('state', boardState('b', 3), at(3)))
  await world.pass(2_000)
  expect(world.streams.length).toBe(1)
  await world.pass(180_000)
  expect(world.streams.length).toBeGreaterThan(1)
})

test('comments without end are not a stream', async () => {
  const { world, source } = await following()
  await world.stream.open()
  for (let n = 0; n < 4; n += 1) {
    await world.stream.send(': here\n\n')
    await world.pass(10_000)
  }
  expect(source.snapshot().connection.status).toBe('reconnecting')
})

test('a cursor longer than any is not taken', async () => {
  const { world } = await following()
  await openFresh(world.stream, 'b', 3)
  await world.stream.send(added('b', 3, 4, 'x').replace(at(4), `${'e'.repeat(70)}-4`))
  await world.pass(1_520)
  expect(world.stream.url.search.length).toBeLessThan(100)
})

test.each([
  ['a state without columns', frame('state', { boardId: 'b', seq: 3 }, at(3))],
  ['a state whose columns are a text', frame('state', { ...boardState('b', 3), columns: 'x' }, at(3))],
  ['a patch that is none', frame('state_patch', { boardId: 'b', seq: 4, baseSeq: 3, patch: 5 }, at(4))],
  ['an attempt without a name', frame('attempt_log', { boardId: 'b', attemptId: 7, message: null }, at(4))],
  ['an item that is none', frame('conversation_item', { boardId: 'b', attemptId: 'a', item: null }, at(4))],
])('%s shows nothing wrong', async (_, text) => {
  const { world, source } = await following()
  await openFresh(world.stream, 'b', 3, ['one'])
  await world.stream.send(text)
  await world.pass(20)
  expect(source.snapshot().connection.status).toBe('reconnecting')
  expect(Object.keys(source.snapshot().state?.cards ?? {})).toEqual(['one'])
})

test('a patch that leads to another seq than it says is not believed', async () => {
  const { world, source } = await following()
  await openFresh(world.stream, 'b', 3, ['one'])
  const patch = [{ op: 'replace', path: '/seq', value: 9 }]
  await world.stream.send(frame('state_patch', { boardId: 'b', seq: 4, baseSeq: 3, patch }, at(4)))
  await world.pass(20)
  expect(source.snapshot().connection.status).toBe('reconnecting')
  expect(source.snapshot().state?.seq).toBe(3)
})

test('attempts over REST that are none are left out', async () => {
  const { world, source } = await following()
  await openFresh(world.stream, 'b', 3, ['one'])
  await world.request('/attempts').answer(200, { attempts: 'all' })
  await world.pass(20)
  expect(source.snapshot().connection.status).toBe('live')
})

test('an answer whose text never ends is let go of', async () => {
  const { world, source } = await following()
  await world.stream.stall(401)
  await world.pass(20)
  expect(source.snapshot().connection).toMatchObject({ status: 'failed', code: 'unauthorized' })
  expect(world.held.length).toBe(0)
})

test('a 404 with a text without end is a 404', async () => {
  const { world, source } = await following()
  await world.stream.stall(404)
  await world.stream.send('x'.repeat(20 * 1024))
  await world.pass(20)
  expect(source.snapshot().connection).toMatchObject({ status: 'failed', code: 'not_found' })
  expect(world.held.length).toBe(0)
})
