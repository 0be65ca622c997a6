import type { ReactElement } from 'react'
import { Link } from 'react-router'
import type { Actor } from '../api/events.ts'
import { useOpenBoard } from '../board/board-context.ts'
import { Icon } from '../ui/icon.tsx'
import { clock } from '../ui/words.ts'
import type { Milestone } from './milestones.ts'
import type { Told } from './told.ts'
import { who } from './who.ts'

export const TONE_INK: Record<Told['tone'], string> = {
  plain: '',
  live: 'text-live',
  wait: 'text-wait',
  fail: 'text-fail',
  quiet: 'text-soft',
}

interface StepsProps {
  steps: readonly Milestone[]
  /** Who caused a step, where that is told. */
  actorOf?: (step: Milestone) => Actor | null
}

/** Steps of the work, one a line, each with its time; those of an attempt lead to it. */
export const Steps = ({ steps, actorOf }: StepsProps): ReactElement => (
  <ol>
    {steps.map((step) => (
      <Step key={step.key} step={step} actor={actorOf?.(step) ?? null} />
    ))}
  </ol>
)

const Step = ({ step, actor }: { step: Milestone; actor: Actor | null }): ReactElement => {
  const { boardId } = useOpenBoard()
  const { at, icon, tone, words, attemptId } = step
  return (
    <li className="flex min-w-0 items-start gap-2 py-0.5 text-sm">
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
      {actor && <span className="max-w-[40%] shrink-0 truncate text-faint">{who(actor)}</span>}
      <time dateTime={at} className="ml-auto shrink-0 text-faint">
        {clock(Date.parse(at), Date.now())}
      </time>
    </li>
  )
}
