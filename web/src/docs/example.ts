/** Values that a schema allows, for people to read and to try. */
import { type Json, list, record, resolved, text } from './json.ts'

/** Fields whose name says what belongs into them. */
const KNOWN: Readonly<Record<string, unknown>> = {
  name: 'My board',
  title: 'Fix the login test',
  subject: 'Fix the login test',
  command: 'my-agent',
  text: 'Also fix the logout test, please.',
  completed: 0,
  source: '/my-program',
  message: 'Compiled in 12 s',
  branchName: 'fix-the-login-test',
  baseBranch: 'main',
  branch: 'main',
  remote: 'origin',
  label: 'My agent',
}

/** The least that is allowed: what is required, and of an object without such fields its first one. */
export function example(schema: unknown, document: Json, name = ''): unknown {
  const node = resolved(schema, document)
  if (node.const !== undefined) return node.const
  if (node.enum) return list(node.enum)[0]
  const [first] = [...list(node.allOf), ...list(node.oneOf), ...list(node.anyOf)]
  if (first !== undefined) return example(first, document, name)
  const [type] = Array.isArray(node.type) ? node.type : [node.type]
  switch (type) {
    case 'object':
      return object(node, document)
    case 'array':
      return node.items ? [example(node.items, document, name)] : []
    case 'integer':
    case 'number':
      if (typeof KNOWN[name] === 'number') return KNOWN[name]
      return typeof node.minimum === 'number' ? Math.max(1, node.minimum) : 1
    case 'boolean':
      return true
    case 'string':
      return words(node, name)
    default:
      return null
  }
}

function object(node: Json, document: Json): Json {
  const properties = record(node.properties)
  const required = list(node.required).map(String)
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, example(properties[name], document, name)]))
}

function words(node: Json, name: string): string {
  if (text(node.pattern).includes('T\\d\\d')) return '2026-11-24T09:30:00.000Z'
  if (Object.hasOwn(KNOWN, name)) return String(KNOWN[name])
  if (/sha$/i.test(name)) return '5b1d0a3c'
  if (/url$/i.test(name)) return 'https://example.org/1'
  return name || 'text'
}
