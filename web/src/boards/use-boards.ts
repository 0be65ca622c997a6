import type { Board, DashboardOverview } from '@boardcast/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import {
  type BoardChanges,
  changeBoard,
  createBoard,
  deleteBoard,
  listBoards,
  type NewBoard,
  startDemo,
} from '../api/boards.ts'

export const BOARDS = ['boards'] as const

/** All boards, by name. */
export const useBoards = () =>
  useQuery({
    queryKey: BOARDS,
    queryFn: listBoards,
    select: (boards) => boards.toSorted((a, b) => a.name.localeCompare(b.name)),
  })

export function useBoard(id: string): Board | null {
  const { data } = useBoards()
  return data?.find((board) => board.id === id) ?? null
}

/** A board made, named or deleted elsewhere shows in the overview first. */
export function useNewBoards(overview: DashboardOverview | null): void {
  const client = useQueryClient()
  const known = overview?.projectSnapshots.map(({ projectId, name }) => `${projectId} ${name}`).join('\n') ?? null
  useEffect(() => {
    if (known !== null) void client.invalidateQueries({ queryKey: BOARDS })
  }, [client, known])
}

/** What every change of the list does: the answer is shown at once, then the list is read again. */
function useListChange<T>(change: (input: T) => Promise<Board>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (board) => {
      client.setQueryData<Board[]>(BOARDS, (known = []) => [...known.filter(({ id }) => id !== board.id), board])
      void client.invalidateQueries({ queryKey: BOARDS })
    },
  })
}

export const useCreateBoard = () => useListChange((board: NewBoard) => createBoard(board))
export const useStartDemo = () => useListChange(() => startDemo())
export const useChangeBoard = (id: string) => useListChange((changes: BoardChanges) => changeBoard(id, changes))

export function useDeleteBoard() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: deleteBoard,
    onSuccess: (_, gone) => client.setQueryData<Board[]>(BOARDS, (known = []) => known.filter(({ id }) => id !== gone)),
  })
}
