import { useDashboardSSE } from '@boardcast/client/react'
import type { ReactElement } from 'react'
import { PageHead } from '../ui/page-head.tsx'
import { NoBoards } from './no-boards.tsx'
import { Overview } from './overview.tsx'

/** All boards at one look: what runs, what waits for somebody, how it has been going. */
export const DashboardPage = (): ReactElement => {
  const { overview } = useDashboardSSE()
  return (
    <>
      <PageHead title="Dashboard" />
      <div className="min-h-0 overflow-y-auto p-4">
        {overview && overview.projectSnapshots.length > 0 ? <Overview overview={overview} /> : <NoBoards />}
      </div>
    </>
  )
}
