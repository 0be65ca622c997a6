import { answered, content, server } from './request.ts'

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
export const deleteAttempt = (attempt: string) =>
  answered(server.DELETE('/attempts/{attempt}', { params: at(attempt) }))
