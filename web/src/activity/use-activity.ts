import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { olderEvents, reachOfLog } from '../api/events.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { feed, joined } from './feed.ts'
import { fromLog } from './from-log.ts'

const FROM_NOW: number | null = null

/** What happened on the open board: live, with older pages from the log behind it. */
export function useActivity() {
  const { boardId, view } = useOpenBoard()
  const query = useInfiniteQuery({
    queryKey: ['activity', boardId, view.generation],
    queryFn: async ({ pageParam }) => {
      const { oldest, head } = await reachOfLog(boardId)
      const before = pageParam ?? head + 1
      return { ...(await olderEvents(boardId, before, oldest)), head: before - 1 }
    },
    initialPageParam: FROM_NOW,
    getNextPageParam: (page) => page.before,
    enabled: view.state !== null,
    gcTime: 0,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { state } = view
  const pages = query.data?.pages
  const head = pages?.[0]?.head ?? 0
  const kept = useMemo(() => {
    if (!state || !pages) return []
    return pages.map((page) => page.events.map((event) => fromLog(event, state)))
  }, [state, pages])
  const minutes = useMemo(() => feed(joined(view.activity, kept, head)), [view.activity, kept, head])
  return { query, minutes }
}
