import type { AttemptView, Line } from '@boardcast/client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactElement, useRef } from 'react'
import { NewBelow } from '../ui/new-below.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { useStick } from '../ui/use-stick.ts'
import { plain } from './merge.ts'
import { useLog } from './use-attempt.ts'

const ROW_PX = 20
const NEAR_TOP_PX = 400

/** The lines of an attempt: only those in sight are drawn, older ones are fetched when the reader comes near them. */
export const Log = ({ attempt }: { attempt: AttemptView }): ReactElement => {
  const { query, lines, told } = useLog(attempt)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => lines[index]?.seq ?? index,
    overscan: 24,
  })
  const stick = useStick({ scroller, content, first: lines[0]?.seq ?? null, newer: told })
  const scrolled = () => {
    stick.onScroll()
    const isNearTop = (scroller.current?.scrollTop ?? 0) < NEAR_TOP_PX
    if (isNearTop && query.hasNextPage && !query.isFetching) void query.fetchNextPage()
  }
  return (
    <div className="relative flex min-h-0 grow flex-col" role="tabpanel" aria-label="Log">
      <div ref={scroller} onScroll={scrolled} className="min-h-0 grow overflow-y-auto py-2 [overflow-anchor:none]">
        {query.error && <Trouble error={query.error} retry={() => void query.refetch()} />}
        {lines.length === 0 && query.isSuccess && <p className="px-4 text-faint">No line has been logged yet.</p>}
        <div ref={content} className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => {
            const line = lines[index]
            return (
              <div
                key={key}
                ref={rows.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                {line && <Row line={line} />}
              </div>
            )
          })}
        </div>
      </div>
      <NewBelow unseen={stick.unseen} toBottom={stick.toBottom} />
    </div>
  )
}

const INK = { info: '', warn: 'bg-wait-wash/60 text-wait', error: 'bg-fail-wash text-fail' } as const

const time = (at: string) => new Date(at).toLocaleTimeString([], { hour12: false })

const Row = memo(
  ({ line: { ts, level, message } }: { line: Line }): ReactElement => (
    <div className={`flex gap-3 px-4 py-px font-mono text-xs leading-[1.125rem] ${INK[level]}`}>
      <time dateTime={ts} className="shrink-0 text-faint select-none">
        {time(ts)}
      </time>
      {level !== 'info' && <span className="shrink-0 font-semibold">{level}</span>}
      <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{plain(message)}</span>
    </div>
  ),
)
