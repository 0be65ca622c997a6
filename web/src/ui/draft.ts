import { useCallback, useEffect, useState } from 'react'

const place = (key: string) => `boardcast.draft.${key}`

/** Storage may be full or forbidden: a draft is then only kept while the page is open. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(place(key))
  } catch {
    return null
  }
}

function write(key: string, text: string, initial: string): void {
  try {
    if (text === initial) localStorage.removeItem(place(key))
    else localStorage.setItem(place(key), text)
  } catch {
    // Kept in memory.
  }
}

export interface Draft {
  text: string
  set: (text: string) => void
  /** It was sent or given up. */
  clear: () => void
}

/** Typed text that outlives a reload, a crash and a change of place. */
export function useDraft(key: string, initial = ''): Draft {
  const [draft, setDraft] = useState(() => ({ key, text: read(key) ?? initial }))
  const text = draft.key === key ? draft.text : (read(key) ?? initial)
  useEffect(() => {
    if (draft.key !== key) setDraft({ key, text })
  }, [draft.key, key, text])
  const set = useCallback(
    (next: string) => {
      write(key, next, initial)
      setDraft({ key, text: next })
    },
    [key, initial],
  )
  const clear = useCallback(() => {
    write(key, initial, initial)
    setDraft({ key, text: initial })
  }, [key, initial])
  return { text, set, clear }
}
