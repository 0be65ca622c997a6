import type { ReactElement } from 'react'
import { COLUMN_DOT } from './column.tsx'
import type { Layout } from './layout.ts'

interface ColumnTabsProps {
  columns: Layout['columns']
  current: string | null
  choose: (columnId: string) => void
  /** The column over which a card is held. */
  over: string | null
}

/** A phone shows one column at a time. A card that is dropped on a tab goes to the end of that column. */
export const ColumnTabs = ({ columns, current, choose, over }: ColumnTabsProps): ReactElement => (
  <div role="tablist" aria-label="Columns" className="flex shrink-0 overflow-x-auto border-b border-rule md:hidden">
    {columns.map(({ id, key, title, cards }) => (
      <button
        key={id}
        type="button"
        role="tab"
        aria-selected={id === current}
        data-tab-column={id}
        onClick={() => choose(id)}
        className={`${id === over ? 'bg-live-wash' : ''} flex h-10 grow items-center justify-center gap-1.5 border-b-2 border-transparent px-2.5 text-soft whitespace-nowrap aria-selected:border-ink aria-selected:font-medium aria-selected:text-ink`}
      >
        <span className={`size-2 rounded-full ${COLUMN_DOT[key ?? 'backlog']}`} aria-hidden="true" />
        {title}
        <span className="text-sm text-faint">{cards.length}</span>
      </button>
    ))}
  </div>
)
