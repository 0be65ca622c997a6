import type { DashboardOverview, TimeRangePreset } from '@boardcast/client'
import type { ReactElement, ReactNode } from 'react'
import { count } from '../ui/words.ts'
import { Plot } from './plot.tsx'
import { RANGES } from './range.ts'
import { RangeSwitch } from './range-switch.tsx'
import { percent } from './tables.tsx'

const ORDER = ['attempts.started', 'attempts.succeeded', 'attempts.failed', 'attempts.active', 'cards.open']

/** Those that are known in their order, then the others. */
const place = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length)

interface SeriesProps {
  overview: DashboardOverview
  range: TimeRangePreset
  choose: (range: TimeRangePreset) => void
}

/** How it has been going: the numbers and plots of a range. */
export const OverTime = ({ overview: { metrics }, range, choose }: SeriesProps): ReactElement => (
  <section aria-labelledby="plots" className="grid grid-cols-1 gap-3">
    <header className="flex flex-wrap items-center justify-between gap-2">
      <h2 id="plots" className="text-lg font-semibold">
        {RANGES.find(([name]) => name === range)?.[2]}
      </h2>
      <RangeSwitch range={range} choose={choose} />
    </header>
    <p className="text-soft">
      <Strong>{count(metrics.attemptsInRange, 'attempt')}</Strong>
      {metrics.successRateInRange !== null && (
        <>
          , <Strong>{percent(metrics.successRateInRange)}</Strong> of those that ended succeeded
        </>
      )}
      ; something happened on <Strong>{count(metrics.projectsWithActivity, 'board')}</Strong>.
    </p>
    <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {Object.entries(metrics.byKey)
        .toSorted(([a], [b]) => place(a) - place(b))
        .map(([key, series]) => (
          <Plot key={key} id={key} series={series} />
        ))}
    </div>
  </section>
)

const Strong = ({ children }: { children: ReactNode }): ReactElement => (
  <strong className="font-semibold text-ink">{children}</strong>
)
