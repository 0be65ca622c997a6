import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { plain } from '../attempt/merge.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Icon } from '../ui/icon.tsx'
import { useNow } from '../ui/now.ts'
import { ago } from '../ui/words.ts'
import { tell } from './tell.ts'

/** How far back the last thing worth a line is looked for. */
const LOOK_BACK = 60

/** The last thing that happened, in one line under the board; it leads to all the others. */
export const Ticker = (): ReactElement | null => {
  const { boardId, view } = useOpenBoard()
  const now = useNow()
  const recent = view.activity.slice(-LOOK_BACK).reverse()
  const last = recent
    .map((one) => ({ at: one.at, line: tell(one).find(({ brief }) => brief !== null) }))
    .find(({ line }) => line)
  if (!last?.line) return null
  const { line, at } = last
  const cardId = line.cardId ?? view.attempts[line.attemptId ?? '']?.cardId ?? ''
  return (
    <Link
      to={`/boards/${boardId}/activity`}
      title="Activity"
      className="flex h-7 shrink-0 items-center gap-2 border-t border-rule px-3 text-sm text-soft hover:text-ink max-sm:h-9"
    >
      <Icon name={line.icon} className="text-faint" />
      <span className="shrink-0 font-mono text-xs text-faint">{view.state?.cards[cardId]?.ticketKey}</span>
      <span className="min-w-0 truncate">{plain(line.brief ?? '')}</span>
      <time dateTime={at} className="ml-auto shrink-0 text-faint">
        {ago((now - Date.parse(at)) / 1000)}
      </time>
    </Link>
  )
}
