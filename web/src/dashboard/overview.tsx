import type { DashboardOverview, InboxItem } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Inbox, Running } from './lists.tsx'
import { Plot } from './plot.tsx'
import { AgentTable, BoardTable } from './tables.tsx'

const INBOXES = [
  ['needsInput', 'Needs you', 'text-wait'],
  ['review', 'To review', 'text-look'],
  ['failed', 'Failed', 'text-fail'],
  ['stuck', 'Stuck', 'text-soft'],
] as const

/** Each number leads to its list. */
export const Overview = ({ overview }: { overview: DashboardOverview }): ReactElement => {
  const { metrics, inboxItems, activeAttempts } = overview
  const items = (key: (typeof INBOXES)[number][0]): readonly InboxItem[] => inboxItems[key]
  return (
    <div className="grid max-w-6xl grid-cols-1 gap-7">
      <nav
        aria-label="Lists"
        className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-rule bg-rule sm:grid-cols-5"
      >
        <Figure to="running" n={metrics.activeAttempts} words="Running now" ink="text-live" />
        {INBOXES.map(([key, words, ink]) => (
          <Figure key={key} to={key} n={items(key).length} words={words} ink={ink} />
        ))}
      </nav>
      <Running attempts={activeAttempts} />
      {INBOXES.map(([key, words]) => (
        <Inbox key={key} id={key} title={words} items={items(key)} />
      ))}
      <section aria-labelledby="plots" className="grid grid-cols-1 gap-3">
        <h2 id="plots" className="text-lg font-semibold">
          The last days
        </h2>
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {Object.entries(metrics.byKey).map(([key, series]) => (
            <Plot key={key} series={series} />
          ))}
        </div>
      </section>
      <BoardTable boards={overview.projectSnapshots} />
      <AgentTable agents={overview.agentStats} />
    </div>
  )
}

const Figure = ({ to, n, words, ink }: { to: string; n: number; words: string; ink: string }): ReactElement => (
  <a href={`#${to}`} className="bg-sheet px-4 py-3 hover:bg-canvas max-sm:first:col-span-2">
    <span className={`block text-2xl font-semibold ${n > 0 ? ink : 'text-faint'}`}>{n}</span>
    <span className="text-sm text-soft">{words}</span>
  </a>
)
