import type { Series } from '@boardcast/client'
import { type ReactElement, useState } from 'react'
import { useWidth } from '../ui/use-width.ts'
import { Chart, HEIGHT, MARGIN } from './plot-chart.tsx'
import { bucketWords, inkOf, quantity, shapeOf, TRENDS, unitOf } from './plot-words.ts'
import { Probe } from './probe.tsx'

const TIP_WIDTH = 136

/** One series over time: axes with their unit, and each bucket's number for a pointer and for the keyboard. */
export const Plot = ({ id, series }: { id: string; series: Series }): ReactElement => {
  const [field, width] = useWidth<HTMLDivElement>()
  const [looked, look] = useState<number | null>(null)
  const { label, unit, points, total, trend } = series
  const last = points.length - 1
  // Another range may have fewer buckets than the one that was looked at.
  const at = looked === null ? null : Math.min(looked, last)
  const shown = points[at ?? last]
  const when = shown ? bucketWords(shown.timestamp, shown.bucketSizeSeconds) : ''
  const much = quantity(shown?.value ?? 0, unit)
  const share = at === null ? 0 : (at + 0.5) / points.length
  const middle = MARGIN.left + share * (width - MARGIN.left - MARGIN.right)
  return (
    <figure aria-label={label} className="rounded-lg border border-rule bg-sheet p-3">
      <figcaption className="flex items-baseline gap-2">
        <span className="text-soft">{label}</span>
        <span className="ml-auto text-lg font-semibold">{total.toLocaleString()}</span>
        <span className="text-sm text-faint">{TRENDS[trend]}</span>
      </figcaption>
      <p className="text-xs text-faint">{unitOf(series, shapeOf(id))}</p>
      <div ref={field} className={`relative mt-1 h-33 ${inkOf(id)}`}>
        {width > 0 && (
          <Chart
            points={points}
            shape={shapeOf(id)}
            width={width}
            at={at}
            label={`${label}: ${quantity(total, unit)}, ${TRENDS[trend]}`}
          />
        )}
        {points.length > 0 && (
          <Probe label={`${label}, by time`} count={points.length} at={at} look={look} words={`${when}: ${much}`} />
        )}
        {at !== null && (
          <div
            role="tooltip"
            style={{
              width: TIP_WIDTH,
              left: Math.min(Math.max(0, middle - TIP_WIDTH / 2), Math.max(0, width - TIP_WIDTH)),
              bottom: HEIGHT - MARGIN.top,
            }}
            className="pointer-events-none absolute z-10 rounded-md border border-rule bg-sheet px-2 py-1 text-center text-ink shadow-float"
          >
            <span className="block text-xs text-faint">{when}</span>
            <span className="font-medium">{much}</span>
          </div>
        )}
      </div>
    </figure>
  )
}
