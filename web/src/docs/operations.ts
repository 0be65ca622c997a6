/** The OpenAPI document as it is read: groups of operations. */
import { example } from './example.ts'
import { type Json, list, record, resolved, text } from './json.ts'
import { boundWords, type Field, plain, typeWords } from './schema.ts'
import { said } from './sought.ts'

export interface Body {
  mediaType: string
  schema: unknown
}

export interface Answer {
  status: string
  description: string
  body: Body | null
  headers: Field[]
}

export interface Refusal {
  status: string
  code: string
  description: string
}

export interface Operation {
  /** Names it in links. */
  id: string
  method: string
  /** From the root of the server on. */
  path: string
  summary: string
  tag: string
  /** By where they stand. */
  parameters: { place: string; fields: Field[] }[]
  bodies: Body[]
  answers: Answer[]
  refusals: Refusal[]
  /** What it can be found by. */
  said: string
}

export interface Group {
  name: string
  description: string
  operations: Operation[]
}

export interface Api {
  /** What the paths of nearly all routes begin with. */
  base: string
  groups: Group[]
  /** What every route under the base may be refused with; the operations list only their own. */
  everywhere: Refusal[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const OTHERS = 'Others'

export function readApi(document: Json): Api {
  const all = Object.entries(record(document.paths)).flatMap(([path, node]) =>
    METHODS.filter((method) => record(node)[method] !== undefined).map((method) =>
      operation(method, path, record(node), document),
    ),
  )
  const base = text(record(list(document.servers)[0]).url)
  const everywhere = common(all.filter(({ path }) => path.startsWith(`${base}/`)))
  const isOwn = (refusal: Refusal) => !everywhere.some(({ code }) => code === refusal.code)
  const own = all.map((one) => ({ ...one, refusals: one.refusals.filter(isOwn) }))
  const named = list(document.tags).map((tag) => ({
    name: text(record(tag).name),
    description: text(record(tag).description),
  }))
  const known = new Set(named.map(({ name }) => name))
  const groups = [...named, { name: OTHERS, description: '' }].map((group) => ({
    ...group,
    operations: own.filter(({ tag }) => (known.has(tag) ? tag : OTHERS) === group.name),
  }))
  return { base, groups: groups.filter(({ operations }) => operations.length > 0), everywhere }
}

/** Those that all operations have. */
function common([first, ...others]: readonly Operation[]): Refusal[] {
  const has = ({ refusals }: Operation, { code, status }: Refusal) =>
    refusals.some((one) => one.code === code && one.status === status)
  return (first?.refusals ?? []).filter((refusal) => others.every((one) => has(one, refusal)))
}

function operation(method: string, path: string, at: Json, document: Json): Operation {
  const node = record(at[method])
  const [server] = [...list(at.servers), ...list(document.servers)]
  const base = text(record(server).url).replace(/\/$/, '')
  const responses = Object.entries(record(node.responses))
  const read = {
    id: text(node.operationId),
    method: method.toUpperCase(),
    path: `${base}${path}`,
    summary: text(node.summary),
    tag: text(list(node.tags)[0]),
    parameters: parameters(list(node.parameters), document),
    bodies: bodies(resolved(node.requestBody, document).content),
    answers: responses.filter(([status]) => status < '400').map((entry) => answer(entry, document)),
    refusals: responses.filter(([status]) => status >= '400').flatMap((entry) => refusals(entry, document)),
  }
  const schemas = [...read.bodies, ...read.answers.map(({ body }) => body)].map((body) => body?.schema)
  return { ...read, said: said(read, schemas, document) }
}

function parameters(nodes: readonly unknown[], document: Json): Operation['parameters'] {
  const read = nodes.map((node) => resolved(node, document))
  const places = [...new Set(read.map((node) => text(node.in)))]
  return places.map((place) => ({
    place,
    fields: read.filter((node) => node.in === place).map((node) => valueField(text(node.name), node, document)),
  }))
}

const valueField = (name: string, node: Json, document: Json): Field => ({
  name,
  isRequired: node.required === true,
  type: typeWords(node.schema, document),
  bounds: boundWords(node.schema, document),
  description: plain(node.description),
  parts: null,
})

const bodies = (content: unknown): Body[] =>
  Object.entries(record(content)).map(([mediaType, node]) => ({ mediaType, schema: record(node).schema }))

function answer([status, node]: [string, unknown], document: Json): Answer {
  const { description, content, headers } = resolved(node, document)
  return {
    status,
    description: text(description),
    body: bodies(content)[0] ?? null,
    headers: Object.entries(record(headers)).map(([name, header]) =>
      valueField(name, resolved(header, document), document),
    ),
  }
}

/** The codes of a status are told as "`code`: meaning. `code`: meaning". */
function refusals([status, node]: [string, unknown], document: Json): Refusal[] {
  const told = text(resolved(node, document).description)
  const parts = told.split(/(?:^|\. )`([a-z_]+)`: /).slice(1)
  return parts.flatMap((code, nth) =>
    nth % 2 === 0 ? [{ status, code, description: parts[nth + 1]?.replace(/\.$/, '') ?? '' }] : [],
  )
}

const quoted = (words: string): string => `'${words.replaceAll("'", "'\\''")}'`

/** The same as a command; parts of the path that have to be filled in are variables of the shell. */
export function curl({ method, path, bodies: [body], answers }: Operation, origin: string, document: Json): string {
  const isStream = answers.some((one) => one.body?.mediaType === 'text/event-stream')
  const url = `${origin}${path.replace(/\{(\w+)\}/g, '$$$1')}`
  const way = isStream ? 'curl -N' : method === 'GET' ? 'curl' : `curl -X ${method}`
  if (!body) return `${way} "${url}"`
  const sent = JSON.stringify(example(body.schema, document))
  return `${way} "${url}" \\\n  -H 'content-type: ${body.mediaType}' \\\n  -d ${quoted(sent)}`
}
