import type { Attempt, AttemptView } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { useOpenBoard } from '../board/board-context.ts'
import { PullChip } from '../board/pull-chip.tsx'
import { Icon } from '../ui/icon.tsx'
import { AttemptActions } from './attempt-actions.tsx'
import { Heard, StateLine } from './elapsed.tsx'
import { heardAt } from './heard.ts'
import { PullLine } from './pull-line.tsx'
import { RanWith } from './ran-with.tsx'
import { isActive } from './state.ts'

interface AttemptHeadProps {
  attempt: AttemptView
  profile: Attempt['profile']
  isHere: boolean
}

/** Whose work it is, how it stands, and on which branch. */
export const AttemptHead = ({ attempt, profile, isHere }: AttemptHeadProps): ReactElement => {
  const { boardId, view } = useOpenBoard()
  const heard = isActive(attempt.status) ? heardAt(view.activity, attempt) : null
  const card = view.state?.cards[attempt.cardId]
  return (
    <div className="grid grid-cols-1 gap-0.5">
      <p className="flex h-5 items-center gap-2 text-sm text-faint">
        {card && (
          <Link to={`/boards/${boardId}/cards/${card.id}`} className="font-mono hover:text-ink hover:underline">
            {card.ticketKey}
          </Link>
        )}
        {!attempt.pr && <PullChip pr={null} url={card?.prUrl ?? null} />}
      </p>
      <h2 className="text-lg leading-snug font-semibold [overflow-wrap:anywhere]">
        {card?.title ?? 'A card that is gone'}
      </h2>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-soft">
        <StateLine attempt={attempt} />
        {heard !== null && <Heard at={heard} />}
        <span className="flex items-center gap-1">
          <Icon name="robot" className="text-faint" />
          {attempt.agent || 'an agent not yet known'}
        </span>
        {attempt.branchName && (
          <span
            className="flex max-w-full min-w-0 items-center gap-1 font-mono"
            title={attempt.baseBranch ? `from ${attempt.baseBranch}` : ''}
          >
            <Icon name="branch" className="text-faint" />
            <span className="truncate">{attempt.branchName}</span>
          </span>
        )}
      </p>
      {profile && <RanWith profile={profile} />}
      {attempt.error && (
        <p className="mt-1 rounded-sm bg-fail-wash px-2 py-1 text-fail [overflow-wrap:anywhere]">{attempt.error}</p>
      )}
      {attempt.pr && <PullLine pr={attempt.pr} />}
      {isHere && <AttemptActions key={attempt.attemptId} attempt={attempt} />}
    </div>
  )
}
