/** The system's own `fetch` and clock, against a server on this machine that misbehaves on purpose. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { type BoardView, createBoardcast } from '../src/lib/index.ts'
import { added, boardState, hello } from './scene.ts'
import { frame } from './world.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const serve = (stream: (request: IncomingMessage, response: ServerResponse, nth: number) => void): Promise<string> => {
  let nth = 0
  server = createServer((request, response) => {
    if (!request.url?.startsWith('/api/v1/sse')) {
      response.end(JSON.stringify({ attempts: [] }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    stream(request, response, nth)
    nth += 1
  })
  return new Promise((done) => {
    server?.listen(0, '127.0.0.1', () => {
      const address = server?.address()
      done(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    })
  })
}

/** The first view for which `holds`. */
const until = (url: string, holds: (view: BoardView) => boolean): Promise<BoardView> =>
  new Promise((done) => {
    const client = createBoardcast({ url, jitter: false })
    const source = client.board('b')
    const stop = source.subscribe(() => {
      const view = source.snapshot()
      if (!holds(view)) return
      stop()
      client.close()
      done(view)
    })
  })

const opening = hello(['b'], 3).replace('1500', '500') + frame('state', boardState('b', 3, ['one']), 'e1-3')

test('a stream cut in the middle of a frame goes on where it was', async () => {
  const cursors: (string | null)[] = []
  const url = await serve((request, response, nth) => {
    cursors.push(new URL(request.url ?? '', 'http://test').searchParams.get('lastEventId'))
    if (nth === 0) {
      response.write(opening + added('b', 3, 4, 'two').slice(0, -30), () => response.destroy())
      return
    }
    response.write(hello(['b'], 4, 'tail') + added('b', 3, 4, 'two'))
  })
  const view = await until(url, (now) => now.state?.seq === 4)
  expect(Object.keys(view.state?.cards ?? {}).sort()).toEqual(['one', 'two'])
  expect(cursors).toEqual([null, 'e1-3'])
})

test('a stream that stalls is found dead and replaced', async () => {
  const url = await serve((_, response, nth) => {
    // The first promises a heartbeat each 40 ms and never keeps it.
    if (nth === 0) response.write(opening.replace('15000', '40'))
    else response.write(hello(['b'], 4, 'tail') + added('b', 3, 4, 'two'))
  })
  const view = await until(url, (now) => now.state?.seq === 4)
  expect(view.connection.status).toBe('live')
})
