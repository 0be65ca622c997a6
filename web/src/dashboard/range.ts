import type { TimeRangePreset } from '@boardcast/client'
import { useSearchParams } from 'react-router'

export const RANGES: readonly (readonly [TimeRangePreset, short: string, long: string])[] = [
  ['last_24h', '24 h', 'The last 24 hours'],
  ['last_7d', '7 days', 'The last 7 days'],
  ['last_30d', '30 days', 'The last 30 days'],
  ['last_90d', '90 days', 'The last 90 days'],
  ['all_time', 'All', 'From the beginning'],
]

/** What the stream tells of. */
export const STREAMED: TimeRangePreset = 'last_7d'

/** The range that is looked at; it is part of the link. */
export function useRange(): [TimeRangePreset, (range: TimeRangePreset) => void] {
  const [search, setSearch] = useSearchParams()
  const asked = search.get('range')
  const range = RANGES.find(([name]) => name === asked)?.[0] ?? STREAMED
  return [range, (next) => setSearch(next === STREAMED ? {} : { range: next }, { replace: true })]
}
