import { type ReactElement, type ReactNode, useEffect } from 'react'
import { ConnectionPill } from '../connection/pill.tsx'

/** The head of a page: its name (also the window's), how fresh it is, and what can be done there. */
export const PageHead = ({ title, children }: { title: string; children?: ReactNode }): ReactElement => {
  useTitle(title)
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-rule px-4 max-md:pl-13">
      <h1 className="truncate text-lg font-semibold">{title}</h1>
      <div className="ml-auto flex items-center gap-2">
        <ConnectionPill />
        {children}
      </div>
    </header>
  )
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === 'Boardcast' ? title : `${title} · Boardcast`
  }, [title])
}
