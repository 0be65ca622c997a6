import { type RefObject, useEffect, useEffectEvent } from 'react'
import { type Drag, Dragging } from './drag.ts'
import type { Spot } from './layout.ts'

const LONG_PRESS_MS = 350
const SLOP_PX = 8

interface Hold {
  pointerId: number
  cardId: string
  x: number
  y: number
  timer: ReturnType<typeof setTimeout>
  dragging: Dragging | null
}

/** A finger that rests on a card picks it up; one that moves before that scrolls, as everywhere. */
export function useTouchDrag(
  sheet: RefObject<HTMLElement | null>,
  show: (drag: Drag | null) => void,
  dropped: (cardId: string, to: Spot) => void,
): void {
  const told = useEffectEvent(show)
  const drop = useEffectEvent(dropped)
  useEffect(() => {
    const element = sheet.current
    if (!element) return
    let hold: Hold | null = null
    let hasDragged = false
    const letGo = (isDrop: boolean) => {
      if (!hold) return
      clearTimeout(hold.timer)
      const to = hold.dragging?.end() ?? null
      hasDragged = hold.dragging !== null
      const { cardId } = hold
      hold = null
      if (isDrop && to) drop(cardId, to)
    }
    const pickUp = () => {
      if (!hold) return
      navigator.vibrate?.(10)
      hold.dragging = new Dragging(hold.cardId, (drag) => told(drag))
      hold.dragging.to(hold.x, hold.y)
    }
    const on: Partial<Record<string, (event: PointerEvent) => void>> = {
      pointerdown: ({ pointerType, pointerId, target, clientX: x, clientY: y }) => {
        hasDragged = false
        const card = target instanceof Element ? target.closest<HTMLElement>('[data-card-id]') : null
        const isButton = target instanceof Element && target.closest('button') !== null
        if (pointerType !== 'touch' || !card?.dataset.cardId || isButton || hold) return
        hold = {
          pointerId,
          cardId: card.dataset.cardId,
          x,
          y,
          timer: setTimeout(pickUp, LONG_PRESS_MS),
          dragging: null,
        }
      },
      pointermove: ({ pointerId, clientX, clientY }) => {
        if (hold?.pointerId !== pointerId) return
        if (hold.dragging) hold.dragging.to(clientX, clientY)
        else if (Math.hypot(clientX - hold.x, clientY - hold.y) > SLOP_PX) letGo(false)
      },
      pointerup: () => letGo(true),
      pointercancel: () => letGo(false),
    }
    const stay = (event: Event) => (hold?.dragging || hasDragged) && event.cancelable && event.preventDefault()
    const all = Object.entries(on)
    const listen = (type: string, handler?: (event: PointerEvent) => void) => {
      const listener = (event: Event) => event instanceof PointerEvent && handler?.(event)
      element.addEventListener(type, listener)
      return () => element.removeEventListener(type, listener)
    }
    const ends = all.map(([type, handler]) => listen(type, handler))
    // Once a card is held the finger must not scroll, open the browser's menu, or activate the card when it lifts.
    for (const type of ['touchmove', 'contextmenu', 'click']) {
      element.addEventListener(type, stay, { passive: false, capture: true })
      ends.push(() => element.removeEventListener(type, stay, { capture: true }))
    }
    return () => {
      letGo(false)
      for (const end of ends) end()
    }
  }, [sheet])
}
