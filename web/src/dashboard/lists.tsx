import type { ActiveAttempt, InboxItem, RecentAttempt } from '@boardcast/client'
import type { ReactElement, ReactNode } from 'react'
import { Link } from 'react-router'
import { StateLine } from '../attempt/elapsed.tsx'
import { MOOD_INK, MOOD_WORDS } from '../attempt/state.ts'
import { Ago } from '../ui/ago.tsx'
import { elapsed } from '../ui/words.ts'
import { Block } from './block.tsx'

interface Of {
  attemptId: string
  projectId: string
  projectName: string
  ticketKey: string
  cardTitle: string
}

const Row = ({ of, before, after }: { of: Of; before?: ReactNode; after?: ReactNode }): ReactElement => (
  <li className="relative flex min-h-9 items-center gap-3 border-t border-rule px-1 hover:bg-sheet max-sm:flex-wrap max-sm:gap-y-0 max-sm:py-1.5">
    {before}
    <span className="w-18 shrink-0 truncate font-mono text-xs text-faint">{of.ticketKey}</span>
    <Link
      to={`/boards/${of.projectId}/attempts/${of.attemptId}/conversation`}
      className="min-w-0 truncate font-medium after:absolute after:inset-0 max-sm:order-1 max-sm:basis-full"
    >
      {of.cardTitle}
    </Link>
    <span className="max-w-40 truncate text-sm text-faint max-sm:order-2">{of.projectName}</span>
    <span className="ml-auto flex min-w-0 items-center gap-3 text-sm whitespace-nowrap text-soft max-sm:order-2">
      {after}
    </span>
  </li>
)

const Failure = ({ text }: { text: string | null }): ReactElement | null =>
  text ? <span className="max-w-72 truncate text-fail">{text}</span> : null

export const Running = ({ attempts }: { attempts: readonly ActiveAttempt[] }): ReactElement => (
  <Block id="running" title="Running now" items={attempts} none="Nothing runs.">
    {(attempt) => (
      <Row
        key={attempt.attemptId}
        of={attempt}
        before={
          <span className="w-36 shrink-0">
            <StateLine attempt={{ ...attempt, endedAt: null }} />
          </span>
        }
        after={attempt.agentId}
      />
    )}
  </Block>
)

interface InboxProps {
  id: string
  title: string
  items: readonly InboxItem[]
}

export const Inbox = ({ id, title, items }: InboxProps): ReactElement => (
  <Block id={id} title={title} items={items}>
    {(item) => (
      <Row
        key={item.id}
        of={item}
        after={
          <>
            <Failure text={item.errorSummary} />
            {item.stuckForSeconds !== null && <span>silent for {elapsed(item.stuckForSeconds)}</span>}
            <Ago at={item.updatedAt} />
          </>
        }
      />
    )}
  </Block>
)

/** What happened lately; the activity of a board has all of it. */
export const Recent = ({ attempts }: { attempts: readonly RecentAttempt[] }): ReactElement => (
  <Block id="recent" title="Lately" items={attempts}>
    {(attempt) => (
      <Row
        key={attempt.attemptId}
        of={attempt}
        before={<span className={`w-20 shrink-0 ${MOOD_INK[attempt.status]}`}>{MOOD_WORDS[attempt.status]}</span>}
        after={
          <>
            <Failure text={attempt.errorSummary} />
            {attempt.durationSeconds !== null && <span>{elapsed(attempt.durationSeconds)}</span>}
            <Ago at={attempt.occurredAt} />
          </>
        }
      />
    )}
  </Block>
)
