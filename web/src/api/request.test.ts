import { afterEach, expect, test, vi } from 'vitest'
import { Problem, request, sentence } from './request.ts'

const answer = (status: number, body: string | null, headers: Record<string, string> = {}) => {
  const fetching = vi.fn(async (..._: Parameters<typeof fetch>) => new Response(body, { status, headers }))
  vi.stubGlobal('fetch', fetching)
  return fetching
}
afterEach(() => vi.unstubAllGlobals())

test('an answer comes with its place in the log', async () => {
  const fetching = answer(201, '{"id":"c"}', { 'x-event-id': 'epoch-with-dashes-42' })
  const { data, seq } = await request<{ id: string }>('POST', '/boards/b/cards', {
    body: { title: 'x' },
    query: { a: 1, b: null },
    key: 'k',
  })
  expect([data.id, seq]).toEqual(['c', 42])
  expect(fetching.mock.calls[0]?.[0]).toBe('/api/v1/boards/b/cards?a=1')
  expect(fetching.mock.calls[0]?.[1]).toMatchObject({
    method: 'POST',
    body: '{"title":"x"}',
    headers: { 'idempotency-key': 'k' },
  })
})

test('a write that appended nothing has no place', async () => {
  answer(204, null)
  expect((await request('DELETE', '/boards/b')).seq).toBe(0)
})

test('a refusal is told in the words of the server', async () => {
  answer(409, '{"title":"Conflict","detail":"a card that it depends on is not done","code":"card_blocked"}')
  const refused = await request('POST', '/x').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Problem)
  expect(refused).toMatchObject({
    status: 409,
    code: 'card_blocked',
    message: 'A card that it depends on is not done.',
  })
})

test('an answer that is no problem document is still told', async () => {
  answer(502, '<html>')
  await expect(request('GET', '/x')).rejects.toThrow('The server answered 502.')
})

test('no answer at all says that what was typed is kept', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(request('GET', '/x')).rejects.toMatchObject({ code: 'unreachable' })
})

test('a sentence keeps its own end', () => {
  expect([sentence('no'), sentence('Why?')]).toEqual(['No.', 'Why?'])
})
