import { type ReactElement, type ReactNode, useState } from 'react'
import { Button } from '../ui/button.tsx'

interface BlockProps<T> {
  id: string
  title: string
  items: readonly T[]
  /** Said when there is nothing. */
  none?: string
  children: (item: T) => ReactNode
}

const FEW = 8

/** A list with its title; the first few, and all of them when asked for. */
export const Block = <T,>({ id, title, items, none, children }: BlockProps<T>): ReactElement | null => {
  const [isAll, setAll] = useState(false)
  const more = isAll ? 0 : items.length - FEW
  if (items.length === 0 && none === undefined) return null
  return (
    <section id={id} aria-label={title} className="scroll-mt-4">
      <h2 className="mb-1.5 text-lg font-semibold">{title}</h2>
      <ul>
        {items.length === 0 && <li className="text-faint">{none}</li>}
        {(more > 0 ? items.slice(0, FEW) : items).map(children)}
        {more > 0 && (
          <li className="border-t border-rule pt-1">
            <Button look="quiet" onClick={() => setAll(true)}>
              {more} more
            </Button>
          </li>
        )}
      </ul>
    </section>
  )
}
