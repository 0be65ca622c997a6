import type { DashboardOverview, InboxItem } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Inbox, Running } from './lists.tsx'

const INBOXES = [
  ['needsInput', 'Needs you', 'text-wait'],
  ['review', 'To review', 'text-look'],
  ['failed', 'Failed', 'text-fail'],
  ['stuck', 'Stuck', 'text-soft'],
] as const

/** How it is now. Each number leads to its list. */
export const Now = ({ overview }: { overview: DashboardOverview }): ReactElement => {
  const { metrics, inboxItems, activeAttempts } = overview
  const items = (key: (typeof INBOXES)[number][0]): readonly InboxItem[] => inboxItems[key]
  return (
    <>
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
    </>
  )
}

const Figure = ({ to, n, words, ink }: { to: string; n: number; words: string; ink: string }): ReactElement => (
  // An empty list isn't shown, so nothing leads there; what runs always has its place.
  <a
    href={n > 0 || to === 'running' ? `#${to}` : undefined}
    className="bg-sheet px-4 py-3 max-sm:first:col-span-2 [&[href]:hover]:bg-canvas"
  >
    <span className={`block text-2xl font-semibold ${n > 0 ? ink : 'text-faint'}`}>{n}</span>
    <span className="text-sm text-soft">{words}</span>
  </a>
)
