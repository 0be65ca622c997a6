import type { AttemptView, ConversationItem } from '@boardcast/client'
import { plain } from './merge.ts'

/** The longest that is worth showing, in characters. */
const LONGEST = 200

function wordsOf(item: ConversationItem): string {
  switch (item.type) {
    case 'message':
    case 'thinking':
    case 'error':
      return item.text
    case 'tool':
      return item.tool.command ?? item.tool.name
    case 'permission':
      return item.request.title
    default:
      return item satisfies never
  }
}

const lastLineOf = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '')

/** What an attempt said, did or printed last, in one line: whichever came later, its conversation or its log. */
export function lastWords({ items, lines, lastLine }: AttemptView): string | null {
  const item = items.at(-1)
  const isItem = item !== undefined && item.seq > (lines.at(-1)?.seq ?? 0)
  const words = isItem ? lastLineOf(wordsOf(item.item)) : undefined
  return plain(words ?? lastLine ?? '').slice(0, LONGEST) || null
}
