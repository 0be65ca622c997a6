// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Json, record } from './json.ts'
import { curl, type Operation, readApi } from './operations.ts'
import { forms, typeWords } from './schema.ts'
import { isSought } from './sought.ts'

const served: Json = record(JSON.parse(readFileSync(new URL('../api/generated/openapi.json', import.meta.url), 'utf8')))
const api = readApi(served)
const all = api.groups.flatMap(({ operations }) => operations)
const operation = (id: string): Operation => {
  const found = all.find((one) => one.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

test('every operation of the document stands in a group, once', () => {
  const methods = new Set(['get', 'post', 'put', 'patch', 'delete'])
  const there = Object.values(record(served.paths)).flatMap((path) =>
    Object.entries(record(path)).flatMap(([method, node]) =>
      methods.has(method) ? [String(record(node).operationId)] : [],
    ),
  )
  expect(all.map(({ id }) => id).toSorted()).toEqual(there.toSorted())
  expect(api.groups.map(({ name }) => name)).not.toContain('Others')
})

test('a path is told from the root on, also of what stands outside the base', () => {
  expect(operation('post_boards').path).toBe('/api/v1/boards')
  expect(operation('get_healthz').path).toBe('/healthz')
})

test('every code of a refusal has its meaning, and those of all routes are told once', () => {
  expect(api.everywhere.map(({ code }) => code)).toContain('draining')
  for (const { refusals } of all) expect(refusals.map(({ code }) => code)).not.toContain('draining')
  for (const { description } of [...api.everywhere, ...all.flatMap(({ refusals }) => refusals)]) {
    expect(description).toMatch(/\w/)
    expect(description).not.toContain('`: ')
  }
  const move = operation('post_boards_board_cards_card_move').refusals
  expect(move.filter(({ status }) => status === '409').map(({ code }) => code)).toContain('card_blocked')
})

test('what is needed comes first, with its type and bounds', () => {
  const [body] = operation('post_boards_board_cards').bodies
  const [form] = forms(body?.schema, served)
  expect(form?.fields[0]).toMatchObject({ name: 'title', isRequired: true, type: 'string' })
  const type = (name: string) => form?.fields.find((field) => field.name === name)?.type
  expect(type('dependsOn')).toBe('list of id')
  expect(type('description')).toBe('string or null')
  expect(type('ticketType')).toMatch(/^"feat" \| "fix" .* or null$/)
})

test('an object is called by its name, and each of its forms by what tells it from the others', () => {
  const item = { $ref: '#/components/schemas/ConversationItem' }
  expect(typeWords({ type: 'array', items: item }, served)).toBe('list of ConversationItem')
  expect(forms(item, served).map(({ name }) => name)).toContain('type "thinking"')
})

test('an operation is a command, with a body that is allowed and the path to fill in', () => {
  expect(curl(operation('post_boards'), 'http://localhost:1', served)).toBe(
    `curl -X POST "http://localhost:1/api/v1/boards" \\\n  -H 'content-type: application/json' \\\n  -d '{"name":"My board"}'`,
  )
  expect(curl(operation('get_boards_board_state'), '', served)).toBe('curl "/api/v1/boards/$board/state"')
  expect(curl(operation('get_sse'), '', served)).toBe('curl -N "/api/v1/sse"')
})

test('text inside a command stays text', () => {
  const schema = { type: 'object', properties: { a: { const: "it's" } }, required: ['a'] }
  const quoting = { ...operation('post_boards'), bodies: [{ mediaType: 'application/json', schema }] }
  expect(curl(quoting, '', {})).toContain(`-d '{"a":"it'\\''s"}'`)
})

test('an operation is found by its path, its codes and the fields that it takes and gives', () => {
  const found = (sought: string) => all.filter(({ said }) => isSought(said, sought)).map(({ id }) => id)
  expect(found('Card_Blocked')).toEqual(['post_boards_board_cards_card_move'])
  expect(found('ticketprefix post /boards')).toEqual(['post_boards'])
  expect(found('')).toHaveLength(all.length)
  expect(found('post nothing-like-it')).toEqual([])
})
