import { answered, content, once, server } from './request.ts'

export interface Page<T> {
  items: T[]
  nextBefore: number | null
}

const at = (attempt: string) => ({ path: { attempt } })
const page = (attempt: string, before: number | null, limit: number) => ({
  params: { ...at(attempt), query: { limit, ...(before === null ? {} : { before: String(before) }) } },
})

export const listAttempts = (board: string, before?: number) =>
  content(
    server.GET('/boards/{board}/attempts', {
      params: { path: { board }, query: { limit: 200, ...(before === undefined ? {} : { before: String(before) }) } },
    }),
  )
export const showAttempt = (attempt: string) => content(server.GET('/attempts/{attempt}', { params: at(attempt) }))
export const logPage = (attempt: string, before: number | null) =>
  content(server.GET('/attempts/{attempt}/logs', page(attempt, before, 500)))
export const conversationPage = (attempt: string, before: number | null) =>
  content(server.GET('/attempts/{attempt}/conversation', page(attempt, before, 100)))
export const attemptTodos = (attempt: string) =>
  content(server.GET('/attempts/{attempt}/todos', { params: at(attempt) }))
export const attemptGitStatus = (attempt: string) =>
  content(server.GET('/attempts/{attempt}/git-status', { params: at(attempt) }))
export const attemptDiff = async (attempt: string): Promise<{ text: string; truncated: boolean }> => {
  const { data, truncated } = await answered<string>(
    server.GET('/attempts/{attempt}/diff', { params: at(attempt), parseAs: 'text' }),
  )
  return { text: data, truncated }
}
export interface NewAttempt {
  agent?: string
  profileId?: string
  branchName?: string
  prompt?: string
}

/** What isn't named is the server's choice: the board's agent, a branch named after the card, the card's own words. */
export const startAttempt = (board: string, card: string, body: NewAttempt, key: string) =>
  answered(
    server.POST('/boards/{board}/cards/{card}/attempts', {
      params: { path: { board, card }, header: once(key) },
      body,
    }),
  )
export const stopAttempt = (attempt: string) =>
  answered(server.POST('/attempts/{attempt}/stop', { params: at(attempt), body: {} }))
export const sendMessage = (attempt: string, text: string, key: string) =>
  answered(
    server.POST('/attempts/{attempt}/messages', { params: { ...at(attempt), header: once(key) }, body: { text } }),
  )
export const answerRequest = (attempt: string, request: string, optionId: string) =>
  answered(
    server.POST('/attempts/{attempt}/permissions/{request}', {
      params: { path: { attempt, request } },
      body: { optionId },
    }),
  )
export const commitWork = (attempt: string, subject: string, key: string) =>
  content(
    server.POST('/attempts/{attempt}/commit', { params: { ...at(attempt), header: once(key) }, body: { subject } }),
  )
/** To the board's remote; a rebased branch may take the place of what it was there. */
export const pushBranch = (attempt: string, replace: boolean, key: string) =>
  content(server.POST('/attempts/{attempt}/push', { params: { ...at(attempt), header: once(key) }, body: { replace } }))
/** On top of the branch that it began at. */
export const rebaseBranch = (attempt: string, key: string) =>
  content(server.POST('/attempts/{attempt}/rebase', { params: { ...at(attempt), header: once(key) }, body: {} }))
/** Gives up one that somebody left unfinished. */
export const abortRebase = (attempt: string) =>
  answered(server.DELETE('/attempts/{attempt}/rebase', { params: at(attempt) }))

export interface NewPull {
  title: string
  body: string
  base: string
  draft: boolean
}

/** The branch is pushed first when need be; one that is open already is taken for it. */
export const openPull = (attempt: string, body: NewPull, key: string) =>
  content(server.POST('/attempts/{attempt}/pull-request', { params: { ...at(attempt), header: once(key) }, body }))
/** Work that isn't committed is only given up when that is said. */
export const deleteAttempt = (attempt: string, discard: boolean) =>
  answered(server.DELETE('/attempts/{attempt}', { params: { ...at(attempt), query: discard ? { discard: '1' } : {} } }))
