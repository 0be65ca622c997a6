import { useMutation } from '@tanstack/react-query'
import { changeColumn, createColumn, deleteColumn } from '../api/boards.ts'

/** The stream shows what these did. */
export function useColumns(boardId: string) {
  const add = useMutation({ mutationFn: (title: string) => createColumn(boardId, title) })
  const change = useMutation({
    mutationFn: ({ id, ...changes }: { id: string; title?: string; index?: number }) =>
      changeColumn(boardId, id, changes),
  })
  const remove = useMutation({ mutationFn: (id: string) => deleteColumn(boardId, id) })
  return { add, change, remove, error: add.error ?? change.error ?? remove.error }
}
