import type { Card } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Link, useSearchParams } from 'react-router'
import { StateLine } from '../attempt/elapsed.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { clock } from '../ui/words.ts'
import { useOpenBoard } from './board-context.ts'
import { StartForm } from './start-form.tsx'

/** In the address, so that the menu of a card leads here. */
export const START = 'start'

/** Every attempt at a card, newest first. */
export const CardAttempts = ({ card }: { card: Card }): ReactElement => {
  const { boardId, view } = useOpenBoard()
  const [search, setSearch] = useSearchParams()
  const isStarting = search.has(START)
  const setStarting = (isWanted: boolean) => {
    if (isWanted) search.set(START, '')
    else search.delete(START)
    setSearch(search, { replace: true })
  }
  const attempts = Object.values(view.attempts)
    .filter((attempt) => attempt.cardId === card.id)
    .sort((a, b) => (b.startedAt ?? '~').localeCompare(a.startedAt ?? '~'))
  return (
    <section aria-labelledby="attempts">
      <div className="mb-1 flex items-center">
        <h3 id="attempts" className="text-sm text-soft">
          Attempts
        </h3>
        {!isStarting && (
          <Button look="quiet" className="ml-auto -mr-2" onClick={() => setStarting(true)}>
            <Icon name="robot" />
            Start an attempt
          </Button>
        )}
      </div>
      {isStarting && <StartForm card={card} done={() => setStarting(false)} />}
      {attempts.length === 0 && !isStarting && <p className="text-faint">No agent has worked on it yet.</p>}
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
