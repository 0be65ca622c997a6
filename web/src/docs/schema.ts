/** JSON Schema [2020-12, draft 7] in words, as far as the server's documents use it. */
import { type Json, list, record, referredName, resolved, text } from './json.ts'

export interface Field {
  name: string
  isRequired: boolean
  /** `string or null`, `list of Card`. */
  type: string
  /** What its text or number has to be like: `1 to 64 characters`. */
  bounds: string
  description: string
  /** What its parts are, when it has any. */
  parts: unknown
}

/** A form that something can have: an object's fields, under the name of that form when there are several. */
export interface Form {
  name: string
  description: string
  fields: Field[]
}

const isNull = (schema: unknown): boolean => record(schema).type === 'null'

/** What is said directly, or of the one schema that stands behind. */
function behind(schema: unknown, document: Json): Json {
  const node = resolved(schema, document)
  const [only, ...others] = [...list(node.allOf), ...list(node.anyOf).filter((one) => !isNull(one))]
  return only !== undefined && others.length === 0 ? behind(only, document) : node
}

/** What a value may be, in a few words. */
export function typeWords(schema: unknown, document: Json): string {
  const named = referredName(schema)
  const node = resolved(schema, document)
  const choices = [...list(node.anyOf), ...list(node.oneOf)]
  if (named !== null && (node.properties || node.oneOf)) return named
  if (node.const !== undefined) return JSON.stringify(node.const)
  if (node.enum) return list(node.enum).map(enumWord).join(' | ')
  if (list(node.allOf).length === 1) return typeWords(list(node.allOf)[0], document)
  if (choices.length > 0) return [...new Set(choices.map((one) => typeWords(one, document)))].join(' or ')
  if (node.type === 'array') return node.items ? `list of ${typeWords(node.items, document)}` : 'list'
  const [values] = Object.values(record(node.patternProperties))
  if (values !== undefined) return `map to ${typeWords(values, document)}`
  if (typeof node.pattern === 'string' && KINDS[node.pattern]) return KINDS[node.pattern] ?? ''
  if (Array.isArray(node.type)) return node.type.map(String).join(' or ')
  return text(node.type) || 'anything'
}

const TIME = 'time'

/** Patterns that everybody knows by a name. */
const KINDS: Readonly<Record<string, string>> = {
  '^[0-9A-Za-z_-]{1,64}$': 'id',
  '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$': TIME,
}

/** A longer pattern is for programs, which read the document; a description says the same to people. */
const READABLE = 40

const enumWord = (value: unknown): string => (value === null ? 'null' : JSON.stringify(value))

/** What a text or a number has to be like. */
export function boundWords(schema: unknown, document: Json): string {
  const { minLength, maxLength, minimum, maximum, pattern, maxItems, ...node } = behind(schema, document)
  const words = [
    range(minLength, maxLength, ' characters'),
    range(minimum, maximum, ''),
    range(undefined, maxItems, ' entries'),
    KINDS[text(pattern)] || text(pattern).length > READABLE || !pattern ? '' : `like ${text(pattern)}`,
    node.default === undefined ? '' : `default ${JSON.stringify(node.default)}`,
  ]
  return words.filter(Boolean).join(', ')
}

function range(least: unknown, most: unknown, of: string): string {
  if (typeof least === 'number' && typeof most === 'number') return `${least} to ${most}${of}`
  if (typeof most === 'number') return `at most ${most}${of}`
  return typeof least === 'number' && least > 0 ? `at least ${least}${of}` : ''
}

/** The schema of the objects in it, if there are any: through lists, maps, references and `or null`. */
function inner(schema: unknown, document: Json): Json {
  const node = behind(schema, document)
  const [values] = Object.values(record(node.patternProperties))
  return node.type === 'array' ? inner(node.items, document) : values === undefined ? node : inner(values, document)
}

const hasParts = (schema: unknown, document: Json): boolean => {
  const { properties, oneOf, anyOf } = inner(schema, document)
  return (
    Object.keys(record(properties)).length > 0 ||
    [...list(oneOf), ...list(anyOf)].some((one) => hasParts(one, document))
  )
}

/** The forms of the objects in a schema; none when it is a plain value. */
export function forms(schema: unknown, document: Json): Form[] {
  const node = inner(schema, document)
  const choices = [...list(node.oneOf), ...list(node.anyOf)]
  if (choices.length > 0) return choices.flatMap((one) => forms(one, document))
  const properties = Object.entries(record(node.properties))
  if (properties.length === 0) return []
  const required = list(node.required)
  const fields = properties.map(([name, value]) => field(name, value, required.includes(name), document))
  // What is needed comes first; otherwise they stay as they were written.
  fields.sort((a, b) => Number(b.isRequired) - Number(a.isRequired))
  return [{ name: formName(node), description: plain(node.description), fields }]
}

/** A form is told by its title or by the field that is always the same in it. */
function formName(node: Json): string {
  const constant = Object.entries(record(node.properties)).find(([, value]) => record(value).const !== undefined)
  return text(node.title) || (constant ? `${constant[0]} ${JSON.stringify(record(constant[1]).const)}` : '')
}

function field(name: string, schema: unknown, isRequired: boolean, document: Json): Field {
  const meant = behind(schema, document)
  // That a time is a time is said already.
  const general = KINDS[text(meant.pattern)] === TIME ? '' : meant.description
  return {
    name,
    isRequired,
    type: typeWords(schema, document),
    bounds: boundWords(schema, document),
    description: plain(record(schema).description ?? general),
    parts: hasParts(schema, document) ? schema : null,
  }
}

/** Descriptions are a sentence for readers; what follows an empty line is for those who write the server. */
export const plain = (description: unknown): string => text(description).split('\n\n')[0] ?? ''
