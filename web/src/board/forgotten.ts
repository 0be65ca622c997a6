import type { AttemptView, BoardView } from '@boardcast/client'

const begun = ({ startedAt }: AttemptView): string => startedAt ?? '~'

/** A deleted attempt is no fact of the log, so the stream goes on showing it until it begins anew; this page doesn't. */
export function without(view: BoardView, gone: ReadonlySet<string>): BoardView {
  if (gone.size === 0) return view
  const left = Object.values(view.attempts).filter(({ attemptId }) => !gone.has(attemptId))
  const oldestFirst = left.toSorted((a, b) => begun(a).localeCompare(begun(b)))
  const newest = record(oldestFirst.map(({ cardId, attemptId }) => [cardId, attemptId]))
  const latest = Object.entries(view.latestAttempt).flatMap(([cardId, attemptId]) => {
    const shown = gone.has(attemptId) ? newest[cardId] : attemptId
    return shown === undefined ? [] : [[cardId, shown] as const]
  })
  const attempts = record(left.map((attempt) => [attempt.attemptId, attempt]))
  return { ...view, attempts, latestAttempt: record(latest) }
}

/** Without a prototype, as the client's own: an id may be any word of an address. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const made: Record<string, T> = Object.create(null)
  for (const [key, value] of entries) made[key] = value
  return made
}
