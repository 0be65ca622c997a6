import { useState } from 'react'
import { useSearchParams } from 'react-router'

export interface Search {
  sought: string
  seek: (words: string) => void
}

/** What is sought. It is part of the link, which follows what is typed and never leads it. */
export function useSearch(): Search {
  const [search, setSearch] = useSearchParams()
  const [sought, setSought] = useState(search.get('q') ?? '')
  const seek = (words: string) => {
    setSought(words)
    setSearch(words ? { q: words } : {}, { replace: true })
  }
  return { sought, seek }
}
