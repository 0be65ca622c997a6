import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

export interface Stick {
  onScroll: () => void
  /** How many came since the reader scrolled up; 0 at the bottom. */
  unseen: number
  toBottom: () => void
}

interface Watched {
  scroller: RefObject<HTMLElement | null>
  content: RefObject<HTMLElement | null>
  /** Identity of the first thing in the list. */
  first: string | number | null
  /** Grows with each thing that comes at the end, and by nothing that comes in above. */
  newer: number
}

const SLACK_PX = 32

/** A list that stays at its end until its reader scrolls up, and whose reader stays put when older things come in above. */
export function useStick({ scroller, content, first, newer }: Watched): Stick {
  const isAtBottom = useRef(true)
  const fromBottom = useRef(0)
  const lastFirst = useRef(first)
  const last = useRef({ top: 0, height: 0 })
  const [leftAt, setLeftAt] = useState<number | null>(null)

  const measure = useCallback(() => {
    const element = scroller.current
    if (element) fromBottom.current = element.scrollHeight - element.scrollTop - element.clientHeight
  }, [scroller])
  const pull = useCallback(() => {
    const element = scroller.current
    if (element && isAtBottom.current) element.scrollTop = element.scrollHeight
  }, [scroller])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what comes at the end is to be measured, too
  useLayoutEffect(() => {
    const element = scroller.current
    const isGrownAbove = lastFirst.current !== null && lastFirst.current !== first
    lastFirst.current = first
    if (element && isGrownAbove && !isAtBottom.current) {
      element.scrollTop = element.scrollHeight - element.clientHeight - fromBottom.current
    } else pull()
    measure()
  }, [first, newer, scroller, pull, measure])

  useEffect(() => {
    const inner = content.current
    if (!inner) return
    // A text that is parsed late, a picture of a row that is measured: the end stays the end.
    const observer = new ResizeObserver(pull)
    observer.observe(inner)
    return () => observer.disconnect()
  }, [content, pull])

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    measure()
    // Growing below or being measured anew scrolls, too; only going up is the reader's wish.
    const isUp = element.scrollTop < last.current.top && element.scrollHeight >= last.current.height
    last.current = { top: element.scrollTop, height: element.scrollHeight }
    const isNow = fromBottom.current < SLACK_PX || (isAtBottom.current && !isUp)
    if (isNow === isAtBottom.current) return
    isAtBottom.current = isNow
    setLeftAt(isNow ? null : newer)
  }, [scroller, measure, newer])
  const toBottom = useCallback(() => {
    isAtBottom.current = true
    setLeftAt(null)
    pull()
  }, [pull])
  return { onScroll, unseen: leftAt === null ? 0 : Math.max(0, newer - leftAt), toBottom }
}
