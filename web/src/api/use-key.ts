import { useRef } from 'react'
import { newKey } from './request.ts'

interface Key {
  /** The key of this request: the same for the same words. */
  of: (request: unknown) => string
  /** It was answered: the next one may well read the same. */
  done: () => void
}

/** One key for all tries of one request, so that a request whose answer got lost counts once. */
export function useKey(): Key {
  const last = useRef({ text: '', key: '' })
  const of = (request: unknown) => {
    const text = JSON.stringify(request)
    if (last.current.text !== text) last.current = { text, key: newKey() }
    return last.current.key
  }
  const done = () => {
    last.current = { text: '', key: '' }
  }
  return { of, done }
}
