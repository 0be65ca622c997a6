import { useCallback, useLayoutEffect, useRef, useState } from 'react'

const place = (key: string) => `boardcast.draft.${key}`

/** Storage may be full or forbidden: a draft is then only kept while the page is open. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(place(key))
  } catch {
    return null
  }
}

function write(key: string, own: string | null): void {
  try {
    if (own === null) localStorage.removeItem(place(key))
    else localStorage.setItem(place(key), own)
  } catch {
    // Kept in memory.
  }
}

export interface Draft {
  text: string
  /** Something was typed that isn't what it began with. */
  isOwn: boolean
  set: (text: string) => void
  /** It was given up. */
  clear: () => void
  /** This was sent. What was typed while it was on its way stays. */
  sent: (text: string) => void
}

/** Typed text that outlives a reload, a crash and a change of place. Until something is typed it follows `initial`. */
export function useDraft(key: string, initial = ''): Draft {
  const [typed, setTyped] = useState(() => ({ key, own: read(key) }))
  const own = typed.key === key ? typed.own : read(key)
  const keep = useCallback(
    (next: string | null) => {
      write(key, next)
      setTyped({ key, own: next })
    },
    [key],
  )
  const set = useCallback((text: string) => keep(text === initial ? null : text), [keep, initial])
  const clear = useCallback(() => keep(null), [keep])
  // The answer comes later than the text was taken: what is kept by then decides.
  const latest = useRef(own)
  useLayoutEffect(() => {
    latest.current = own
  }, [own])
  const sent = useCallback((text: string) => latest.current === text && keep(null), [keep])
  return { text: own ?? initial, isOwn: own !== null, set, clear, sent }
}
