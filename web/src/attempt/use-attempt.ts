import type { Attempt, AttemptView } from '@boardcast/client'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { attemptDiff, attemptGitStatus, attemptTodos, conversationPage, logPage, showAttempt } from '../api/attempts.ts'
import { lastGitStatus } from '../api/events.ts'
import { Problem } from '../api/request.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { useKept } from './kept-lines.ts'
import { itemsJoin, mergeItems, mergeLines } from './merge.ts'

const NO_PAGE: number | null = null

/** What the stream hasn't told (an old attempt of a card), in the same shape. */
const viewOf = ({ id, todos, profile: _, ...rest }: Attempt): AttemptView => ({
  ...rest,
  attemptId: id,
  todos: null,
  todoCount: todos,
  items: [],
  lines: [],
  dropped: 0,
  git: null,
})

/** An attempt: live when the stream knows it, else as the server has it. */
export function useAttempt(id: string) {
  const { view, forget } = useOpenBoard()
  const told = view.attempts[id] ?? null
  const asked = useQuery({
    // A queued attempt has no worktree until it starts.
    queryKey: ['attempt', id, view.generation, told?.startedAt],
    queryFn: () => showAttempt(id),
    enabled: view.state !== null,
    placeholderData: (last) => (last?.id === id ? last : undefined),
  })
  // Deleted in another window: the stream still shows it, the server doesn't know it any more.
  const isGone = told !== null && asked.error instanceof Problem && asked.error.status === 404
  useEffect(() => {
    if (isGone) forget(id)
  }, [isGone, forget, id])
  const attempt = useMemo(() => told ?? (asked.data ? viewOf(asked.data) : null), [told, asked.data])
  const { data } = asked
  const isHere = data ? runsHere(data) : null
  return { attempt, isHere, profile: data?.profile ?? null, error: told ? null : asked.error }
}

/** One that never started has no worktree; but only this server names branch and base before anything has begun. */
const runsHere = ({ worktreePath, startedAt, branchName, baseBranch }: Attempt): boolean =>
  worktreePath !== null || (startedAt === null && branchName !== '' && baseBranch !== '')

/** Read only once the stream is open, so that nothing can fall between the page and the stream. */
export function useConversation(attempt: AttemptView) {
  const { view } = useOpenBoard()
  const { attemptId, items: told } = attempt
  const query = useInfiniteQuery({
    queryKey: ['conversation', attemptId, view.generation],
    queryFn: ({ pageParam }) => conversationPage(attemptId, pageParam),
    initialPageParam: NO_PAGE,
    getNextPageParam: (page) => page.nextBefore,
    enabled: view.state !== null,
    staleTime: 0,
    // A fresh start of the stream reads anew; until then what was read stays in sight, and so does the reader's place.
    placeholderData: keepPreviousData,
  })
  const pages = query.data?.pages
  const isJoined = !pages || itemsJoin(pages[0]?.items ?? [], told)
  const { refetch, isFetching, isError } = query
  useEffect(() => {
    // What came meanwhile may have left a gap again.
    if (!isJoined && !isFetching && !isError) void refetch()
  }, [isJoined, isFetching, isError, refetch])
  const items = useMemo(() => mergeItems(pages?.map((page) => page.items) ?? [], told), [pages, told])
  const earlier = pages?.slice(1).reduce((sum, page) => sum + page.items.length, 0) ?? 0
  return { query, items, newer: items.length - earlier }
}

export function useLog(attempt: AttemptView) {
  const { view } = useOpenBoard()
  const { attemptId, lines: tail, dropped } = attempt
  const kept = useKept(`${attemptId} ${view.generation}`, tail, dropped)
  const query = useInfiniteQuery({
    queryKey: ['log', attemptId, view.generation, kept.start, kept.before],
    queryFn: ({ pageParam }) => logPage(attemptId, pageParam),
    initialPageParam: kept.before,
    getNextPageParam: (page) => page.nextBefore,
    enabled: view.state !== null,
    staleTime: 0,
    // A fresh start of the stream reads anew; until then what was read stays in sight, and so does the reader's place.
    placeholderData: keepPreviousData,
  })
  const pages = query.data?.pages
  const lines = useMemo(() => mergeLines(pages?.map((page) => page.items) ?? [], kept.lines), [pages, kept.lines])
  return { query, lines, told: kept.lines.length }
}

export function useTodos({ attemptId, todos, todoCount }: AttemptView) {
  const { view } = useOpenBoard()
  const asked = useQuery({
    queryKey: ['todos', attemptId, view.generation],
    queryFn: () => attemptTodos(attemptId),
    enabled: todos === null && todoCount !== null && view.state !== null,
  })
  return todos ?? asked.data ?? null
}

/** Nothing of a diff is loaded before it is asked for; then it is read anew whenever the worktree has changed. */
export const useDiff = ({ attemptId, git, endedAt }: AttemptView) =>
  useQuery({
    queryKey: ['diff', attemptId, git, endedAt],
    queryFn: () => attemptDiff(attemptId),
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  })

export function useKnownGit({ attemptId, git }: AttemptView) {
  const { boardId, view } = useOpenBoard()
  const asked = useQuery({
    queryKey: ['attempt-git', attemptId, view.generation],
    queryFn: () => lastGitStatus(boardId, attemptId),
    enabled: git === null,
  })
  return git ?? asked.data ?? null
}

/** Whether there is work in the worktree that isn't committed. */
export function useUncommitted({ attemptId, git, startedAt }: AttemptView): boolean {
  const { view } = useOpenBoard()
  const asked = useQuery({
    queryKey: ['worktree', attemptId, view.generation],
    queryFn: () => attemptGitStatus(attemptId),
    enabled: git === null && startedAt !== null,
    staleTime: 0,
  })
  return ((git ?? asked.data)?.files.length ?? 0) > 0
}
