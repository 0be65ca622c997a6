import type { Series } from '@boardcast/client'
import { AxisBottom, AxisLeft, type TickRendererProps } from '@visx/axis'
import { scaleBand, scaleLinear } from '@visx/scale'
import { AreaClosed, Bar, LinePath } from '@visx/shape'
import type { ReactElement } from 'react'
import { axisNumber, namedBuckets, type Shape, tickWords } from './plot-words.ts'

/** What stands around the field of a plot, in pixels. */
export const MARGIN = { left: 34, right: 8, top: 8, bottom: 20 } as const
export const HEIGHT = 132
const THICKEST = 40

type Point = Series['points'][number]

interface ChartProps {
  points: readonly Point[]
  shape: Shape
  /** In pixels, margins included. */
  width: number
  /** The bucket that is looked at. */
  at: number | null
  label: string
}

/** Colours come from the text colour around it, so that a change of theme needs no drawing. */
export const Chart = ({ points, shape, width, at, label }: ChartProps): ReactElement => {
  const right = width - MARGIN.right
  const bottom = HEIGHT - MARGIN.bottom
  const x = scaleBand<number>({ domain: points.map((_, nth) => nth), range: [MARGIN.left, right], padding: 0.2 })
  const most = Math.max(1, ...points.map(({ value }) => value))
  const y = scaleLinear<number>({ domain: [0, most], range: [bottom, MARGIN.top], nice: 3 })
  const thick = Math.min(x.bandwidth(), THICKEST)
  const middle = (nth: number) => (x(nth) ?? 0) + x.bandwidth() / 2
  // One bucket alone makes no line.
  const dotted = points.length === 1 ? 0 : at
  const indexed = points.map((point, nth) => ({ ...point, nth }))
  const time = (nth: number) => tickWords(new Date(points[nth]?.timestamp ?? 0), points[nth]?.bucketSizeSeconds ?? 0)
  const line = { data: indexed, x: ({ nth }: { nth: number }) => middle(nth), y: ({ value }: Point) => y(value) }
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={label} className="block overflow-visible">
      <AxisLeft
        scale={y}
        left={MARGIN.left}
        tickValues={y.ticks(3).filter(Number.isInteger)}
        tickFormat={(n) => axisNumber(Number(n))}
        tickLength={MARGIN.left - right}
        tickLineProps={{ className: 'stroke-rule' }}
        tickStroke=""
        tickComponent={LeftLabel}
        hideAxisLine
      />
      {at !== null && (
        <rect
          x={middle(at) - x.step() / 2}
          y={MARGIN.top}
          width={x.step()}
          height={bottom - MARGIN.top}
          className="fill-sunken"
        />
      )}
      {shape === 'level' ? (
        <>
          <AreaClosed {...line} yScale={y} className="fill-current opacity-15" />
          <LinePath {...line} className="fill-none stroke-current stroke-[1.5]" />
          {dotted !== null && (
            <circle cx={middle(dotted)} cy={y(points[dotted]?.value ?? 0)} r={3} className="fill-current" />
          )}
        </>
      ) : (
        indexed.map(({ nth, value }) => (
          <Bar
            key={nth}
            x={middle(nth) - thick / 2}
            y={y(value)}
            width={thick}
            height={bottom - y(value)}
            className="fill-current"
          />
        ))
      )}
      <AxisBottom
        scale={x}
        top={bottom}
        tickValues={namedBuckets(points.length, right - MARGIN.left)}
        tickFormat={(nth) => time(Number(nth))}
        tickComponent={BottomLabel}
        axisLineClassName="stroke-faint"
        stroke=""
        hideTicks
      />
    </svg>
  )
}

const LABEL = 'fill-faint text-xs'

const LeftLabel = ({ y, formattedValue }: TickRendererProps): ReactElement => (
  <text x={-6} y={y} dy="0.32em" textAnchor="end" className={LABEL}>
    {formattedValue}
  </text>
)

const BottomLabel = ({ x, formattedValue }: TickRendererProps): ReactElement => (
  <text x={x} y={14} textAnchor="middle" className={LABEL}>
    {formattedValue}
  </text>
)
