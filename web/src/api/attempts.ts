import type { Attempt, ConversationItem, GitStatus, LogLine, Todos } from '@boardcast/client'
import { request, segment } from './request.ts'

export interface Page<T> {
  items: T[]
  nextBefore: number | null
}

const path = (attempt: string, part = '') => `/attempts/${segment(attempt)}${part}`

export const listAttempts = async (board: string, before?: number) =>
  (
    await request<{ attempts: Attempt[]; nextBefore: number | null }>('GET', `/boards/${segment(board)}/attempts`, {
      query: { before, limit: 200 },
    })
  ).data
export const showAttempt = async (attempt: string): Promise<Attempt> =>
  (await request<Attempt>('GET', path(attempt))).data
export const logPage = async (attempt: string, before: number | null): Promise<Page<LogLine>> =>
  (await request<Page<LogLine>>('GET', path(attempt, '/logs'), { query: { before, limit: 500 } })).data
export const conversationPage = async (attempt: string, before: number | null): Promise<Page<ConversationItem>> =>
  (await request<Page<ConversationItem>>('GET', path(attempt, '/conversation'), { query: { before, limit: 100 } })).data
export const attemptTodos = async (attempt: string): Promise<Todos> =>
  (await request<Todos>('GET', path(attempt, '/todos'))).data
export const attemptGitStatus = async (attempt: string): Promise<GitStatus> =>
  (await request<GitStatus>('GET', path(attempt, '/git-status'))).data
export const attemptDiff = async (attempt: string): Promise<{ text: string; truncated: boolean }> => {
  const { data, truncated } = await request<string>('GET', path(attempt, '/diff'), { text: true })
  return { text: data, truncated }
}
export const deleteAttempt = (attempt: string) => request<void>('DELETE', path(attempt))
