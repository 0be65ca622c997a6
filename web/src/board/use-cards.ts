import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { type CardFields, changeCard, createCard, type NewCard } from '../api/cards.ts'
import { newKey } from '../api/request.ts'

/** The stream shows what these did; nothing has to be read again. An answer that got lost makes no second card. */
export function useCreateCard(boardId: string) {
  const last = useRef({ text: '', key: '' })
  return useMutation({
    mutationFn: (card: NewCard) => {
      const text = JSON.stringify(card)
      if (last.current.text !== text) last.current = { text, key: newKey() }
      return createCard(boardId, card, last.current.key)
    },
    // The next card may well read the same.
    onSuccess: () => {
      last.current = { text: '', key: '' }
    },
  })
}

export const useChangeCard = (boardId: string, cardId: string) =>
  useMutation({ mutationFn: (changes: Partial<CardFields>) => changeCard(boardId, cardId, changes) })
