import { type RefObject, useEffect, useState } from 'react'

export type DiffLook = 'unified' | 'split'

const PLACE = 'boardcast.diff'

/** Two columns of code need this much; below it there is one whatever was chosen. */
const ROOM_PX = 720

const chosen = (): DiffLook | null => {
  try {
    const kept = localStorage.getItem(PLACE)
    return kept === 'unified' || kept === 'split' ? kept : null
  } catch {
    return null
  }
}

const keep = (look: DiffLook): void => {
  try {
    localStorage.setItem(PLACE, look)
  } catch {
    // Kept while the page is open.
  }
}

export interface Looks {
  look: DiffLook
  /** Whether there is room for two columns, and so a choice. */
  hasRoom: boolean
  choose: (look: DiffLook) => void
}

/** One column or two: by the width there is, and by what was chosen last. */
export function useLook(place: RefObject<HTMLElement | null>): Looks {
  const [wish, setWish] = useState(chosen)
  const [hasRoom, setRoom] = useState(false)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setRoom((entry?.contentRect.width ?? 0) >= ROOM_PX))
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  const choose = (look: DiffLook) => {
    keep(look)
    setWish(look)
  }
  return { look: hasRoom ? (wish ?? 'split') : 'unified', hasRoom, choose }
}
