import type { Series } from '@boardcast/client'

/** Counts are of what happened in a bucket; levels of how much there was. */
export type Shape = 'counts' | 'level'

const LEVELS = new Set(['attempts.active', 'cards.open'])

export const shapeOf = (key: string): Shape => (LEVELS.has(key) ? 'level' : 'counts')

/** Colour means state, here too; what is no state is plain. */
const INKS: Readonly<Record<string, string>> = {
  'attempts.succeeded': 'text-live',
  'attempts.active': 'text-live',
  'attempts.failed': 'text-fail',
  'cards.open': 'text-look',
}

export const inkOf = (key: string): string => INKS[key] ?? 'text-soft'

export const TRENDS = { up: 'rising', down: 'falling', flat: 'steady' } as const

const HOUR = 3600
const DAY = 24 * HOUR

const bucketName = (seconds: number): string => (seconds <= HOUR ? 'hour' : seconds <= DAY ? 'day' : 'week')

/** What the vertical axis counts: `attempts per day`. */
export function unitOf(series: Series, shape: Shape): string {
  const size = series.points[0]?.bucketSizeSeconds
  return shape === 'level' || size === undefined ? series.unit : `${series.unit} per ${bucketName(size)}`
}

/** `1 attempt`, `2 attempts`: the units are plurals. */
export const quantity = (n: number, unit: string): string =>
  `${n.toLocaleString()} ${n === 1 ? unit.replace(/s$/, '') : unit}`

/** Days and weeks begin at midnight UTC, so that is where they are named; hours are told by the reader's clock. */
export function bucketWords(timestamp: string, seconds: number): string {
  const at = new Date(timestamp)
  if (seconds > HOUR) {
    const day = at.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
    return seconds > DAY ? `week of ${day}` : day
  }
  return at.toLocaleString([], { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false })
}

/** The same, short enough for an axis. */
export function tickWords(at: Date, seconds: number): string {
  if (seconds > DAY) return at.toLocaleDateString([], { month: 'short', year: '2-digit', timeZone: 'UTC' })
  if (seconds > HOUR) return at.toLocaleDateString([], { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })
}

const LABEL_WIDTH = 58

/** Which buckets are named below the axis: as many as have room, the newest always. */
export function namedBuckets(count: number, width: number): number[] {
  const stride = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / LABEL_WIDTH))))
  return Array.from({ length: count }, (_, nth) => nth).filter((nth) => nth % stride === (count - 1) % stride)
}

/** Whole numbers only, few, in short: `0, 500, 1K`. */
export const axisNumber = (n: number): string => n.toLocaleString([], { notation: 'compact' })
