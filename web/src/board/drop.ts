/** Where a thing stands on the screen, from top to bottom. */
export interface Extent {
  top: number
  bottom: number
}

/** Between which cards a pointer is: the place that the dragged card, not counted among them, would get. */
export function dropIndex(others: readonly Extent[], y: number): number {
  const below = others.findIndex(({ top, bottom }) => y < (top + bottom) / 2)
  return below < 0 ? others.length : below
}

const EDGE_PX = 56
const STEP_PX = 14

/** How far a list scrolls per frame while something is held near its edge. */
export function edgeScroll({ top, bottom }: Extent, at: number): number {
  const edge = Math.min(EDGE_PX, (bottom - top) / 3)
  if (at < top + edge) return -Math.ceil(STEP_PX * Math.min(1, (top + edge - at) / edge))
  if (at > bottom - edge) return Math.ceil(STEP_PX * Math.min(1, (at - bottom + edge) / edge))
  return 0
}
