import type { Json } from './json.ts'
import { forms } from './schema.ts'

/** Everything that can be sought in a thing: what it says of itself, and the fields of these schemas. */
export function said(thing: unknown, schemas: readonly unknown[], document: Json): string {
  const fields = schemas.flatMap((schema) => forms(schema, document))
  return JSON.stringify([thing, fields]).toLowerCase()
}

/** Whether all the words that are sought occur in it. */
export const isSought = (text: string, sought: string): boolean =>
  sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
