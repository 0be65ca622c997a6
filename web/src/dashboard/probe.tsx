import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from 'react'
import { MARGIN } from './plot-chart.tsx'

interface ProbeProps {
  label: string
  /** How many buckets there are. */
  count: number
  at: number | null
  look: (at: number | null) => void
  /** What is said of the bucket that is looked at. */
  words: string
}

const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowDown: (at) => at - 1,
  ArrowUp: (at) => at + 1,
  Home: () => 0,
  End: (_, last) => last,
}

/** Lies over a plot: a pointer or the arrow keys go from bucket to bucket, and a screen reader is told each. */
export const Probe = ({ label, count, at, look, words }: ProbeProps): ReactElement => {
  const element = useRef<HTMLDivElement>(null)
  const last = count - 1
  const point = ({ clientX }: PointerEvent) => {
    const box = element.current?.getBoundingClientRect()
    if (!box) return
    const share = (clientX - box.left - MARGIN.left) / (box.width - MARGIN.left - MARGIN.right)
    look(Math.min(last, Math.max(0, Math.floor(share * count))))
  }
  const press = (event: KeyboardEvent) => {
    const step = KEYS[event.key]
    if (event.key === 'Escape') look(null)
    if (!step) return
    event.preventDefault()
    look(Math.min(last, Math.max(0, step(at ?? last, last))))
  }
  return (
    <div
      ref={element}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at ?? last}
      aria-valuetext={words}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => look(null)}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && look(at ?? last)}
      onBlur={() => look(null)}
      onKeyDown={press}
      className="absolute inset-0 touch-pan-y rounded-sm"
    />
  )
}
