import type { DashboardOverview } from '@boardcast/client'
import type { ReactElement } from 'react'

/** What goes on on a board, in three numbers. */
interface Tally {
  asks: number
  failed: number
  running: number
}

/** As the overview has it; nothing while there is none. */
export function tally(overview: DashboardOverview | null, boardId: string): Tally {
  const of = (items: readonly { projectId: string }[] = []) => items.filter((item) => item.projectId === boardId).length
  const board = overview?.projectSnapshots.find(({ projectId }) => projectId === boardId)
  return {
    asks: of(overview?.inboxItems.needsInput),
    failed: of(overview?.inboxItems.failed),
    running: board?.activeAttemptsCount ?? 0,
  }
}

/** The same, beside a board's name: only what isn't nothing. */
export const TallyBadges = ({ asks, failed, running }: Tally): ReactElement => (
  <>
    {asks > 0 && <Badge n={asks} words={asks === 1 ? 'needs you' : 'need you'} look="bg-wait-wash text-wait" />}
    {failed > 0 && <Badge n={failed} words="failed" look="bg-fail-wash text-fail" />}
    {running > 0 && <Badge n={running} words="running" look="text-live" />}
  </>
)

const Badge = ({ n, words, look }: { n: number; words: string; look: string }): ReactElement => (
  <span className={`rounded-full px-1.5 text-xs font-medium ${look}`} title={`${n} ${words}`} aria-hidden="true">
    {n}
  </span>
)
