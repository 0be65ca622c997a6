import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { type Actor, eventsSince, type Stretch } from '../api/events.ts'
import { Problem } from '../api/request.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { digest } from './digest.ts'
import { fromLog } from './from-log.ts'
import type { Milestone } from './milestones.ts'

/** What is known of a card's log, and what came since. */
async function readOn(boardId: string, cardId: string, known: Stretch | undefined): Promise<Stretch> {
  if (!known) return eventsSince(boardId, null, cardId)
  try {
    const more = await eventsSince(boardId, String(known.head), cardId)
    return { ...more, events: [...known.events, ...more.events], isCut: known.isCut || more.isCut }
  } catch (error) {
    // Meanwhile more was trimmed than was read.
    if (!(error instanceof Problem) || error.code !== 'trimmed') throw error
    return eventsSince(boardId, null, cardId)
  }
}

/**
 * The steps of a card's work as the log has them, newest first, each with who caused it. The stream tells of a step at
 * once; who it was is read from the log after it.
 */
export function useTimeline(cardId: string) {
  const { boardId, view } = useOpenBoard()
  const { state, attempts, activity, generation } = view
  const client = useQueryClient()
  const queryKey = ['timeline', boardId, cardId, generation]
  const query = useQuery({
    queryKey,
    queryFn: () => readOn(boardId, cardId, client.getQueryData<Stretch>(queryKey)),
    enabled: state !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const { data, isFetching, isError, refetch } = query
  const kept = useMemo(() => (data && state ? data.events.map((event) => fromLog(event, state)) : null), [data, state])
  const steps = useMemo((): Milestone[] => {
    if (!kept || !data) return []
    const all = [...kept, ...activity.filter(({ seq }) => seq > data.head)]
    const own = digest(all, attempts).find((chapter) => chapter.cardId === cardId)
    return own?.steps.toReversed() ?? []
  }, [kept, data, activity, attempts, cardId])
  const actors = useMemo(() => new Map(data?.events.map(({ seq, actor }) => [seq, actor ?? null])), [data])
  const isBehind = steps.some(({ seq }) => data !== undefined && seq > data.head)
  useEffect(() => {
    if (isBehind && !isFetching && !isError) void refetch()
  }, [isBehind, isFetching, isError, refetch])
  return { ...query, steps, actorOf: (step: Milestone): Actor | null => actors.get(step.seq) ?? null }
}
