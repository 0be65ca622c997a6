import type { GitStatus } from '@boardcast/client'
import { useQuery } from '@tanstack/react-query'
import { boardGitStatus } from '../api/boards.ts'
import { useOpenBoard } from './board-context.ts'

/** The status of the board's checkout: what the stream told, until then what the server knows. */
export function useBoardGit(): GitStatus | null {
  const { boardId, board, view } = useOpenBoard()
  const asked = useQuery({
    queryKey: ['git', boardId, view.generation],
    queryFn: () => boardGitStatus(boardId),
    enabled: view.git === null && view.state !== null && board?.repositoryPath != null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return view.git ?? asked.data ?? null
}
