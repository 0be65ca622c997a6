import type { BoardState, Column } from '@boardcast/client'
import { type FormEvent, type ReactElement, useState } from 'react'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { useDraft } from '../ui/draft.ts'
import { Icon } from '../ui/icon.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { COLUMN_DOT } from './column.tsx'
import { useColumns } from './use-columns.ts'

const BOX = 'h-8 min-w-0 grow rounded-md border border-rule bg-sheet px-2.5 focus:border-live placeholder:text-faint'

export const ColumnsForm = ({ boardId, state }: { boardId: string; state: BoardState }): ReactElement => {
  const { add, change, remove, error } = useColumns(boardId)
  const { text: title, set: setTitle, sent } = useDraft(`${boardId}.column.title`)
  const columns = state.columnOrder.flatMap((id) => state.columns[id] ?? [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (title.trim() !== '') afterwards(add.mutateAsync(title.trim()), () => sent(title))
  }
  return (
    <section aria-labelledby="columns" className="grid gap-2">
      <h2 id="columns" className="text-lg font-semibold">
        Columns
      </h2>
      <ul className="grid gap-1.5">
        {columns.map((column, index) => (
          <Row
            key={`${column.id} ${column.title}`}
            column={column}
            isFirst={index === 0}
            isLast={index === columns.length - 1}
            rename={(to) => change.mutate({ id: column.id, title: to })}
            shift={(by) => change.mutate({ id: column.id, index: index + by })}
            remove={() => remove.mutate(column.id)}
          />
        ))}
      </ul>
      <form onSubmit={submit} className="flex gap-2 pl-4">
        <input
          aria-label="New column"
          placeholder="New column"
          className={BOX}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Button type="submit" disabled={title.trim() === ''}>
          Add column
        </Button>
      </form>
      {error && <Trouble error={error} />}
    </section>
  )
}

interface RowProps {
  column: Column
  isFirst: boolean
  isLast: boolean
  rename: (title: string) => void
  shift: (by: number) => void
  remove: () => void
}

const Row = ({ column, isFirst, isLast, rename, shift, remove }: RowProps): ReactElement => {
  const [title, setTitle] = useState(column.title)
  const done = () => {
    if (title.trim() === '') setTitle(column.title)
    else if (title.trim() !== column.title) rename(title.trim())
  }
  const cards = column.cardIds.length
  return (
    <li className="flex items-center gap-2">
      <span className={`size-2 shrink-0 rounded-full ${COLUMN_DOT[column.key ?? 'backlog']}`} aria-hidden="true" />
      <input
        aria-label={`Title of ${column.title}`}
        className={BOX}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === 'Enter' && done()}
      />
      <Button look="icon" aria-label={`Move ${column.title} left`} disabled={isFirst} onClick={() => shift(-1)}>
        <Icon name="up" />
      </Button>
      <Button look="icon" aria-label={`Move ${column.title} right`} disabled={isLast} onClick={() => shift(1)}>
        <Icon name="down" />
      </Button>
      <Button
        look="icon"
        aria-label={`Delete ${column.title}`}
        title={cards > 0 ? 'It still holds cards' : 'Delete'}
        disabled={cards > 0}
        onClick={remove}
      >
        <Icon name="bin" />
      </Button>
    </li>
  )
}
