import { useMutation } from '@tanstack/react-query'
import { type CardFields, changeCard, createCard, type NewCard } from '../api/cards.ts'
import { useKey } from '../api/use-key.ts'

/** The stream shows what these did; nothing has to be read again. An answer that got lost makes no second card. */
export function useCreateCard(boardId: string) {
  const key = useKey()
  return useMutation({
    mutationFn: (card: NewCard) => createCard(boardId, card, key.of(card)),
    onSuccess: key.done,
  })
}

export const useChangeCard = (boardId: string, cardId: string) =>
  useMutation({ mutationFn: (changes: Partial<CardFields>) => changeCard(boardId, cardId, changes) })
