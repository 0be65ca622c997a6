import { expect, test } from 'vitest'
import { readChannels } from './messages.ts'

const document = {
  servers: { local: { pathname: '/api/v1' } },
  operations: {
    take: {
      action: 'receive',
      summary: 'Facts',
      bindings: { http: { method: 'POST' } },
      channel: { $ref: '#/channels/reports' },
    },
    tell: {
      action: 'send',
      summary: 'What happens',
      bindings: { http: { method: 'GET' } },
      channel: { $ref: '#/channels/stream' },
    },
  },
  channels: {
    reports: { title: 'reports', address: '/events', messages: { 'a.b': { $ref: '#/components/messages/a.b' } } },
    stream: { title: 'stream', address: '/sse', messages: { hello: { $ref: '#/components/messages/hello' } } },
  },
  components: {
    messages: {
      hello: {
        summary: 'First.',
        headers: { properties: { event: {}, id: {} } },
        payload: { $ref: '#/components/schemas/Hello' },
      },
      'a.b': { payload: { type: 'object', properties: { type: { const: 'a.b' } }, required: ['type'] } },
    },
    schemas: { Hello: { type: 'object', properties: { seq: { type: 'integer' } }, required: ['seq'] } },
  },
}

test('what the server tells comes first, as it is on the wire', () => {
  const [stream, reports] = readChannels(document)
  expect(stream).toMatchObject({ name: 'stream', path: '/api/v1/sse', method: 'GET', summary: 'What happens' })
  expect(stream?.messages[0]).toMatchObject({ id: 'hello', summary: 'First.' })
  expect(stream?.messages[0]?.sample).toMatch(/^id: .+\nevent: hello\ndata: \{"seq":1\}$/)
  expect(reports).toMatchObject({ name: 'reports', path: '/api/v1/events', method: 'POST' })
  expect(reports?.messages[0]?.sample).toBe('{\n  "type": "a.b"\n}')
})

test('a document of another make is an empty one', () => {
  expect(readChannels({ operations: [], channels: 'none' })).toEqual([])
})
