import type { TicketType } from '@boardcast/client'
import { answered, once, server } from './request.ts'

export interface CardFields {
  title: string
  description?: string | null
  ticketType?: TicketType | null
  dependsOn?: string[]
}

export interface NewCard extends CardFields {
  columnId?: string
  index?: number
}

const at = (board: string, card: string) => ({ path: { board, card } })

export const createCard = (board: string, body: NewCard, key: string) =>
  answered(server.POST('/boards/{board}/cards', { params: { path: { board }, header: once(key) }, body }))
export const changeCard = (board: string, card: string, body: Partial<CardFields>) =>
  answered(server.PATCH('/boards/{board}/cards/{card}', { params: at(board, card), body }))
export const deleteCard = (board: string, card: string) =>
  answered(server.DELETE('/boards/{board}/cards/{card}', { params: at(board, card) }))
export const moveCard = (board: string, card: string, columnId: string, index: number) =>
  answered(server.POST('/boards/{board}/cards/{card}/move', { params: at(board, card), body: { columnId, index } }))
