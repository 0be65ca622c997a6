import { memo, type ReactElement } from 'react'
import { Link } from 'react-router'
import { plain } from '../attempt/merge.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { clock, count } from '../ui/words.ts'
import type { FeedLine, FeedMinute } from './feed.ts'
import { useActivity } from './use-activity.ts'

/** What happened on a board, newest first. */
export const ActivityPage = (): ReactElement => {
  const { query, minutes } = useActivity()
  return (
    <div className="min-h-0 grow overflow-y-auto px-4 py-3">
      <h2 className="sr-only">Activity</h2>
      <div className="grid max-w-4xl grid-cols-1">
        {minutes.map((minute) => (
          <Minute key={minute.minute} minute={minute} />
        ))}
      </div>
      {query.error && <Trouble error={query.error} retry={() => void query.refetch()} />}
      {minutes.length === 0 && query.isSuccess && <p className="text-faint">Nothing has happened here yet.</p>}
      {query.hasNextPage && (
        <Button
          look="quiet"
          className="mt-2 sm:ml-18"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Earlier
        </Button>
      )}
    </div>
  )
}

const Minute = ({ minute: { minute, lines } }: { minute: FeedMinute }): ReactElement => (
  <section className="grid grid-cols-[minmax(0,1fr)] gap-x-3 border-t border-rule py-1.5 [contain-intrinsic-size:auto_6rem] [content-visibility:auto] first:border-0 sm:grid-cols-[4.5rem_minmax(0,1fr)]">
    <h3 className="py-0.5 text-sm text-faint sm:text-right">{clock(minute, Date.now())}</h3>
    <ul>
      {lines.map((line) => (
        <Line key={line.key} line={line} />
      ))}
    </ul>
  </section>
)

const INK: Record<FeedLine['tone'], string> = {
  plain: '',
  live: 'text-live',
  wait: 'text-wait',
  fail: 'text-fail',
  quiet: 'text-faint',
}

const Line = memo(({ line }: { line: FeedLine }): ReactElement => {
  const { boardId, view } = useOpenBoard()
  const attempt = line.attemptId === null ? undefined : view.attempts[line.attemptId]
  const card = view.state?.cards[line.cardId ?? attempt?.cardId ?? '']
  const to = line.attemptId
    ? `attempts/${line.attemptId}/${line.isCode ? 'log' : 'conversation'}`
    : card && `cards/${card.id}`
  const words = plain(line.words)
  return (
    <li className="relative flex min-w-0 items-start gap-2 rounded-sm px-1 py-0.5 has-[a]:hover:bg-sheet">
      <Icon name={line.icon} className={`mt-0.5 ${line.tone === 'plain' ? 'text-faint' : INK[line.tone]}`} />
      <span className="w-18 shrink-0 truncate font-mono text-xs leading-5 text-faint" title={card?.title}>
        {card?.ticketKey}
      </span>
      <span
        className={`line-clamp-2 min-w-0 [overflow-wrap:anywhere] ${line.isCode ? 'font-mono text-xs leading-5' : ''} ${INK[line.tone]}`}
      >
        {to ? (
          <Link to={`/boards/${boardId}/${to}`} className="after:absolute after:inset-0">
            {words}
          </Link>
        ) : (
          words
        )}
      </span>
      {line.more > 0 && <span className="shrink-0 text-sm text-faint">+{count(line.more, 'line')}</span>}
    </li>
  )
})
