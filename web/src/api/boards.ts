import type { Board, Column, GitStatus } from '@boardcast/client'
import { request, segment } from './request.ts'

export interface NewBoard {
  name: string
  repositoryPath?: string
}

export type BoardChanges = Partial<Omit<Board, 'id' | 'createdAt' | 'updatedAt'>>

export const listBoards = async (): Promise<Board[]> =>
  (await request<{ boards: Board[] }>('GET', '/boards')).data.boards
export const createBoard = async (board: NewBoard): Promise<Board> =>
  (await request<Board>('POST', '/boards', { body: board })).data
export const startDemo = async (): Promise<Board> => (await request<Board>('POST', '/demo')).data
export const changeBoard = async (board: string, changes: BoardChanges): Promise<Board> =>
  (await request<Board>('PATCH', `/boards/${segment(board)}`, { body: changes })).data
export const deleteBoard = (board: string) => request<void>('DELETE', `/boards/${segment(board)}`)
export const boardGitStatus = async (board: string): Promise<GitStatus> =>
  (await request<GitStatus>('GET', `/boards/${segment(board)}/git-status`)).data

export const createColumn = (board: string, title: string) =>
  request<Column>('POST', `/boards/${segment(board)}/columns`, { body: { title } })
export const changeColumn = (board: string, column: string, changes: { title?: string; index?: number }) =>
  request<Column>('PATCH', `/boards/${segment(board)}/columns/${segment(column)}`, { body: changes })
export const deleteColumn = (board: string, column: string) =>
  request<void>('DELETE', `/boards/${segment(board)}/columns/${segment(column)}`)
