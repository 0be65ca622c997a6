import type { ActiveAttempt, InboxItem } from '@boardcast/client'
import type { ReactElement, ReactNode } from 'react'
import { Link } from 'react-router'
import { StateLine } from '../attempt/elapsed.tsx'
import { useNow } from '../ui/now.ts'
import { ago, elapsed } from '../ui/words.ts'

interface Of {
  attemptId: string
  projectId: string
  projectName: string
  ticketKey: string
  cardTitle: string
}

const Row = ({ of, before, after }: { of: Of; before?: ReactNode; after?: ReactNode }): ReactElement => (
  <li className="relative flex min-h-9 items-center gap-3 border-t border-rule px-1 hover:bg-sheet max-sm:flex-wrap max-sm:py-1.5">
    {before}
    <span className="w-18 shrink-0 truncate font-mono text-xs text-faint">{of.ticketKey}</span>
    <Link
      to={`/boards/${of.projectId}/attempts/${of.attemptId}/conversation`}
      className="min-w-0 truncate font-medium after:absolute after:inset-0"
    >
      {of.cardTitle}
    </Link>
    <span className="max-w-40 truncate text-sm text-faint">{of.projectName}</span>
    <span className="ml-auto flex shrink-0 items-center gap-3 text-sm text-soft">{after}</span>
  </li>
)

const Block = ({ id, title, children }: { id: string; title: string; children: ReactNode }): ReactElement => (
  <section id={id} aria-label={title} className="scroll-mt-4">
    <h2 className="mb-1.5 text-lg font-semibold">{title}</h2>
    <ul>{children}</ul>
  </section>
)

export const Running = ({ attempts }: { attempts: readonly ActiveAttempt[] }): ReactElement => (
  <Block id="running" title="Running now">
    {attempts.length === 0 && <li className="text-faint">Nothing runs.</li>}
    {attempts.map((attempt) => (
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
    ))}
  </Block>
)

const Ago = ({ at }: { at: string }): ReactElement => (
  <time dateTime={at}>{ago((useNow() - Date.parse(at)) / 1000)}</time>
)

interface InboxProps {
  id: string
  title: string
  items: readonly InboxItem[]
}

export const Inbox = ({ id, title, items }: InboxProps): ReactElement | null =>
  items.length === 0 ? null : (
    <Block id={id} title={title}>
      {items.map((item) => (
        <Row
          key={item.id}
          of={item}
          after={
            <>
              {item.errorSummary && <span className="max-w-72 truncate text-fail">{item.errorSummary}</span>}
              {item.stuckForSeconds !== null && <span>silent for {elapsed(item.stuckForSeconds)}</span>}
              <Ago at={item.updatedAt} />
            </>
          }
        />
      ))}
    </Block>
  )
