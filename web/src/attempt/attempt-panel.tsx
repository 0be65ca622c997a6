import type { AttemptView } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useOpenBoard } from '../board/board-context.ts'
import { focusCard } from '../board/use-keyboard-moves.ts'
import { Diff } from '../diff/diff.tsx'
import { Panel } from '../ui/panel.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { AttemptHead } from './attempt-head.tsx'
import { Conversation } from './conversation.tsx'
import { Log } from './log.tsx'
import { Todos } from './todos.tsx'
import { useAttempt } from './use-attempt.ts'

const TABS = [
  ['conversation', 'Conversation'],
  ['log', 'Log'],
  ['diff', 'Diff'],
  ['todos', 'Todos'],
] as const

type Tab = (typeof TABS)[number][0]

/** An attempt beside its board. */
export const AttemptPanel = (): ReactElement => {
  const { attemptId = '', tab: asked } = useParams()
  const { boardId } = useOpenBoard()
  const { attempt, isHere, profile, error } = useAttempt(attemptId)
  const navigate = useNavigate()
  const tab = TABS.find(([name]) => name === asked)?.[0] ?? 'conversation'
  const close = () => {
    void navigate(`/boards/${boardId}`)
    if (attempt) requestAnimationFrame(() => focusCard(attempt.cardId))
  }
  return (
    <Panel
      label="Attempt"
      about={attemptId}
      head={attempt && <AttemptHead attempt={attempt} profile={profile} isHere={isHere === true} />}
      close={close}
    >
      {error && (
        <div className="p-4">
          <Trouble error={error} />
        </div>
      )}
      {attempt && (
        <>
          <Tabs attempt={attempt} tab={tab} />
          <Body key={attemptId} attempt={attempt} tab={tab} isHere={isHere} />
        </>
      )}
    </Panel>
  )
}

const Tabs = ({ attempt, tab }: { attempt: AttemptView; tab: Tab }): ReactElement => {
  const { boardId } = useOpenBoard()
  const { todoCount } = attempt
  return (
    <div role="tablist" aria-label="Parts of the attempt" className="flex shrink-0 gap-1 border-b border-rule px-3">
      {TABS.map(([name, words]) => (
        <Link
          key={name}
          to={{ pathname: `/boards/${boardId}/attempts/${attempt.attemptId}/${name}`, search: location.search }}
          replace
          role="tab"
          aria-selected={name === tab}
          className="flex h-8 items-center gap-1 border-b-2 border-transparent px-1.5 text-soft hover:text-ink aria-selected:border-ink aria-selected:font-medium aria-selected:text-ink max-sm:h-10"
        >
          {words}
          {name === 'todos' && todoCount && (
            <span className="text-sm font-normal text-faint" aria-hidden="true">
              {todoCount.completed}/{todoCount.total}
            </span>
          )}
        </Link>
      ))}
    </div>
  )
}

const Body = ({ attempt, tab, isHere }: { attempt: AttemptView; tab: Tab; isHere: boolean | null }): ReactElement => {
  switch (tab) {
    case 'conversation':
      return <Conversation attempt={attempt} isHere={isHere === true} />
    case 'log':
      return <Log attempt={attempt} />
    case 'diff':
      return <Diff attempt={attempt} isHere={isHere} />
    case 'todos':
      return <Todos attempt={attempt} />
    default:
      return tab satisfies never
  }
}
