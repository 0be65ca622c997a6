import { dropIndex, edgeScroll } from './drop.ts'
import { type Spot, sameSpot } from './layout.ts'

/** A card that is being dragged, and where it would land. */
export interface Drag {
  cardId: string
  over: Spot | null
}

/** The innermost thing of a kind under a point; what lies over it for the time of a drag doesn't count. */
function under(x: number, y: number, selector: string): HTMLElement | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const found = element.closest<HTMLElement>(selector)
    if (found) return found
  }
  return null
}

/** The column under a point and the place between its cards; null beside every column. */
export function spotAt(x: number, y: number, cardId: string): Spot | null {
  const tab = under(x, y, '[data-tab-column]')?.dataset.tabColumn
  if (tab !== undefined) return { columnId: tab, index: Number.MAX_SAFE_INTEGER }
  const column = under(x, y, '[data-column-id]')
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
    const list = under(x, y, '[data-column-id]')?.querySelector('[data-scrolls]')
    const sheet = under(x, y, '[data-sheet]')
    const box = sheet?.getBoundingClientRect()
    if (list) list.scrollTop += edgeScroll(list.getBoundingClientRect(), y)
    if (sheet && box) sheet.scrollLeft += edgeScroll({ top: box.left, bottom: box.right }, x)
    this.frame = requestAnimationFrame(this.scroll)
  }
}
