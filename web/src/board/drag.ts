import { dropIndex, edgeScroll } from './drop.ts'
import { type Spot, sameSpot } from './layout.ts'

/** A card that is being dragged, and where it would land. */
export interface Drag {
  cardId: string
  over: Spot | null
}

const asElement = (node: Element | null, selector: string) => node?.closest<HTMLElement>(selector) ?? null

/** The column under a point and the place between its cards; null beside every column. */
export function spotAt(x: number, y: number, cardId: string): Spot | null {
  const under = document.elementFromPoint(x, y)
  const tab = asElement(under, '[data-tab-column]')?.dataset.tabColumn
  if (tab !== undefined) return { columnId: tab, index: Number.MAX_SAFE_INTEGER }
  const column = asElement(under, '[data-column-id]')
  const columnId = column?.dataset.columnId
  if (!column || columnId === undefined) return null
  const cards = [...column.querySelectorAll<HTMLElement>('[data-card-id]')]
  const others = cards.filter((card) => card.dataset.cardId !== cardId).map((card) => card.getBoundingClientRect())
  return { columnId, index: dropIndex(others, y) }
}

/** Follows a pointer that holds a card, by mouse or by finger: same places, same scrolling at the edges. */
export class Dragging {
  private point = { x: 0, y: 0 }
  private frame = 0
  private over: Spot | null = null
  private readonly cardId: string
  private readonly told: (drag: Drag | null) => void

  constructor(cardId: string, told: (drag: Drag | null) => void) {
    this.cardId = cardId
    this.told = told
    told({ cardId, over: null })
    this.frame = requestAnimationFrame(this.scroll)
  }

  to(x: number, y: number): void {
    this.point = { x, y }
    const over = spotAt(x, y, this.cardId)
    if (sameSpot(over, this.over)) return
    this.over = over
    this.told({ cardId: this.cardId, over })
  }

  /** The end; where it landed. */
  end(): Spot | null {
    cancelAnimationFrame(this.frame)
    this.told(null)
    return this.over
  }

  private readonly scroll = (): void => {
    const { x, y } = this.point
    const under = document.elementFromPoint(x, y)
    const list = asElement(under, '[data-column-id]')?.querySelector('[data-scrolls]')
    const sheet = asElement(under, '[data-sheet]')
    const box = sheet?.getBoundingClientRect()
    if (list) list.scrollTop += edgeScroll(list.getBoundingClientRect(), y)
    if (sheet && box) sheet.scrollLeft += edgeScroll({ top: box.left, bottom: box.right }, x)
    this.frame = requestAnimationFrame(this.scroll)
  }
}
