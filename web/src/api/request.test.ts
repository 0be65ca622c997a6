import { afterEach, expect, test, vi } from 'vitest'
import { signIn } from './access.ts'
import { answered, once, Problem, refusalOf, sentence, server } from './request.ts'

import { isTokenWanted } from './wanted.ts'

const answer = (status: number, body: string | null, headers: Record<string, string> = {}) => {
  const fetching = vi.fn(async (..._: Parameters<typeof fetch>) => new Response(body, { status, headers }))
  vi.stubGlobal('fetch', fetching)
  return fetching
}
afterEach(() => vi.unstubAllGlobals())

const deleted = () => answered(server.DELETE('/boards/{board}', { params: { path: { board: 'b' } } }))

test('an answer comes with its place in the log', async () => {
  const fetching = answer(201, '{"id":"c"}', { 'x-event-id': 'epoch-with-dashes-42' })
  const params = { path: { board: 'a/b' }, header: once('k') }
  const { data, seq } = await answered(server.POST('/boards/{board}/cards', { params, body: { title: 'x' } }))
  expect([data.id, seq]).toEqual(['c', 42])
  const sent = fetching.mock.calls[0]?.[0]
  if (!(sent instanceof Request)) throw new Error('it was no request')
  expect([sent.method, new URL(sent.url).pathname]).toEqual(['POST', '/api/v1/boards/a%2Fb/cards'])
  expect([await sent.json(), sent.headers.get('idempotency-key')]).toEqual([{ title: 'x' }, 'k'])
})

test('a write that appended nothing has no place', async () => {
  answer(204, null)
  expect((await deleted()).seq).toBe(0)
})

test('a refusal is told in the words of the server', async () => {
  answer(409, '{"title":"Conflict","detail":"a card that it depends on is not done","code":"card_blocked"}')
  const refused = await deleted().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Problem)
  expect(refused).toMatchObject({
    status: 409,
    code: 'card_blocked',
    message: 'A card that it depends on is not done.',
  })
})

test('an answer that is no problem document is still told', async () => {
  answer(502, '<html>')
  await expect(deleted()).rejects.toThrow('The server answered 502.')
})

test('no answer at all says that what was typed is kept', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(deleted()).rejects.toMatchObject({ code: 'unreachable' })
})

test('a sentence keeps its own end', () => {
  expect([sentence('no'), sentence('Why?')]).toEqual(['No.', 'Why?'])
})

test('what the server says of a field is told beside it, without its name', async () => {
  answer(422, '{"detail":"title: must not be empty","code":"invalid_field","field":"title"}')
  const refused = await deleted().catch((error: unknown) => error)
  expect(refusalOf(refused, 'title')).toBe('Must not be empty.')
  expect(refusalOf(refused, 'base')).toBeNull()
  expect(refusalOf(new Error('title: no'), 'title')).toBeNull()
})

test('an answer 401 asks for a token, until somebody has signed in', async () => {
  answer(401, '{"detail":"show a token","code":"unauthorized"}')
  await deleted().catch(() => undefined)
  expect(isTokenWanted()).toBe(true)
  answer(204, null)
  await signIn('t')
  expect(isTokenWanted()).toBe(false)
})
