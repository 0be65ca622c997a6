// @vitest-environment node
import { readFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, test } from 'vitest'

test('the types are those of the document in the tree', async () => {
  const made = await openapiTS(new URL('./generated/openapi.json', import.meta.url), { defaultNonNullable: false })
  const kept = readFileSync(new URL('./generated/schema.d.ts', import.meta.url), 'utf8')
  expect(kept.endsWith(astToString(made))).toBe(true)
})
