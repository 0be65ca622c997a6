import { useDashboardSSE } from '@boardcast/client/react'
import type { ReactElement } from 'react'
import { ConnectionPill } from '../connection/pill.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { LiveBoards } from './live-boards.tsx'
import { Overview } from './overview.tsx'

/** All boards at one look: what runs, what waits for somebody, how it has been going. */
export const DashboardPage = (): ReactElement => {
  const { overview } = useDashboardSSE()
  return (
    <>
      <PageHead title="Dashboard">
        <ConnectionPill />
      </PageHead>
      <div className="min-h-0 overflow-y-auto p-4">{overview ? <Overview overview={overview} /> : <LiveBoards />}</div>
    </>
  )
}
