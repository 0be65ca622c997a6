import type { ReactElement } from 'react'
import { PageHead } from '../ui/page-head.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { Recent } from './lists.tsx'
import { NoBoards } from './no-boards.tsx'
import { Now } from './now.tsx'
import { OverTime } from './over-time.tsx'
import { useRange } from './range.ts'
import { AgentTable, BoardTable } from './tables.tsx'
import { useOverviews } from './use-overviews.ts'

/** All boards at one look: what runs, what waits for somebody, how it has been going. */
export const DashboardPage = (): ReactElement => {
  const [range, choose] = useRange()
  const { live, ranged, error, again } = useOverviews(range)
  const now = live ?? ranged
  return (
    <>
      <PageHead title="Dashboard" />
      <div className="min-h-0 overflow-y-auto p-4">
        {now && ranged && now.projectSnapshots.length > 0 ? (
          <div className="grid max-w-6xl grid-cols-1 gap-7">
            <Now overview={now} />
            {error && <Trouble error={error} retry={again} />}
            <OverTime overview={ranged} range={range} choose={choose} />
            <BoardTable boards={ranged.projectSnapshots} />
            <AgentTable agents={ranged.agentStats} />
            <Recent attempts={now.recentAttemptActivity} />
          </div>
        ) : (
          <NoBoards />
        )}
      </div>
    </>
  )
}
