import { Component, createRef, type ReactNode } from 'react'
import type { Layout } from './layout.ts'

interface GlideProps {
  layout: Layout
  className?: string
  children: ReactNode
}

const GLIDE_MS = 150

/** Which cards were put somewhere else, by hand or from afar; those that only made room are not among them. */
function moved(before: Layout, after: Layout): Set<string> {
  const was = new Map(before.columns.map((column) => [column.id, column.cardIds]))
  const ids = new Set<string>()
  for (const { id, cardIds } of after.columns) {
    const old = was.get(id) ?? []
    if (old === cardIds) continue
    const known = new Set(old)
    const isReordered = old.length === cardIds.length && cardIds.every((card) => known.has(card))
    for (const [index, card] of cardIds.entries())
      if (isReordered ? old[index] !== card : !known.has(card)) ids.add(card)
  }
  return ids
}

/** The columns clip what is in them; what glides between them is a picture of the card, above everything. */
function ghostOf(card: HTMLElement, { left, top, width, height }: DOMRect): HTMLElement {
  const ghost = document.createElement('div')
  const picture = card.cloneNode(true)
  if (picture instanceof HTMLElement) picture.removeAttribute('data-card-id')
  ghost.append(picture)
  ghost.inert = true
  ghost.className = 'pointer-events-none fixed z-30 list-none'
  Object.assign(ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` })
  return ghost
}

/**
 * A card that moved glides there once. It also keeps the focus: in another column React makes a new element for it.
 * A class, because only `getSnapshotBeforeUpdate` sees the places before they change.
 */
export class Glide extends Component<GlideProps> {
  private readonly root = createRef<HTMLDivElement>()

  override getSnapshotBeforeUpdate(before: GlideProps) {
    if (before.layout === this.props.layout) return null
    const focused = document.activeElement?.closest<HTMLElement>('[data-card-id]')?.dataset.cardId ?? null
    const places = new Map<string, DOMRect>()
    for (const id of moved(before.layout, this.props.layout)) {
      const card = this.card(id)
      if (card) places.set(id, card.getBoundingClientRect())
    }
    return { focused, places }
  }

  override componentDidUpdate(_: GlideProps, __: unknown, past: ReturnType<Glide['getSnapshotBeforeUpdate']>) {
    if (!past) return
    if (past.focused !== null && document.activeElement === document.body) {
      this.card(past.focused)?.querySelector<HTMLElement>('a[data-card-link]')?.focus({ preventScroll: false })
    }
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    for (const [id, was] of past.places) this.glide(id, was)
  }

  private glide(id: string, was: DOMRect) {
    const card = this.card(id)
    const is = card?.getBoundingClientRect()
    if (!card || !is || (is.x === was.x && is.y === was.y)) return
    const ghost = ghostOf(card, is)
    document.body.append(ghost)
    const from = `translate(${was.x - is.x}px, ${was.y - is.y}px)`
    const timing = { duration: GLIDE_MS, easing: 'ease-out' }
    card.animate([{ opacity: 0 }, { opacity: 0 }], timing)
    ghost.animate([{ transform: from }, { transform: 'none' }], timing).finished.then(
      () => ghost.remove(),
      () => ghost.remove(),
    )
  }

  private card(id: string): HTMLElement | null {
    return this.root.current?.querySelector<HTMLElement>(`[data-card-id="${CSS.escape(id)}"]`) ?? null
  }

  override render() {
    return (
      <div ref={this.root} className={this.props.className}>
        {this.props.children}
      </div>
    )
  }
}
