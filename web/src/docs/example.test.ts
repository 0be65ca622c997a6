// @vitest-environment node
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { example } from './example.ts'
import { type Json, record } from './json.ts'
import { readApi } from './operations.ts'

const served: Json = record(JSON.parse(readFileSync(new URL('../api/generated/openapi.json', import.meta.url), 'utf8')))
const operations = readApi(served).groups.flatMap((group) => group.operations)

const bodies = operations.flatMap(({ id, bodies: [body] }) => (body ? [{ id, schema: body.schema }] : []))

test.each(bodies)('the example of $id is what its schema allows', ({ schema }) => {
  const validator = new Ajv2020({ strict: false, validateFormats: false })
  validator.addSchema({ ...served, $id: 'served' })
  const inServed = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"served#/'))
  const value = example(schema, served)
  const isAllowed = validator.validate(inServed, value)
  expect(isAllowed, `${JSON.stringify(value)}: ${validator.errorsText()}`).toBe(true)
})

test('there are bodies to try', () => {
  expect(bodies.length).toBeGreaterThan(15)
})
