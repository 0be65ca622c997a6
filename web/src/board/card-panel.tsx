import type { Card } from '@boardcast/client'
import type { ReactElement } from 'react'
import { useNavigate, useParams } from 'react-router'
import { CardTimeline } from '../activity/card-timeline.tsx'
import { Panel } from '../ui/panel.tsx'
import { Sure } from '../ui/sure.tsx'
import { useOpenBoard } from './board-context.ts'
import { CardAttempts } from './card-attempts.tsx'
import { CardForm } from './card-form.tsx'
import { CardGone } from './card-gone.tsx'
import { CardMenu } from './card-menu.tsx'
import { CardNeeds } from './card-needs.tsx'
import { spotOf } from './layout.ts'
import { focusCard } from './use-keyboard-moves.ts'

/** A card beside its board. */
export const CardPanel = (): ReactElement => {
  const { cardId = '' } = useParams()
  const { boardId, view } = useOpenBoard()
  const navigate = useNavigate()
  const card = view.state?.cards[cardId]
  const close = () => {
    void navigate(`/boards/${boardId}`)
    requestAnimationFrame(() => focusCard(cardId))
  }
  return (
    <Panel label="Card" about={cardId} head={card && <Head card={card} />} close={close}>
      {card && <Body key={cardId} card={card} close={close} />}
      {view.state && !card && <CardGone key={cardId} boardId={boardId} cardId={cardId} />}
    </Panel>
  )
}

const Head = ({ card }: { card: Card }): ReactElement => {
  const { layout, view } = useOpenBoard()
  const columnId = spotOf(layout, card.id)?.columnId
  const column = layout.columns.find(({ id }) => id === columnId)
  const attempt = view.attempts[view.latestAttempt[card.id] ?? ''] ?? null
  return (
    <p className="flex h-8 items-center gap-2 text-sm text-faint">
      <span className="font-mono">{card.ticketKey}</span>
      {column && <span className="text-soft">in {column.title}</span>}
      <CardMenu card={card} attempt={attempt} />
    </p>
  )
}

const Body = ({ card, close }: { card: Card; close: () => void }): ReactElement => {
  const { boardId, remove } = useOpenBoard()
  return (
    <div className="grid min-h-0 grow grid-cols-1 content-start gap-6 overflow-y-auto px-4 pb-6">
      <CardForm boardId={boardId} card={card} />
      <CardNeeds card={card} />
      <CardAttempts card={card} />
      <CardTimeline card={card} />
      <div className="border-t border-rule pt-4">
        <Sure
          label="Delete card"
          words="Delete card"
          act={() => {
            remove(card.id)
            close()
          }}
        />
      </div>
    </div>
  )
}
