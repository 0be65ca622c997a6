import type { AttemptView, Card } from '@boardcast/client'
import type { ReactElement } from 'react'
import { useNavigate } from 'react-router'
import { Icon } from '../ui/icon.tsx'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import { useBoardRef } from './board-context.ts'
import { START } from './card-attempts.tsx'
import { spotOf } from './layout.ts'

const END = Number.MAX_SAFE_INTEGER

interface CardMenuProps {
  card: Card
  attempt: AttemptView | null
  className?: string
}

/** Everything that can be done with a card, for hands that don't drag. */
export const CardMenu = ({ card, attempt, className = '' }: CardMenuProps): ReactElement => {
  const board = useBoardRef()
  const navigate = useNavigate()
  const groups = () => {
    const { boardId, layout, move, remove } = board.current
    const here = spotOf(layout, card.id)
    const open: MenuItem[] = [
      { words: 'Open the card', act: () => void navigate(`/boards/${boardId}/cards/${card.id}`) },
      ...(attempt
        ? [
            {
              words: 'Open the attempt',
              act: () => void navigate(`/boards/${boardId}/attempts/${attempt.attemptId}/conversation`),
            },
          ]
        : []),
      { words: 'Start an attempt', act: () => void navigate(`/boards/${boardId}/cards/${card.id}?${START}`) },
    ]
    const places = layout.columns.map(({ id, title }): MenuItem => {
      const isHere = here?.columnId === id
      return {
        words: isHere ? `${title} (here)` : `Move to ${title}`,
        current: isHere,
        act: () => isHere || move(card.id, { columnId: id, index: END }),
      }
    })
    const within: MenuItem[] = here
      ? [
          { words: 'To the top', act: () => move(card.id, { ...here, index: 0 }) },
          { words: 'To the bottom', act: () => move(card.id, { ...here, index: END }) },
        ]
      : []
    return [open, places, within, [{ words: 'Delete', sure: 'Delete for good', act: () => remove(card.id) }]]
  }
  return (
    <Menu
      label={`Actions for ${card.ticketKey}`}
      look="small"
      className={`relative z-1 -mr-1.5 ${className}`}
      groups={groups}
    >
      <Icon name="more" />
    </Menu>
  )
}
