import type { Column as BoardColumn, Card } from '@boardcast/client'
import { type ReactElement, useCallback, useMemo, useRef, useState } from 'react'
import { Outlet, useMatch } from 'react-router'
import { Ticker } from '../activity/ticker.tsx'
import { useOpenBoard } from './board-context.ts'
import { CardTile } from './card-tile.tsx'
import { Column } from './column.tsx'
import { ColumnTabs } from './column-tabs.tsx'
import type { Drag } from './drag.ts'
import { Glide } from './glide.tsx'
import { blockers, doneCards, found, layout as layoutOf, realSpot, type Spot, sameSpot, spotOf } from './layout.ts'
import { useKeyboardMoves } from './use-keyboard-moves.ts'
import { useMouseDrag } from './use-mouse-drag.ts'
import { useTouchDrag } from './use-touch-drag.ts'

/** The columns with their cards, and every way to move one. */
export const BoardSheet = (): ReactElement => {
  const { boardId, view, layout, words, move, composing, compose } = useOpenBoard()
  const shown = useMemo(() => found(layout, words), [layout, words])
  const [drag, setDrag] = useState<Drag | null>(null)
  const [tab, setTab] = useState<string | null>(null)
  const sheet = useRef<HTMLDivElement>(null)
  const openCard = useOpenCard()

  const dropped = useCallback(
    (cardId: string, to: Spot) => {
      const spot = realSpot(layout, shown, cardId, to)
      if (!sameSpot(spotOf(layout, cardId), spot)) move(cardId, spot)
    },
    [layout, shown, move],
  )
  useMouseDrag(setDrag, dropped)
  useTouchDrag(sheet, setDrag, dropped)
  const { lift, onKeyDown } = useKeyboardMoves(shown, dropped)
  const drawn = useMemo(() => (lift ? preview(shown, lift.cardId, lift.to) : shown), [shown, lift])
  const heldId = drag?.cardId ?? lift?.cardId ?? null
  const liftedTo = lift?.to.columnId ?? null
  const current = liftedTo ?? composing ?? tab ?? drawn.columns[0]?.id ?? null

  const { state } = view
  const isEmpty = layout.columns.every(({ cards }) => cards.length === 0)
  const done = useMemo(() => (state ? doneCards(state) : null), [state])
  const waits = (card: Card) =>
    state && done
      ? blockers(state, done, card)
          .map(({ ticketKey }) => ticketKey)
          .join(', ')
      : ''

  const tile = (card: Card, column: BoardColumn) => (
    <CardTile
      key={card.id}
      boardId={boardId}
      card={card}
      attempt={view.attempts[view.latestAttempt[card.id] ?? ''] ?? null}
      waitsFor={waits(card)}
      isHeld={heldId === card.id}
      isDone={column.key === 'done'}
      isOpen={openCard === card.id}
    />
  )
  return (
    <div className="relative flex min-h-0 grow">
      <div className="flex min-w-0 grow flex-col" ref={sheet}>
        <ColumnTabs columns={layout.columns} current={current} choose={setTab} over={drag?.over?.columnId ?? null} />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the cards in it */}
        <div className="min-h-0 grow overflow-x-auto" data-sheet onKeyDown={onKeyDown}>
          <Glide layout={drawn} className="flex h-full md:divide-x md:divide-rule">
            {drawn.columns.map((column, nth) => (
              <Column
                key={column.id}
                boardId={boardId}
                column={column}
                total={layout.columns[nth]?.cards.length ?? 0}
                isComposing={composing === column.id}
                compose={compose}
                dropAt={drag?.over?.columnId === column.id ? drag.over.index : null}
                heldId={heldId}
                tile={tile}
                isBeginning={nth === 0 && isEmpty}
                className={`w-full md:min-w-60 md:basis-60 md:grow md:max-w-96 ${column.id === current ? '' : 'max-md:hidden'}`}
              />
            ))}
          </Glide>
        </div>
        <Ticker />
      </div>
      <Outlet />
    </div>
  )
}

/** A lifted card is drawn where it would land; nothing is asked of the server before it is dropped. */
function preview(shown: ReturnType<typeof found>, cardId: string, to: Spot): ReturnType<typeof found> {
  const columns = Object.fromEntries(shown.columns.map((column) => [column.id, column]))
  const cards = Object.fromEntries(shown.columns.flatMap((column) => column.cards.map((card) => [card.id, card])))
  const columnOrder = shown.columns.map(({ id }) => id)
  return layoutOf({ boardId: '', seq: 0, columns, columnOrder, cards }, [{ kind: 'move', cardId, to }])
}

/** The card whose panel is open. */
function useOpenCard(): string | null {
  const { view } = useOpenBoard()
  const card = useMatch('/boards/:boardId/cards/:cardId')
  const attempt = useMatch('/boards/:boardId/attempts/:attemptId/*')
  return card?.params.cardId ?? view.attempts[attempt?.params.attemptId ?? '']?.cardId ?? null
}
