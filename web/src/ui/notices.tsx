import { type ReactElement, useEffect, useSyncExternalStore } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

interface Notice {
  id: number
  text: string
}

let notices: readonly Notice[] = []
let spoken = ''
let next = 1
const listeners = new Set<() => void>()

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const changed = () => {
  for (const listener of listeners) listener()
}

const KEPT = 3
const SHOWN_MS = 9000

/** One line about something that didn't work, said once. */
export function notify(text: string): void {
  notices = [...notices.filter((notice) => notice.text !== text), { id: next++, text }].slice(-KEPT)
  changed()
}

export const notifyOf = (error: unknown): void => notify(error instanceof Error ? error.message : 'That did not work.')

/** For screen readers only: what a move did. */
export function announce(text: string): void {
  spoken = text
  changed()
}

function dismiss(id: number): void {
  notices = notices.filter((notice) => notice.id !== id)
  changed()
}

const Line = ({ notice }: { notice: Notice }): ReactElement => {
  const { id } = notice
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id])
  return (
    <div className="pointer-events-auto flex max-w-xl items-start gap-2 rounded-md border border-fail/40 bg-sheet py-1.5 pr-1 pl-3 shadow-float">
      <p className="py-0.5">{notice.text}</p>
      <Button look="small" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <Icon name="close" />
      </Button>
    </div>
  )
}

export const Notices = (): ReactElement => {
  const lines = useSyncExternalStore(subscribe, () => notices)
  const words = useSyncExternalStore(subscribe, () => spoken)
  return (
    <>
      <div
        role="alert"
        className="pointer-events-none fixed inset-x-3 bottom-3 z-40 flex flex-col items-center gap-1.5 pb-[env(safe-area-inset-bottom)]"
      >
        {lines.map((notice) => (
          <Line key={notice.id} notice={notice} />
        ))}
      </div>
      <div role="status" aria-live="assertive" className="sr-only">
        {words}
      </div>
    </>
  )
}
