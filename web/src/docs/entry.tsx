import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'react-router'
import { Icon } from '../ui/icon.tsx'
import { Words } from './code.tsx'

interface EntryProps {
  /** Its part of the address. */
  id: string
  head: ReactNode
  summary: string
  children: ReactNode
}

/** One thing of a document: a line that opens. Its link opens it and leads to it. */
export const Entry = ({ id, head, summary, children }: EntryProps): ReactElement => {
  const { hash, key } = useLocation()
  const isMeant = hash.slice(1) === id
  const [isOpen, setOpen] = useState(isMeant)
  const element = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same link can be followed again
  useEffect(() => {
    if (!isMeant) return
    setOpen(true)
    element.current?.scrollIntoView({ block: 'start' })
  }, [isMeant, key])
  return (
    <article ref={element} aria-label={id} className="scroll-mt-12 border-t max-sm:scroll-mt-18 border-rule">
      <h3 className="flex items-center gap-1">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="flex min-h-9 min-w-0 grow items-baseline gap-3 py-1.5 text-left hover:bg-sheet max-sm:flex-col max-sm:gap-0"
        >
          {head}
          <span className="min-w-0 text-soft sm:ml-auto sm:text-right">
            <Words text={summary} />
          </span>
        </button>
        <Link to={{ hash: id }} aria-label={`Link to ${id}`} className="p-1.5 text-faint hover:text-ink">
          #
        </Link>
        <Icon name={isOpen ? 'up' : 'down'} className="text-faint" />
      </h3>
      {isOpen && <div className="grid grid-cols-1 gap-4 pt-1 pb-5">{children}</div>}
    </article>
  )
}

export const Part = ({ title, children }: { title: string; children: ReactNode }): ReactElement => (
  <section aria-label={title} className="min-w-0">
    <h4 className="mb-1 text-sm text-faint">{title}</h4>
    {children}
  </section>
)
