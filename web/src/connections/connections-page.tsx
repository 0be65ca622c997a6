import type { ReactElement } from 'react'
import { PageHead } from '../ui/page-head.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { StreamTable } from './stream-table.tsx'
import { useConnections } from './use-connections.ts'

/** For whoever operates the server: who listens, how far behind they are, what they were sent. */
export const ConnectionsPage = (): ReactElement => {
  const { data, error, refetch } = useConnections()
  const behind = data?.streams.filter(({ lag }) => lag > 0).length ?? 0
  return (
    <>
      <PageHead title="Connections" />
      <div className="min-h-0 overflow-y-auto p-4">
        <div className="grid max-w-6xl grid-cols-1 gap-6">
          {error && <Trouble error={error} retry={() => void refetch()} />}
          {data && (
            <>
              <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-rule bg-rule sm:grid-cols-4">
                <Figure n={data.counts.total} words="Open streams" />
                <Figure n={behind} words="Behind" ink={behind > 0 ? 'text-wait' : 'text-faint'} />
                <Figure n={data.counts.channels} words="Channels" />
                <Figure n={data.counts.dashboard} words="With the dashboard" />
              </dl>
              <StreamTable streams={data.streams} total={data.counts.total} />
            </>
          )}
        </div>
      </div>
    </>
  )
}

const Figure = ({ n, words, ink = '' }: { n: number; words: string; ink?: string }): ReactElement => (
  <div className="flex flex-col-reverse bg-sheet px-4 py-3">
    <dt className="text-sm text-soft">{words}</dt>
    <dd className={`text-2xl font-semibold ${ink}`}>{n}</dd>
  </div>
)
