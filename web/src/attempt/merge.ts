import type { AttemptView, ConversationItem, Line, LogLine } from '@boardcast/client'

type Told = AttemptView['items']

/** How many items the stream's tail holds at most: up to there nothing can be missing from it. */
const ITEMS_HELD = 500

/** Pages over REST, newest page first, each oldest first; what the stream told replaces and follows. */
export function mergeItems(pages: readonly (readonly ConversationItem[])[], told: Told): ConversationItem[] {
  const items = new Map<string, ConversationItem>()
  for (const page of pages.toReversed()) for (const item of page) items.set(item.id, item)
  // A known id keeps its place in the map: an item stands where its first version stood.
  for (const { item } of told) items.set(item.id, item)
  return [...items.values()]
}

/** Whether the newest page still reaches into the stream's tail; if not, something between them is missing. */
export function itemsJoin(newest: readonly ConversationItem[], told: Told): boolean {
  if (told.length < ITEMS_HELD) return true
  const ids = new Set(told.map(({ item }) => item.id))
  return newest.some(({ id }) => ids.has(id))
}

/** The same for lines, which are told apart by their place in the log: those of the pages end where the others begin. */
export function mergeLines(pages: readonly (readonly LogLine[])[], tail: readonly Line[]): Line[] {
  const first = tail[0]?.seq ?? Number.POSITIVE_INFINITY
  const older = pages.toReversed().flatMap((page) => page.filter(({ seq }) => seq < first))
  return [...older, ...tail]
}

/** Requests that nobody has answered yet. */
export const openRequests = (items: readonly ConversationItem[]) =>
  items.flatMap((item) => (item.type === 'permission' && item.request.outcome === null ? [item.request] : []))

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the escape character that begins a colour
const ANSI = /\u001b\[[0-9;?]*[ -/]*[@-~]/g

/** A line as text: programs colour their output for terminals. */
export const plain = (message: string): string => message.replace(ANSI, '')
