import type { DashboardOverview, TimeRangePreset } from '@boardcast/client'
import { useDashboardSSE } from '@boardcast/client/react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { overviewOf } from '../api/dashboard.ts'
import { STREAMED } from './range.ts'

interface Overviews {
  /** As it is now, with the numbers of the stream's range. */
  live: DashboardOverview | null
  /** With the numbers of the range that is looked at; of the one before while those are on their way. */
  ranged: DashboardOverview | null
  error: Error | null
  again: () => void
}

/** The stream tells of one range; another one is asked for, and again whenever the stream tells that something changed. */
export function useOverviews(range: TimeRangePreset): Overviews {
  const { overview: live } = useDashboardSSE()
  const isStreamed = range === STREAMED
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['dashboard', range],
    queryFn: () => overviewOf(range),
    enabled: !isStreamed,
    placeholderData: keepPreviousData,
  })
  const told = live?.generatedAt ?? null
  const asked = useRef({ range, told })
  useEffect(() => {
    // One at a time, and always one after the last change.
    if (isStreamed || isFetching || (asked.current.told === told && asked.current.range === range)) return
    asked.current = { range, told }
    void refetch()
  }, [isStreamed, isFetching, range, told, refetch])
  return { live, ranged: isStreamed ? live : (data ?? live), error: isStreamed ? null : error, again: refetch }
}
