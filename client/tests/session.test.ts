import { describe, expect, test } from 'vitest'
import { added, at, boardState, following, hello, logLine, openFresh } from './scene.ts'
import { frame } from './world.ts'

describe('a fresh start', () => {
  test('asks for patches, is live only once the opening is complete, and shows the board', async () => {
    const { world, source } = await following()
    expect(world.stream.url.search).toBe('?boardId=b&state=patch')
    expect(source.snapshot().connection.status).toBe('connecting')
    await world.stream.open()
    await world.stream.send(hello(['b'], 7))
    await world.stream.send(frame('state', boardState('b', 5, ['one'])))
    await world.pass(20)
    expect(source.snapshot().connection.status).toBe('connecting')
    const status = { boardId: 'b', attemptId: 'a1', cardId: 'one', agent: 'x', status: 'running', previousStatus: null }
    const times = { needsInput: false, startedAt: null, endedAt: null, error: null, ts: '2026-01-01T00:00:00.000Z' }
    await world.stream.send(frame('attempt_status', { ...status, ...times, replayed: true }, at(7)))
    await world.pass(20)
    const view = source.snapshot()
    expect(view.connection.status).toBe('live')
    expect(view.connection.staleSince).toBeNull()
    expect(Object.keys(view.state?.cards ?? {})).toEqual(['one'])
    expect(view.latestAttempt).toEqual(expect.objectContaining({ one: 'a1' }))
  })

  test('one cut inside the opening starts afresh', async () => {
    const { world } = await following()
    await world.stream.open()
    await world.stream.send(hello(['b'], 7) + frame('state', boardState('b', 5)))
    await world.stream.end()
    await world.pass(1_500)
    expect(world.streams.length).toBe(2)
    expect(world.stream.url.searchParams.has('lastEventId')).toBe(false)
  })
})

describe('after a loss', () => {
  test('it resumes by its cursor and drops what it has seen', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.stream.send(added('b', 3, 4, 'one'))
    await world.stream.end()
    await world.pass(20)
    expect(source.snapshot().connection).toMatchObject({ status: 'reconnecting', reason: 'The connection ended' })
    expect(source.snapshot().connection.staleSince).not.toBeNull()
    await world.pass(1_480)
    expect(world.stream.url.searchParams.get('lastEventId')).toBe(at(4))
    await world.stream.open()
    await world.stream.send(hello(['b'], 5, 'tail') + added('b', 3, 4, 'one') + added('b', 4, 5, 'two'))
    await world.pass(20)
    expect(Object.keys(source.snapshot().state?.cards ?? {}).sort()).toEqual(['one', 'two'])
    expect(source.snapshot().connection).toMatchObject({ status: 'live', staleSince: null, reason: null })
    expect(source.snapshot().generation).toBe(1)
  })

  test('a reset clears what was seen: an equal seq of another log is news', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 9, ['old'])
    await world.stream.end()
    await world.pass(1_500)
    await world.stream.open()
    const opening = hello(['b'], 2, 'reset', { epoch: 'e2' }) + frame('state', boardState('b', 2, ['new']), at(2, 'e2'))
    await world.stream.send(opening)
    await world.pass(20)
    expect(Object.keys(source.snapshot().state?.cards ?? {})).toEqual(['new'])
    expect(source.snapshot().generation).toBe(2)
  })

  test('a patch that does not fit makes a fresh start, never a wrong board', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3, ['one'])
    await world.stream.send(added('b', 99, 100, 'two'))
    await world.pass(20)
    expect(Object.keys(source.snapshot().state?.cards ?? {})).toEqual(['one'])
    await world.pass(1_500)
    expect(world.stream.url.searchParams.has('lastEventId')).toBe(false)
  })

  test('after eight tries it is given up; every 30 s it is looked whether the server is back', async () => {
    const { world, source } = await following()
    for (let tries = 0; tries < 9; tries += 1) {
      await world.stream.fail()
      await world.pass(12_000)
    }
    await world.pass(20)
    expect(world.streams.length).toBe(9)
    expect(source.snapshot().connection).toMatchObject({ status: 'failed', code: 'gave_up' })
    await world.pass(30_000)
    await world.request('/readyz').answer(503)
    expect(world.streams.length).toBe(9)
    await world.pass(30_000)
    await world.request('/readyz').answer(200)
    expect(world.streams.length).toBe(10)
    await openFresh(world.stream, 'b', 3)
    await world.pass(20)
    expect(source.snapshot().connection).toMatchObject({ status: 'live', code: null })
  })

  test('nobody looks whether the server is back while the page is hidden', async () => {
    const { world } = await following()
    for (let tries = 0; tries < 9; tries += 1) {
      await world.stream.fail()
      await world.pass(12_000)
    }
    world.isVisible = false
    await world.pass(90_000)
    expect(world.asked.filter(({ url }) => url.pathname === '/readyz').length).toBe(0)
  })

  test('only a stream that lived 5 s starts the count anew', async () => {
    const { world, source } = await following()
    for (let tries = 0; tries < 9; tries += 1) {
      await openFresh(world.stream, 'b', 3)
      await world.pass(4_000)
      await world.stream.end()
      await world.pass(12_000)
    }
    expect(source.snapshot().connection.status).toBe('failed')
    const other = await following()
    for (let tries = 0; tries < 12; tries += 1) {
      await openFresh(other.world.stream, 'b', 3)
      await other.world.pass(5_000)
      await other.world.stream.end()
      await other.world.pass(1_500)
    }
    expect(other.world.streams.length).toBe(13)
  })

  test('silence of two and a half heartbeats is a dead connection', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.pass(37_000)
    expect(source.snapshot().connection.status).toBe('live')
    await world.pass(600)
    expect(world.held.length).toBe(0)
    expect(source.snapshot().connection).toMatchObject({ status: 'reconnecting', reason: 'The server fell silent' })
    expect(source.snapshot().connection.staleSince).toBe(world.now - 37_600)
  })

  test('a heartbeat is a sign of life', async () => {
    const { world } = await following()
    await openFresh(world.stream, 'b', 3)
    for (let beat = 0; beat < 10; beat += 1) {
      await world.pass(15_000)
      await world.stream.send(frame('heartbeat', { ts: '2026-01-01T00:00:00.000Z', seq: 3 }))
    }
    expect(world.streams.length).toBe(1)
  })
})

describe('answers that are no stream', () => {
  test.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [204, 'no_content'],
  ])('%i stops at once: %s', async (status, code) => {
    const { world, source } = await following()
    await world.stream.answer(status, {})
    await world.pass(120_000)
    expect(source.snapshot().connection).toMatchObject({ status: 'failed', code })
    expect(world.asked.length).toBe(1)
    await world.signal('visible')
    expect(world.streams.length).toBe(2)
  })

  test('another content type stops at once', async () => {
    const { world, source } = await following()
    await world.stream.open('text/html')
    await world.pass(120_000)
    expect(source.snapshot().connection).toMatchObject({ status: 'failed', code: 'wrong_content_type' })
    expect(world.asked.length).toBe(1)
  })

  test.each([
    [429, '4', 4_000],
    [503, '3600', 12_000],
    [503, undefined, 1_500],
    [500, '4', 1_500],
  ])('%i with Retry-After %s is tried again after %i ms', async (status, header, ms) => {
    const { world } = await following()
    await world.stream.answer(status, {}, header === undefined ? {} : { 'retry-after': header })
    await world.pass(ms - 1)
    expect(world.streams.length).toBe(1)
    await world.pass(1)
    expect(world.streams.length).toBe(2)
  })
})

describe('signals', () => {
  test('going online or coming back ends the waiting', async () => {
    for (const signal of ['online', 'visible', 'pageshow'] as const) {
      const { world } = await following()
      await world.stream.fail()
      await world.signal(signal)
      expect(world.streams.length, signal).toBe(2)
    }
  })

  test('coming back after a sleep finds the silence that no timer saw, and tries at once', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3)
    const heardAt = world.now
    world.now += 3_600_000
    await world.signal('visible')
    expect(world.streams.map((stream) => stream.isLetGo())).toEqual([true, false])
    expect(source.snapshot().connection).toMatchObject({ status: 'reconnecting', staleSince: heardAt })
  })

  test('coming back to a stream that is alive changes nothing', async () => {
    const { world } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.signal('visible')
    expect(world.streams.length).toBe(1)
  })

  test('nobody listening leaves nothing behind', async () => {
    const { world, stop } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.request('/attempts').answer(200, { attempts: [] })
    stop()
    await world.pass(300)
    expect([world.held.length, world.timers, world.listeners]).toEqual([0, 0, 0])
  })
})

describe('bye', () => {
  test('at a shutdown it comes back when it was told to', async () => {
    const { world } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.stream.send(frame('bye', { reason: 'shutdown', boardId: null, retryMs: 700 }))
    await world.pass(699)
    expect(world.streams.length).toBe(1)
    await world.pass(1)
    expect(world.stream.url.searchParams.get('lastEventId')).toBe(at(3))
  })

  test('a deleted board ends its own view and leaves the others', async () => {
    const { world, client, source } = await following()
    const other = client.board('c')
    other.subscribe(() => {})
    await world.pass(300)
    await openFresh(world.stream, 'b', 3)
    await world.stream.send(frame('bye', { reason: 'board_deleted', boardId: 'b', retryMs: null }))
    await world.pass(20)
    expect(source.snapshot().ended).toBe('board_deleted')
    expect(world.stream.url.searchParams.getAll('boardId')).toEqual(['c'])
    expect(world.held.length).toBe(1)
  })

  test('withdrawn access stops for good', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.stream.send(frame('bye', { reason: 'access_revoked', boardId: null, retryMs: null }))
    await world.pass(120_000)
    expect(source.snapshot().connection).toMatchObject({ status: 'failed', code: 'access_revoked' })
    expect(world.streams.length).toBe(1)
  })

  test('an unknown board alone stops and says why', async () => {
    const { world, source } = await following()
    await world.stream.answer(404, { boardId: 'b', code: 'not_found' })
    await world.pass(120_000)
    expect(source.snapshot()).toMatchObject({ ended: 'not_found', connection: { status: 'failed', code: 'not_found' } })
    expect(world.asked.length).toBe(1)
  })

  test('an unknown board among several ends only its own view', async () => {
    const { world, client, source } = await following()
    client.board('c').subscribe(() => {})
    await world.pass(300)
    await world.stream.answer(404, { boardId: 'b', code: 'not_found' })
    await world.pass(20)
    expect(source.snapshot().ended).toBe('not_found')
    expect(world.stream.url.searchParams.getAll('boardId')).toEqual(['c'])
  })
})

describe('another board on an open stream', () => {
  const joining = async () => {
    const { world, client, source } = await following()
    await openFresh(world.stream, 'b', 3)
    await world.pass(20)
    const other = client.board('c')
    const stop = other.subscribe(() => {})
    await world.pass(300)
    return { world, client, source, other, stop }
  }

  test('is read over REST; the stream goes on by the old cursor, without its frames up to there', async () => {
    const { world, source, other } = await joining()
    expect(world.streams.length).toBe(1)
    await world.request('/boards/c/state').answer(200, boardState('c', 6, ['six']), { 'x-event-id': at(6) })
    await world.request('/boards/c/attempts').answer(200, { attempts: [] })
    await world.stream.open()
    expect(world.held.length).toBe(1)
    expect(world.stream.url.searchParams.getAll('boardId').sort()).toEqual(['b', 'c'])
    expect(world.stream.url.searchParams.get('lastEventId')).toBe(at(3))
    const tail = added('b', 3, 5, 'five') + added('c', 4, 6, 'six') + added('c', 6, 7, 'seven')
    await world.stream.send(hello(['b', 'c'], 7, 'tail') + tail)
    await world.pass(20)
    expect(Object.keys(other.snapshot().state?.cards ?? {}).sort()).toEqual(['seven', 'six'])
    expect(Object.keys(source.snapshot().state?.cards ?? {})).toEqual(['five'])
    expect(source.snapshot().generation).toBe(1)
  })

  test('one that is not there ends only its own view', async () => {
    const { world, other } = await joining()
    await world.request('/boards/c/state').answer(404, {})
    await world.pass(20)
    expect(other.snapshot().ended).toBe('not_found')
    expect(world.held.length).toBe(1)
  })

  test('that cannot be read makes everything afresh', async () => {
    const { world } = await joining()
    await world.request('/boards/c/state').answer(500, {})
    await world.pass(20)
    expect(world.stream.url.searchParams.has('lastEventId')).toBe(false)
    expect(world.held.length).toBe(1)
  })
})

describe('a hostile server', () => {
  test.each([
    ['an event named error', 'event: error\ndata: {}\n\n'],
    ['an event named __proto__', 'event: __proto__\ndata: {"polluted":1}\n\n'],
    ['an event of a later version', 'event: news\ndata: {}\n\n'],
    ['no event at all', 'data: {}\n\n'],
    ['an absurd retry', 'retry: 99999999999999999999\n\n'],
  ])('%s changes nothing', async (_, text) => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3, ['one'])
    await world.stream.send(text)
    await world.stream.send(added('b', 3, 4, 'two'))
    await world.pass(20)
    expect(source.snapshot().connection.status).toBe('live')
    expect(Object.keys(source.snapshot().state?.cards ?? {}).sort()).toEqual(['one', 'two'])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test.each([
    ['no JSON', 'event: state\ndata: {\n\n'],
    ['no object', 'event: state\ndata: null\n\n'],
    ['a second hello', hello(['b'], 3)],
    ['an id of another log', added('b', 3, 4, 'x').replace('e1-4', 'e9-4')],
    [
      'a board without columns',
      frame('state_patch', { boardId: 'b', seq: 4, baseSeq: 3, patch: [{ op: 'add', path: '', value: 1 }] }, at(4)),
    ],
  ])('%s makes it try again', async (_, text) => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3, ['one'])
    await world.stream.send(text)
    await world.pass(20)
    expect(source.snapshot().connection.status).toBe('reconnecting')
    expect(Object.keys(source.snapshot().state?.cards ?? {})).toEqual(['one'])
    await world.pass(1_500)
    expect(world.streams.length).toBe(2)
  })

  test('an endless line is given up', async () => {
    const { world, source } = await following()
    await openFresh(world.stream, 'b', 3)
    for (let n = 0; n < 33; n += 1) await world.stream.send('x'.repeat(1024 * 1024))
    await world.pass(20)
    expect(source.snapshot().connection.reason).toContain('too long')
  })

  test('a flood is shown in batches, and a long log keeps its tail', async () => {
    const { world, source } = await following()
    let shown = 0
    source.subscribe(() => {
      shown += 1
    })
    await openFresh(world.stream, 'b', 3)
    await world.pass(20)
    shown = 0
    for (let part = 0; part < 100; part += 1) {
      const lines = Array.from({ length: 1_000 }, (_, n) => logLine('b', 4 + part * 1_000 + n, `line ${n}`))
      await world.stream.send(lines.join(''))
    }
    await world.pass(20)
    expect(shown).toBe(1)
    const attempt = source.snapshot().attempts.a1
    expect(attempt?.lines.length).toBe(2_000)
    expect(attempt?.dropped).toBe(98_000)
    expect(attempt?.lines.at(-1)?.seq).toBe(100_003)
    expect(source.snapshot().activity.length).toBe(500)
  })
})
