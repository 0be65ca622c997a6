/** Boards that come and go while reads are under way: nothing may be lost, and no board may be older than its place. */
import { expect, test } from 'vitest'
import { added, at, boardState, following, hello, logLine, openFresh } from './scene.ts'

const joining = async () => {
  const scene = await following()
  await openFresh(scene.world.stream, 'b', 3)
  await scene.world.pass(20)
  const other = scene.client.board('c')
  const stop = other.subscribe(() => {})
  await scene.world.pass(0)
  return { ...scene, other, stopOther: stop }
}

const answerJoin = async ({ world }: Awaited<ReturnType<typeof joining>>, seq: number, titles: string[] = []) => {
  await world.request('/boards/c/state').answer(200, boardState('c', seq, titles), { 'x-event-id': at(seq) })
  await world.request('/boards/c/attempts').answer(200, { attempts: [] })
}

const titles = (view: { state: { cards: object } | null }) => Object.keys(view.state?.cards ?? {}).sort()

test('what the open stream tells meanwhile does not hide what the new board did in between', async () => {
  const scene = await joining()
  const { world, source, other } = scene
  await world.request('/boards/c/state').answer(200, boardState('c', 4, ['four']), { 'x-event-id': at(4) })
  // 5 is an event of the new board, after the read; 6 comes on the stream that doesn't carry it.
  await world.stream.send(added('b', 3, 6, 'six'))
  await world.request('/boards/c/attempts').answer(200, { attempts: [] })
  expect(world.stream.url.searchParams.get('lastEventId')).toBe(at(3))
  await world.stream.open()
  await world.stream.send(hello(['b', 'c'], 6, 'tail') + logLine('c', 5, 'hi') + added('b', 3, 6, 'six'))
  await world.pass(20)
  expect(other.snapshot().attempts.a1?.lines.map(({ message }) => message)).toEqual(['hi'])
  expect(titles(source.snapshot())).toEqual(['six'])
})

test('a read that ends after the stream was opened anew is of no use', async () => {
  const scene = await joining()
  const { world, other } = scene
  await world.stream.end()
  await world.pass(1_500)
  await world.stream.open()
  const states = [boardState('b', 3), boardState('c', 8, ['eight'])].map(
    (state) => `event: state\n${state.boardId === 'c' ? `id: ${at(8)}\n` : ''}data: ${JSON.stringify(state)}\n\n`,
  )
  await world.stream.send(hello(['b', 'c'], 8) + states.join(''))
  await world.pass(20)
  await answerJoin(scene, 4, ['four'])
  await world.pass(20)
  expect(titles(other.snapshot())).toEqual(['eight'])
  expect(world.streams.length).toBe(2)
})

test('a board that nobody wants any more when its read ends is read again when it is wanted again', async () => {
  const scene = await joining()
  const { world, client, other, stopOther } = scene
  stopOther()
  await world.pass(300)
  await answerJoin(scene, 4, ['four'])
  client.board('c').subscribe(() => {})
  await world.pass(300)
  await answerJoin(scene, 5, ['five'])
  await world.pass(20)
  expect(titles(other.snapshot())).toEqual(['five'])
})

test('a read that stalls is given up, and the board is shown by a fresh start', async () => {
  const { world } = await joining()
  await world.request('/boards/c/state').stall(200, { 'x-event-id': at(4) })
  await world.pass(15_000)
  expect(world.streams.length).toBe(2)
  expect(world.stream.url.searchParams.has('lastEventId')).toBe(false)
})

test('changes of a board that was just left do not disturb the others', async () => {
  const { world, client, stop } = await following()
  await openFresh(world.stream, 'b', 3)
  await world.pass(20)
  client.board('c').subscribe(() => {})
  stop()
  await world.pass(300)
  await world.stream.send(added('b', 3, 4, 'late'))
  await world.pass(20)
  expect(client.connection().snapshot().status).toBe('live')
  expect(world.streams.length).toBe(1)
})

test('a new board is asked for at once', async () => {
  const { world } = await joining()
  expect(world.request('/boards/c/state')).toBeDefined()
})

test('a board that was left for good is read again when somebody comes back', async () => {
  const { world, client, source, stop } = await following()
  await openFresh(world.stream, 'b', 3, ['one'])
  stop()
  await world.pass(300)
  expect(source.snapshot().state).toBeNull()
  client.board('b').subscribe(() => {})
  await world.pass(0)
  expect(world.stream.url.searchParams.has('lastEventId')).toBe(false)
})

test('what was seen stays seen when a stream tells several of it again', async () => {
  const scene = await joining()
  const { world, source } = scene
  await world.stream.send(logLine('b', 4, 'four') + logLine('b', 5, 'five'))
  await answerJoin(scene, 5)
  await world.stream.open()
  await world.stream.send(hello(['b', 'c'], 5, 'tail') + logLine('b', 4, 'four') + logLine('b', 5, 'five'))
  await world.pass(20)
  expect(source.snapshot().attempts.a1?.lines.map(({ seq }) => seq)).toEqual([4, 5])
})

test('a board that was left and is wanted again shows nothing before it was read', async () => {
  const { world, client, source, stop } = await following()
  await openFresh(world.stream, 'b', 3, ['one'])
  stop()
  client.board('c').subscribe(() => {})
  await world.pass(0)
  client.board('b').subscribe(() => {})
  await world.pass(0)
  await world.stream.send(added('b', 3, 4, 'four') + logLine('b', 5, 'five'))
  await world.pass(20)
  expect(source.snapshot()).toMatchObject({ state: null, attempts: {} })
  expect(client.connection().snapshot().status).toBe('live')
})
