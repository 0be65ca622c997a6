import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { useOpenBoard } from '../board/board-context.ts'
import { Icon } from '../ui/icon.tsx'
import { clock } from '../ui/words.ts'
import type { Milestone } from './milestones.ts'
import type { Told } from './told.ts'

export const TONE_INK: Record<Told['tone'], string> = {
  plain: '',
  live: 'text-live',
  wait: 'text-wait',
  fail: 'text-fail',
  quiet: 'text-soft',
}

/** Steps of the work, one a line, each with its time; those of an attempt lead to it. */
export const Steps = ({ steps }: { steps: readonly Milestone[] }): ReactElement => {
  const { boardId } = useOpenBoard()
  return (
    <ol>
      {steps.map(({ key, at, icon, tone, words, attemptId }) => (
        <li key={key} className="flex min-w-0 items-start gap-2 py-0.5 text-sm">
          <Icon name={icon} className={`mt-px ${tone === 'plain' ? 'text-faint' : TONE_INK[tone]}`} />
          <span className={`line-clamp-2 min-w-0 [overflow-wrap:anywhere] ${TONE_INK[tone]}`}>
            {attemptId ? (
              <Link to={`/boards/${boardId}/attempts/${attemptId}/conversation`} className="hover:underline">
                {words}
              </Link>
            ) : (
              words
            )}
          </span>
          <time dateTime={at} className="ml-auto shrink-0 text-faint">
            {clock(Date.parse(at), Date.now())}
          </time>
        </li>
      ))}
    </ol>
  )
}
