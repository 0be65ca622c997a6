import type { Card, TicketType } from '@boardcast/client'
import { request, segment } from './request.ts'

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

const path = (board: string, card: string) => `/boards/${segment(board)}/cards/${segment(card)}`

export const createCard = (board: string, card: NewCard, key: string) =>
  request<Card>('POST', `/boards/${segment(board)}/cards`, { body: card, key })
export const changeCard = (board: string, card: string, changes: Partial<CardFields>) =>
  request<Card>('PATCH', path(board, card), { body: changes })
export const deleteCard = (board: string, card: string) => request<void>('DELETE', path(board, card))
export const moveCard = (board: string, card: string, columnId: string, index: number) =>
  request<Card>('POST', `${path(board, card)}/move`, { body: { columnId, index } })
