import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { eventsSince, headOfLog } from '../api/events.ts'
import { Problem } from '../api/request.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { type Chapter, digest } from './digest.ts'
import { fromLog } from './from-log.ts'
import { awaySince, isSameLog, reached, readSeen, writeSeen } from './seen.ts'

/** How often it is noted that somebody is still here. */
const NOTE_MS = 20_000

export interface Away {
  chapters: Chapter[]
  /** Not everything is kept that far back, or it was too much to read. */
  isCut: boolean
  dismiss: () => void
}

/** What happened on the open board since it was last looked at; null while there is nothing to tell. */
export function useAway(): Away | null {
  const { boardId, view } = useOpenBoard()
  const { state, attempts, activity, generation } = view
  const [since, setSince] = useState(() => awaySince(readSeen(boardId), Date.now()))
  const head = useQuery({
    queryKey: ['log-head', boardId, generation],
    queryFn: () => headOfLog(boardId),
    enabled: state !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  }).data
  const dismiss = useCallback(() => setSince(null), [])
  useReturn(boardId, setSince)
  useNotes(boardId, since === null && head ? reached(head, activity.at(-1)?.seq ?? 0) : null)

  const isReadable = since !== null && head !== undefined && isSameLog(since, head)
  const missed = useQuery({
    queryKey: ['away', boardId, since],
    queryFn: () => (since === null ? null : missedSince(boardId, since)),
    enabled: isReadable,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  }).data
  const chapters = useMemo(
    () =>
      missed && state
        ? digest(
            missed.events.map((event) => fromLog(event, state)),
            attempts,
          )
        : null,
    [missed, state, attempts],
  )
  const isNothing = (since !== null && head !== undefined && !isReadable) || (chapters?.length === 0 && !missed?.isCut)
  useEffect(() => {
    if (isNothing) dismiss()
  }, [isNothing, dismiss])
  return chapters && missed && !isNothing ? { chapters, isCut: missed.isCut, dismiss } : null
}

/** What was trimmed meanwhile is gone: then what is kept is told. */
const missedSince = async (boardId: string, since: string) => {
  try {
    return await eventsSince(boardId, since, null)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'trimmed') throw error
    return { ...(await eventsSince(boardId, null, null)), isCut: true }
  }
}

/** Whoever comes back to the tab may have been away, too. What isn't dismissed yet stays as it was. */
function useReturn(boardId: string, setSince: (next: (before: string | null) => string | null) => void): void {
  useEffect(() => {
    const looked = () => {
      if (!document.hidden) setSince((before) => before ?? awaySince(readSeen(boardId), Date.now()))
    }
    document.addEventListener('visibilitychange', looked)
    return () => document.removeEventListener('visibilitychange', looked)
  }, [boardId, setSince])
}

/** Notes how far the board was read while it is in sight. */
function useNotes(boardId: string, cursor: string | null): void {
  useEffect(() => {
    if (cursor === null) return
    const note = () => {
      if (!document.hidden) writeSeen(boardId, { cursor, at: Date.now() })
    }
    note()
    const timer = setInterval(note, NOTE_MS)
    return () => clearInterval(timer)
  }, [boardId, cursor])
}
