/** Reads JSON whose shape isn't known beforehand: what isn't as expected is as if it weren't there. */
export type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export const record = (value: unknown): Json => (isRecord(value) ? value : {})

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The part of a document that a `$ref` of it points to [RFC 6901]; what is no reference is itself. */
export function resolved(node: unknown, document: Json): Json {
  const reference = record(node).$ref
  if (typeof reference !== 'string') return record(node)
  const path = reference.slice(2).split('/').map(unescaped)
  return record(path.reduce<unknown>((at, name) => record(at)[name], document))
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** The last part of a reference: what it refers to is called so. */
export const referredName = (node: unknown): string | null => {
  const reference = record(node).$ref
  return typeof reference === 'string' ? unescaped(reference.split('/').at(-1) ?? '') : null
}
