import type { Board } from '@boardcast/client'
import { answered, content, server } from './request.ts'

export interface NewBoard {
  name: string
  repositoryPath?: string
}

export type BoardChanges = Partial<Omit<Board, 'id' | 'createdAt' | 'updatedAt'>>

const at = (board: string) => ({ path: { board } })
const column = (board: string, id: string) => ({ path: { board, column: id } })

export const listBoards = async () => (await content(server.GET('/boards'))).boards
export const createBoard = (body: NewBoard) => content(server.POST('/boards', { body }))
export const startDemo = () => content(server.POST('/demo'))
export const changeBoard = (board: string, body: BoardChanges) =>
  content(server.PATCH('/boards/{board}', { params: at(board), body }))
export const deleteBoard = (board: string) => answered(server.DELETE('/boards/{board}', { params: at(board) }))
export const boardGitStatus = (board: string) =>
  content(server.GET('/boards/{board}/git-status', { params: at(board) }))

export const createColumn = (board: string, title: string) =>
  answered(server.POST('/boards/{board}/columns', { params: at(board), body: { title } }))
export const changeColumn = (board: string, id: string, body: { title?: string; index?: number }) =>
  answered(server.PATCH('/boards/{board}/columns/{column}', { params: column(board, id), body }))
export const deleteColumn = (board: string, id: string) =>
  answered(server.DELETE('/boards/{board}/columns/{column}', { params: column(board, id) }))
