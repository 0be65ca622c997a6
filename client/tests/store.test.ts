import { expect, test } from 'vitest'
import { createBoardcast } from '../src/lib/index.ts'
import { added, following, hello, openFresh } from './scene.ts'
import { World } from './world.ts'

test('close lets go of everything, whoever still listens, and says so', async () => {
  const { world, client, source } = await following()
  await openFresh(world.stream, 'b', 3)
  await world.pass(20)
  client.close()
  await world.pass(20)
  expect(source.snapshot().connection.status).toBe('idle')
  expect([world.held.length, world.listeners]).toEqual([0, 0])
  client.board('b').subscribe(() => {})
  await world.pass(0)
  expect(world.held.length).toBe(1)
})

test('close while somebody is about to leave does not make the client deaf', async () => {
  const { world, client, stop } = await following()
  await openFresh(world.stream, 'b', 3)
  stop()
  client.close()
  let told = 0
  client.board('b').subscribe(() => {
    told += 1
  })
  await world.pass(0)
  await openFresh(world.stream, 'b', 4)
  await world.pass(20)
  expect(told).toBeGreaterThan(0)
})

test('a snapshot is the same value until something changes', async () => {
  const { world, source } = await following()
  await openFresh(world.stream, 'b', 3, ['one'])
  await world.pass(20)
  const before = source.snapshot()
  await world.pass(20)
  expect(source.snapshot()).toBe(before)
  await world.stream.send(added('b', 3, 4, 'two'))
  await world.pass(20)
  expect(source.snapshot()).not.toBe(before)
  expect(source.snapshot().state?.cards.one).toBe(before.state?.cards.one)
  expect(Object.keys(before.state?.cards ?? {})).toEqual(['one'])
})

test('following the connection alone opens nothing', async () => {
  const world = new World()
  createBoardcast({ environment: world.environment })
    .connection()
    .subscribe(() => {})
  await world.pass(1_000)
  expect(world.asked).toEqual([])
})

test('a token is shown in a header, never in the address; an address may end with a slash', async () => {
  const world = new World()
  const client = createBoardcast({ environment: world.environment, url: 'http://test/base/', token: 'secret' })
  client.board('b').subscribe(() => {})
  await world.pass(0)
  expect(world.stream.headers.get('authorization')).toBe('Bearer secret')
  expect(world.stream.url.href).toBe('http://test/base/api/v1/sse?boardId=b&state=patch')
})

test('a fetch that is given is called as a plain function', async () => {
  const called = await new Promise<unknown>((done) => {
    const fetcher: typeof fetch = function (this: unknown) {
      done(this)
      return Promise.reject(new TypeError('no network'))
    }
    const client = createBoardcast({ fetch: fetcher })
    client.dashboard().subscribe(() => client.close())
  })
  expect(called).toBeUndefined()
})

test('boards of one client share a stream with its dashboard', async () => {
  const world = new World()
  const client = createBoardcast({ environment: world.environment, jitter: false })
  client.dashboard().subscribe(() => {})
  client.board('b').subscribe(() => {})
  client.board('c').subscribe(() => {})
  await world.pass(0)
  expect(world.streams.length).toBe(1)
  expect(world.stream.url.search).toBe('?boardId=b&boardId=c&dashboard=1&state=patch')
})

test('a board left and looked at again while the server is away is still there', async () => {
  const { world, client, source, stop } = await following()
  client.dashboard().subscribe(() => {})
  await world.pass(20)
  await openFresh(world.stream, 'b', 3, ['one'])
  await world.pass(20)
  await world.stream.fail()
  await world.pass(20)
  stop()
  await world.pass(300)
  expect(Object.keys(source.snapshot().state?.cards ?? {})).toEqual(['one'])
  expect(source.snapshot().connection.staleSince).not.toBeNull()
})

test('a board that nobody came back to is forgotten once the server is there again', async () => {
  const { world, client, source, stop } = await following()
  client.dashboard().subscribe(() => {})
  await world.pass(20)
  await openFresh(world.stream, 'b', 3, ['one'])
  await world.stream.fail()
  stop()
  await world.pass(2_000)
  await world.stream.open()
  await world.stream.send(hello([], 9, 'tail'))
  await world.pass(20)
  expect(source.snapshot().state).toBeNull()
})

test('what can be no board is not there, and leaves the others their stream', async () => {
  const world = new World()
  const client = createBoardcast({ environment: world.environment, jitter: false })
  client.board('b').subscribe(() => {})
  const none = client.board('no board')
  none.subscribe(() => {})
  await world.pass(0)
  expect(none.snapshot().ended).toBe('not_found')
  expect(world.stream.url.search).toBe('?boardId=b&state=patch')
})
