/** The two reads with which a board is joined to an open stream. */
import type { Attempt, BoardState } from '@boardcast/shared'
import type { Environment } from './environment.ts'
import { type Position, parseCursor } from './messages.ts'

/** How many attempts are looked at: as many as a fresh opening tells of. */
const ATTEMPTS = 200

/** An answer other than 200; `status` is 0 for one that isn't by the protocol. */
export class RestError extends Error {
  readonly status: number
  constructor(status: number, path: string) {
    super(`${path} was answered ${status}`)
    this.status = status
  }
}

export interface Joined {
  readonly state: BoardState
  readonly attempts: readonly Attempt[]
  /** What the state shows: frames up to there are known already. */
  readonly position: Position
}

/** Where a server is, and who asks. */
export interface Server {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A read gets so long, in ms. */
const TIMEOUT_MS = 15_000

export const restOf = (environment: Environment, server: Server) => {
  const get = async (path: string): Promise<Response> => {
    const abort = new AbortController()
    const stop = environment.after(TIMEOUT_MS, () => abort.abort())
    try {
      const response = await environment.fetch(`${server.url}${path}`, {
        headers: server.headers,
        signal: abort.signal,
      })
      if (!response.ok) throw new RestError(response.status, path)
      return response
    } finally {
      stop()
    }
  }

  const attempts = async (boardId: string): Promise<readonly Attempt[]> => {
    const response = await get(`/api/v1/boards/${boardId}/attempts?limit=${ATTEMPTS}`)
    const page: { attempts: Attempt[] } = await response.json()
    return page.attempts
  }

  const join = async (boardId: string): Promise<Joined> => {
    const response = await get(`/api/v1/boards/${boardId}/state`)
    const position = parseCursor(response.headers.get('x-event-id'))
    if (position === null) throw new RestError(0, 'a board without x-event-id')
    const state: BoardState = await response.json()
    return { state, position, attempts: await attempts(boardId) }
  }

  const isReady = async (): Promise<boolean> => {
    try {
      return (await get('/readyz')).status === 200
    } catch {
      return false
    }
  }

  return { attempts, join, isReady }
}

export type Rest = ReturnType<typeof restOf>
