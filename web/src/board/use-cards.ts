import { useMutation } from '@tanstack/react-query'
import { type CardFields, changeCard, createCard, type NewCard } from '../api/cards.ts'

/** The stream shows what these did; nothing has to be read again. */
export const useCreateCard = (boardId: string) =>
  useMutation({ mutationFn: (card: NewCard) => createCard(boardId, card) })

export const useChangeCard = (boardId: string, cardId: string) =>
  useMutation({ mutationFn: (changes: Partial<CardFields>) => changeCard(boardId, cardId, changes) })
