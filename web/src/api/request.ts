/** A refusal of the server in its own words (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
  }
}

/** What came back, and the position of the log that it shows or made (`x-event-id`). */
export interface Answer<T> {
  data: T
  /** 0 when the server named none: nothing was appended. */
  seq: number
  truncated: boolean
}

type Query = Record<string, string | number | null | undefined>

export interface Call {
  query?: Query
  body?: unknown
  signal?: AbortSignal
  /** The same for every try of one write: the server then does it once. */
  key?: string
  /** The answer is text, not JSON. */
  text?: boolean
}

const BASE = '/api/v1'

/** The only place that fetches. */
export async function request<T>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
  const response = await send(method, path, call)
  if (!response.ok) throw await refusal(response)
  const data: T = response.status === 204 ? undefined : call.text ? await response.text() : await response.json()
  return { data, seq: seqOf(response.headers), truncated: response.headers.get('x-truncated') === 'true' }
}

async function send(method: string, path: string, { query = {}, body, key, signal }: Call): Promise<Response> {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value != null) parameters.set(name, String(value))
  const address = `${BASE}${path}${parameters.size > 0 ? `?${parameters}` : ''}`
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  }
  try {
    return await fetch(address, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(0, 'unreachable', "Couldn't reach the server. What you typed is kept; try again when it answers.")
  }
}

async function refusal(response: Response): Promise<Problem> {
  const told: unknown = await response.json().catch(() => null)
  const of = (name: string) => {
    const value = typeof told === 'object' && told !== null ? Reflect.get(told, name) : null
    return typeof value === 'string' ? value : null
  }
  const words = of('detail') ?? of('title') ?? `the server answered ${response.status}`
  return new Problem(response.status, of('code') ?? '', sentence(words))
}

/** Details come as the middle of a sentence; a person reads a whole one. */
export const sentence = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?…]$/.test(words) ? '' : '.')

/** The seq inside `<epoch>-<seq>`. */
export function seqOf(headers: Headers): number {
  const seq = Number(headers.get('x-event-id')?.split('-').at(-1))
  return Number.isSafeInteger(seq) ? seq : 0
}

/** One segment of a path, whatever it holds. */
export const segment = (id: string): string => encodeURIComponent(id)
