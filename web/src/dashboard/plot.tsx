import type { Series } from '@boardcast/client'
import type { ReactElement } from 'react'

const TRENDS = { up: 'rising', down: 'falling', flat: 'steady' } as const
const HEIGHT = 40

/** One series as bars, as many as there are buckets; the exact numbers are in its words. */
export const Plot = ({ series }: { series: Series }): ReactElement => {
  const { label, unit, points, total, trend } = series
  const most = Math.max(1, ...points.map(({ value }) => value))
  return (
    <figure className="rounded-lg border border-rule bg-sheet p-3">
      <figcaption className="flex items-baseline gap-2">
        <span className="text-soft">{label}</span>
        <span className="ml-auto text-lg font-semibold">{total}</span>
        <span className="text-sm text-faint">
          {total === 1 ? unit.replace(/s$/, '') : unit}, {TRENDS[trend]}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${Math.max(1, points.length)} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-2 h-10 w-full fill-live"
        role="img"
        aria-label={`${label}: ${points.map(({ value }) => value).join(', ')}`}
      >
        {points.map(({ timestamp, value }, nth) => {
          const height = value === 0 ? 0.75 : Math.max(2, (value / most) * HEIGHT)
          return <rect key={timestamp} x={nth + 0.1} width={0.8} y={HEIGHT - height} height={height} />
        })}
      </svg>
    </figure>
  )
}
