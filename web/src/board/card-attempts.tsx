import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { StateLine } from '../attempt/elapsed.tsx'
import { clock } from '../ui/words.ts'
import { useOpenBoard } from './board-context.ts'

/** Every attempt at a card, newest first. */
export const CardAttempts = ({ cardId }: { cardId: string }): ReactElement => {
  const { boardId, view } = useOpenBoard()
  const attempts = Object.values(view.attempts)
    .filter((attempt) => attempt.cardId === cardId)
    .sort((a, b) => (b.startedAt ?? '~').localeCompare(a.startedAt ?? '~'))
  return (
    <section aria-labelledby="attempts">
      <h3 id="attempts" className="mb-1 text-sm text-soft">
        Attempts
      </h3>
      {attempts.length === 0 && <p className="text-faint">No agent has worked on it yet.</p>}
      <ul>
        {attempts.map((attempt) => (
          <li
            key={attempt.attemptId}
            className="relative flex h-9 items-center gap-3 border-t border-rule text-sm hover:bg-canvas"
          >
            <StateLine attempt={attempt} />
            <Link
              to={`/boards/${boardId}/attempts/${attempt.attemptId}/conversation`}
              className="truncate after:absolute after:inset-0"
            >
              {attempt.agent || 'Attempt'}
            </Link>
            <time className="ml-auto shrink-0 text-faint">
              {attempt.startedAt && clock(Date.parse(attempt.startedAt), Date.now())}
            </time>
          </li>
        ))}
      </ul>
    </section>
  )
}
