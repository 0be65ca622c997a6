/** The one client of the server's routes: their paths, parameters, bodies and answers are checked against its document. */
import createClient from 'openapi-fetch'
import type { paths } from './generated/schema.d.ts'
import { askForToken, countSignIns } from './wanted.ts'

/** A refusal of the server in its own words (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  /** The field of the body at fault, when it is one. */
  readonly field: string | null
  /** The files that it is about. */
  readonly files: readonly string[]

  constructor(
    status: number,
    code: string,
    detail: string,
    field: string | null = null,
    files: readonly string[] = [],
  ) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.field = field
    this.files = files
  }
}

/** What the server says of one field or one of its items, for the place beside it; null when it said nothing of it. */
export function refusalOf(error: unknown, field: string): string | null {
  if (!(error instanceof Problem) || error.field === null) return null
  if (error.field !== field && !error.field.startsWith(`${field}[`)) return null
  const start = `${error.field}: `
  const isNamed = error.message.toLowerCase().startsWith(start.toLowerCase())
  return isNamed ? sentence(error.message.slice(start.length)) : error.message
}

/** What came back, and the position of the log that it shows or made (`x-event-id`). */
export interface Answer<T> {
  data: T
  /** 0 when the server named none: nothing was appended. */
  seq: number
  /** The same as a cursor, which also names the log; empty when there was none. */
  cursor: string
  truncated: boolean
}

/**
 * By the page's own `fetch`, whichever it is at that moment. What was refused for want of a token while somebody signed in
 * is asked again: a 401 has changed nothing.
 */
async function send(request: Request): Promise<Response> {
  const before = countSignIns()
  const again = request.clone()
  const response = await globalThis.fetch(request)
  return response.status === 401 && countSignIns() !== before ? globalThis.fetch(again) : response
}

export const server = createClient<paths>({ baseUrl: '/api/v1', fetch: send })

/** A header that makes every try of one write count once. */
export const once = (key: string) => ({ 'Idempotency-Key': key })

/** Such a key. `randomUUID` is only there on secure origins. */
export const newKey = (): string => [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join('-')

type Told<T> = { data?: T; error?: unknown; response: Response }

/**
 * What the server answered.
 *
 * @throws Problem when it refused, or wasn't reached
 */
export async function answered<T>(asked: Promise<Told<T>>): Promise<Answer<Exclude<T, undefined>>> {
  const { data, error, response } = await asked.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === 'AbortError') throw reason
    throw new Problem(0, 'unreachable', "Couldn't reach the server. What you typed is kept; try again when it answers.")
  })
  if (response.status === 401) askForToken()
  if (!response.ok) throw refusal(response.status, error)
  const { headers } = response
  return {
    ...shown(data),
    seq: seqOf(headers),
    cursor: headers.get('x-event-id') ?? '',
    truncated: headers.get('x-truncated') === 'true',
  }
}

/** The same for those who want nothing but what it says. */
export const content = async <T>(asked: Promise<Told<T>>): Promise<Exclude<T, undefined>> =>
  (await answered(asked)).data

function shown<T>(data: T): { data: Exclude<T, undefined> }
function shown(data: unknown) {
  return { data }
}

function refusal(status: number, told: unknown): Problem {
  const of = (name: string) => {
    const value = typeof told === 'object' && told !== null ? Reflect.get(told, name) : null
    return typeof value === 'string' ? value : null
  }
  const words = of('detail') ?? of('title') ?? `the server answered ${status}`
  const files: unknown = typeof told === 'object' && told !== null ? Reflect.get(told, 'files') : null
  const named = Array.isArray(files) ? files.filter((file) => typeof file === 'string') : []
  return new Problem(status, of('code') ?? '', sentence(words), of('field'), named)
}

/** Details come as the middle of a sentence; a person reads a whole one. */
export const sentence = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?…]$/.test(words) ? '' : '.')

/** The seq inside `<epoch>-<seq>`. */
export function seqOf(headers: Headers): number {
  const seq = Number(headers.get('x-event-id')?.split('-').at(-1))
  return Number.isSafeInteger(seq) ? seq : 0
}
