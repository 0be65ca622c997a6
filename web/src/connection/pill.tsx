import { useBoardcast, useConnection } from '@boardcast/client/react'
import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react'
import { useNow } from '../ui/now.ts'
import { pillWords } from './pill-words.ts'

const subscribe = (listener: () => void) => {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

const DOTS = { live: 'bg-live', quiet: 'bg-faint', stale: 'bg-wait', failed: 'bg-fail' } as const

/** How far what is shown can be trusted. It never blocks anything. */
export const ConnectionPill = (): ReactElement | null => {
  const view = useConnection()
  const boardcast = useBoardcast()
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  const now = useNow()
  const isTrouble = view.status !== 'live' && view.status !== 'idle'
  const [since, setSince] = useState<number | null>(null)
  useEffect(() => setSince(isTrouble ? Date.now() : null), [isTrouble])
  if (view.status === 'idle') return null
  const { tone, words, detail, canRetry } = pillWords(view, since, isOnline, now)
  const dot = <span className={`size-1.75 rounded-full ${DOTS[tone]}`} />
  if (tone === 'live' || tone === 'quiet') {
    return (
      <p className="flex h-7 items-center gap-1.5 px-2 text-sm text-faint" title={detail}>
        {dot}
        {words}
      </p>
    )
  }
  return (
    <p className="flex h-7 items-center gap-1.5 rounded-full bg-sunken px-2.5 text-sm" title={detail} role="status">
      {dot}
      {words}
      {canRetry && (
        <button
          type="button"
          className="text-soft underline underline-offset-2 hover:text-ink"
          onClick={() => boardcast.reconnect()}
        >
          retry
        </button>
      )}
    </p>
  )
}
