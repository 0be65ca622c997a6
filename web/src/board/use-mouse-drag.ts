import { draggable, dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { type RefObject, useEffect, useEffectEvent } from 'react'
import { type Drag, Dragging } from './drag.ts'
import type { Spot } from './layout.ts'

const cardOf = (data: Record<string | symbol, unknown>) => (typeof data.cardId === 'string' ? data.cardId : null)

/** Whether the last thing that touched the page was a finger: it has a drag of its own. */
let isFinger = false
if (typeof addEventListener === 'function') {
  addEventListener('pointerdown', (event) => (isFinger = event.pointerType === 'touch'), { capture: true })
}

export function useDraggableCard(card: RefObject<HTMLElement | null>, cardId: string): void {
  useEffect(() => {
    const element = card.current
    if (!element) return
    return draggable({ element, canDrag: () => !isFinger, getInitialData: () => ({ cardId }) })
  }, [card, cardId])
}

export function useDropColumn(column: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = column.current
    if (!element) return
    return dropTargetForElements({ element, canDrop: ({ source }) => cardOf(source.data) !== null })
  }, [column])
}

/** One for the whole board: which card is dragged where, and what to do when it is dropped. */
export function useMouseDrag(show: (drag: Drag | null) => void, dropped: (cardId: string, to: Spot) => void): void {
  const told = useEffectEvent(show)
  const drop = useEffectEvent(dropped)
  useEffect(() => {
    let dragging: Dragging | null = null
    return monitorForElements({
      canMonitor: ({ source }) => cardOf(source.data) !== null,
      onDragStart: ({ source }) => {
        dragging = new Dragging(cardOf(source.data) ?? '', (drag) => told(drag))
      },
      onDrag: ({ location }) => dragging?.to(location.current.input.clientX, location.current.input.clientY),
      onDrop: ({ source, location }) => {
        const { clientX, clientY } = location.current.input
        // A drag that was cancelled ends over no target.
        const isDropped = location.current.dropTargets.length > 0
        if (isDropped) dragging?.to(clientX, clientY)
        const to = dragging?.end() ?? null
        dragging = null
        const cardId = cardOf(source.data)
        if (isDropped && to && cardId !== null) drop(cardId, to)
      },
    })
  }, [])
}
