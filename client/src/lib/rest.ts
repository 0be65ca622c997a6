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

/** An id may come from an address bar: whatever it is, it stays one step of the path. */
const pathOf = (boardId: string): string => `/api/v1/boards/${encodeURIComponent(boardId)}`

export const restOf = (environment: Environment, server: Server) => {
  /** What `read` makes of the answer; its body too has to come in time. */
  const get = async <T>(path: string, read: (response: Response) => Promise<T>): Promise<T> => {
    const abort = new AbortController()
    const stop = environment.after(TIMEOUT_MS, () => abort.abort())
    try {
      const { signal } = abort
      const response = await environment.fetch(`${server.url}${path}`, { headers: server.headers, signal })
      if (!response.ok) throw new RestError(response.status, path)
      return await read(response)
    } finally {
      stop()
      // Lets go of a body that wasn't read to its end.
      abort.abort()
    }
  }

  const attempts = (boardId: string): Promise<readonly Attempt[]> =>
    get(`${pathOf(boardId)}/attempts?limit=${ATTEMPTS}`, async (response) => {
      const page: { attempts: Attempt[] } = await response.json()
      return page.attempts
    })

  const state = (boardId: string): Promise<{ state: BoardState; position: Position }> =>
    get(`${pathOf(boardId)}/state`, async (response) => {
      const position = parseCursor(response.headers.get('x-event-id'))
      if (position === null) throw new RestError(0, 'a board without x-event-id')
      const state: BoardState = await response.json()
      return { state, position }
    })

  /** The state first: attempts that are newer than it are told of again, older ones would not be. */
  const join = async (boardId: string): Promise<Joined> => {
    const read = await state(boardId)
    return { ...read, attempts: await attempts(boardId) }
  }

  const isReady = async (): Promise<boolean> => {
    try {
      return await get('/readyz', async ({ status }) => status === 200)
    } catch {
      return false
    }
  }

  return { attempts, join, isReady }
}

export type Rest = ReturnType<typeof restOf>
