import { answered, content, Problem, server } from './request.ts'
import { signedIn } from './wanted.ts'

export const RIGHTS = ['read', 'write', 'ingest', 'admin'] as const
export type Right = (typeof RIGHTS)[number]

export interface NewToken {
  label: string
  rights: Right[]
  /** `*` for all of them. */
  boards: string[]
  expiresAt: string | null
}

/** The cookie it sets is this page's from now on. */
export const signIn = async (token: string): Promise<void> => {
  await answered(server.POST('/session', { body: { token } }))
  signedIn()
}

/** Where a token is needed, the next question is refused, and so one is asked for. */
export const signOut = async (): Promise<void> => {
  await answered(server.DELETE('/session'))
  await content(server.GET('/tokens')).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.status !== 401) throw error
  })
}

export const listTokens = async () => (await content(server.GET('/tokens'))).tokens
export const createToken = (body: NewToken) => content(server.POST('/tokens', { body }))
export const withdrawToken = (token: string) =>
  answered(server.DELETE('/tokens/{token}', { params: { path: { token } } }))
